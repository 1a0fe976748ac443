// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/meteor.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"
#include "core/text/porter_stemmer.h"
#include "core/text/sentence_splitter.h"
#include "core/text/unicode.h"
#include "core/text/word_tokenizer.h"
#include "core/text/wordnet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace viva {
namespace {

constexpr std::size_t kFree = std::numeric_limits<std::size_t>::max();

/// Both sides with what is matched so far.
class Matcher {
public:
    Matcher(std::span<const std::string> hypothesis, std::span<const std::string> reference)
        : m_hyp(lowered(hypothesis)), m_ref(lowered(reference)), m_partner(m_hyp.size(), kFree),
          m_taken(m_ref.size(), false) {}

    /// The free words of each side become their stems.
    void stemTheRest() {
        for (std::size_t i = 0; i < m_hyp.size(); ++i)
            if (m_partner[i] == kFree)
                m_hyp[i] = porterStem(m_hyp[i]);
        for (std::size_t j = 0; j < m_ref.size(); ++j)
            if (!m_taken[j])
                m_ref[j] = porterStem(m_ref[j]);
    }

    /// Matches free words from the last to the first; `fits(i)` returns a test of reference words.
    template<typename Fits>
    std::int64_t match(Fits fits) {
        std::int64_t found = 0;
        for (std::size_t i = m_hyp.size(); i-- > 0;) {
            if (m_partner[i] != kFree)
                continue;
            const auto test = fits(m_hyp[i]);
            for (std::size_t j = m_ref.size(); j-- > 0;)
                if (!m_taken[j] && test(m_ref[j])) {
                    m_partner[i] = j;
                    m_taken[j] = true;
                    ++found;
                    break;
                }
        }
        return found;
    }

    [[nodiscard]] bool anyFree() const {
        return std::find(m_partner.begin(), m_partner.end(), kFree) != m_partner.end() &&
               std::find(m_taken.begin(), m_taken.end(), false) != m_taken.end();
    }
    [[nodiscard]] std::int64_t chunks() const {
        std::int64_t count = 0;
        std::size_t last = kFree; // the last matched word
        for (std::size_t i = 0; i < m_partner.size(); ++i) {
            if (m_partner[i] == kFree)
                continue;
            const bool adjacent =
                last != kFree && last + 1 == i && m_partner[last] + 1 == m_partner[i];
            count += adjacent ? 0 : 1;
            last = i;
        }
        return count;
    }

private:
    static std::vector<std::string> lowered(std::span<const std::string> words) {
        std::vector<std::string> out;
        out.reserve(words.size());
        for (const std::string& word : words)
            out.push_back(lowerCase(word));
        return out;
    }

    std::vector<std::string> m_hyp;
    std::vector<std::string> m_ref;
    std::vector<std::size_t> m_partner; ///< by word of the hypothesis
    std::vector<bool> m_taken;          ///< by word of the reference
};

class MeteorReward final : public Reward {
public:
    MeteorReward(const MeteorOptions& options, std::unique_ptr<WordNet> wordnet,
                 std::unique_ptr<SentenceSplitter> splitter)
        : m_options(options), m_wordnet(std::move(wordnet)), m_splitter(std::move(splitter)) {}

    [[nodiscard]] std::string_view name() const override { return "meteor"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        requireReferences(name(), references);
        const std::vector<std::string> words = wordsOf(answer);
        std::optional<MeteorMatch> best;
        double bestScore = 0;
        for (const std::string& reference : references) {
            const MeteorMatch match = meteorMatch(words, wordsOf(reference), m_wordnet.get());
            const double score = meteorScore(match, m_options.parameters);
            if (!best || score > bestScore) {
                best = match;
                bestScore = score;
            }
        }
        return breakdown(*best, bestScore);
    }

private:
    [[nodiscard]] std::vector<std::string> wordsOf(std::string_view text) const {
        if (m_options.tokenize == MeteorTokenize::Split) {
            const auto words = splitWhitespace(text);
            return {words.begin(), words.end()};
        }
        return m_splitter ? treebankWords(text, *m_splitter) : treebankWords(text);
    }

    [[nodiscard]] RewardBreakdown breakdown(const MeteorMatch& match, double score) const {
        const auto share = [](std::int64_t part, std::int64_t whole) {
            return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
        };
        RewardBreakdown out;
        out.value = std::clamp(score, 0.0, 1.0);
        const double precision = share(match.matches(), match.hypothesis);
        const double recall = share(match.matches(), match.reference);
        const double penalty =
            match.matches() > 0
                ? m_options.parameters.gamma *
                      std::pow(share(match.chunks, match.matches()), m_options.parameters.beta)
                : 0.0;
        const std::string synonyms =
            m_wordnet ? fmt::format(" and {} synonyms", match.synonym) : std::string();
        out.reason = fmt::format(
            "METEOR ({}): {} equal words, {} equal stems{} of {} words against {}, in {} runs "
            "(order penalty {:.2f})",
            m_wordnet ? "exact + stem + synonym" : "exact + stem", match.exact, match.stem,
            synonyms, match.hypothesis, match.reference, match.chunks, penalty);
        out.parts = {{"precision", precision},
                     {"recall", recall},
                     {"penalty", penalty},
                     {"exact", static_cast<double>(match.exact)},
                     {"stem", static_cast<double>(match.stem)},
                     {"synonym", static_cast<double>(match.synonym)},
                     {"chunks", static_cast<double>(match.chunks)}};
        return out;
    }

    MeteorOptions m_options;
    std::unique_ptr<WordNet> m_wordnet;
    std::unique_ptr<SentenceSplitter> m_splitter;
};

/// The folder that is meant; empty for none.
std::filesystem::path folderOf(const std::string& choice, std::filesystem::path (*find)()) {
    if (choice == "none")
        return {};
    return choice == "auto" ? find() : std::filesystem::path(choice);
}

void requireRange(std::string_view name, double value, double lowest, double highest) {
    if (!(value >= lowest && value <= highest))
        throw Error(ErrorCode::InvalidArgument, fmt::format("reward meteor: {} {} is not in {}..{}",
                                                            name, value, lowest, highest));
}

} // namespace

MeteorMatch meteorMatch(std::span<const std::string> hypothesis,
                        std::span<const std::string> reference, const WordNet* wordnet) {
    Matcher matcher(hypothesis, reference);
    const auto equal = [](const std::string& word) {
        return [&word](const std::string& other) { return other == word; };
    };
    MeteorMatch out;
    out.hypothesis = static_cast<std::int64_t>(hypothesis.size());
    out.reference = static_cast<std::int64_t>(reference.size());
    out.exact = matcher.match(equal);
    if (matcher.anyFree()) {
        matcher.stemTheRest();
        out.stem = matcher.match(equal);
    }
    if (wordnet != nullptr && matcher.anyFree())
        out.synonym = matcher.match([wordnet](const std::string& word) {
            const std::vector<std::string>& names = wordnet->synonyms(word);
            return [&word, &names](const std::string& other) {
                return other == word || std::binary_search(names.begin(), names.end(), other);
            };
        });
    out.chunks = matcher.chunks();
    return out;
}

double meteorScore(const MeteorMatch& match, const MeteorParameters& parameters) {
    const auto matches = static_cast<double>(match.matches());
    if (match.matches() == 0 || match.hypothesis == 0 || match.reference == 0)
        return 0.0;
    const double precision = matches / static_cast<double>(match.hypothesis);
    const double recall = matches / static_cast<double>(match.reference);
    const double mean =
        precision * recall / (parameters.alpha * precision + (1 - parameters.alpha) * recall);
    const double fragments = static_cast<double>(match.chunks) / matches;
    return (1 - parameters.gamma * std::pow(fragments, parameters.beta)) * mean;
}

std::unique_ptr<Reward> makeMeteorReward(const MeteorOptions& options) {
    requireRange("alpha", options.parameters.alpha, 0, 1);
    requireRange("beta", options.parameters.beta, 0, 100);
    requireRange("gamma", options.parameters.gamma, 0, 1);
    std::unique_ptr<WordNet> wordnet;
    if (const auto folder = folderOf(options.wordnet, findWordNetFolder); !folder.empty())
        wordnet = WordNet::load(folder);
    std::unique_ptr<SentenceSplitter> splitter;
    if (options.tokenize == MeteorTokenize::Nltk)
        if (const auto folder = folderOf(options.punkt, findPunktFolder); !folder.empty())
            splitter = SentenceSplitter::load(folder);
    return std::make_unique<MeteorReward>(options, std::move(wordnet), std::move(splitter));
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr std::array kMeteor{
    RewardOption{"alpha", Real, "0.9", "0..1",
                 "Weight of precision in the divisor: near 1, recall decides."},
    RewardOption{"beta", Real, "3", "0..100", "How sharply the penalty for disorder sets in."},
    RewardOption{"gamma", Real, "0.5", "0..1", "The largest penalty for disorder."},
    RewardOption{"tokenize", Choice, "nltk", "nltk|treebank|split",
                 "How a text is cut into words: as NLTK does, one sentence at a time or as a whole "
                 "(treebank), or at white space."},
    RewardOption{"wordnet", Folder, "auto", "folder, auto or none",
                 "WordNet 3.0 for synonyms; auto looks where systems keep it, none does without."},
    RewardOption{"punkt", Folder, "auto", "folder, auto or none",
                 "NLTK's list of abbreviations for the cut into sentences."},
};

std::unique_ptr<Reward> meteorFrom(std::string_view, RewardOptionReader& options,
                                   const RewardServices&) {
    MeteorOptions out;
    options.read("alpha", out.parameters.alpha);
    options.read("beta", out.parameters.beta);
    options.read("gamma", out.parameters.gamma);
    options.read("wordnet", out.wordnet);
    options.read("punkt", out.punkt);
    const std::string tokenize = options.text("tokenize");
    out.tokenize = tokenize == "nltk"       ? MeteorTokenize::Nltk
                   : tokenize == "treebank" ? MeteorTokenize::Treebank
                                            : MeteorTokenize::Split;
    return makeMeteorReward(out);
}

} // namespace

std::span<const RewardInfo> meteorRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "meteor",
                   .description = "METEOR as NLTK computes it: words, stems and, with WordNet, "
                                  "synonyms in common, in order.",
                   .options = kMeteor,
                   .make = meteorFrom},
    };
    return kRewards;
}

} // namespace viva
