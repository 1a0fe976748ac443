// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/verify/verify_metrics.h"

#include "core/base/error.h"
#include "core/rewards/bleu.h"
#include "core/rewards/wer.h"
#include "core/session/verify/golden_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>

namespace viva {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr double kTolerance = 1e-9; // relative
// Beyond so many characters rapidfuzz divides its table and may take another of the shortest paths.
constexpr std::size_t kOneTable = 900;

constexpr std::array<std::string_view, 5> kKnown{"bleu.jsonl", "bleu_corpus.jsonl",
                                                 "bleu_tokens.jsonl", "bleu_hf.jsonl", "wer.jsonl"};
constexpr std::array<std::string_view, 8> kOthers{
    "chrf", "ter", "rouge", "porter", "meteor", "word_tokenize", "wordnet", "bertscore"};

double relative(double got, double want) {
    const double scale = std::max(std::abs(got), std::abs(want));
    return scale == 0.0 ? 0.0 : std::abs(got - want) / scale;
}

/// "floor0.01/eff" as options.
BleuOptions parseSetting(std::string setting) {
    BleuOptions options;
    options.effectiveOrder = setting.ends_with("/eff");
    if (options.effectiveOrder)
        setting.resize(setting.size() - std::string_view("/eff").size());
    if (const std::size_t number = setting.find_first_of("0123456789");
        number != std::string::npos) {
        options.smoothValue = std::stod(setting.substr(number));
        setting.resize(number);
    }
    options.smoothing = parseBleuSmoothing(setting);
    return options;
}

BleuOptions textOptions(const json& entry) {
    BleuOptions options;
    options.tokenize = parseBleuTokenize(entry.at("tokenize").get<std::string>());
    options.lowercase = entry.at("lowercase").get<bool>();
    return options;
}

bool sameCounts(const BleuStatistics& got, const json& want) {
    bool same = got.hypothesisLength == want.at("sys_len").get<std::int64_t>() &&
                got.referenceLength == want.at("ref_len").get<std::int64_t>();
    for (std::size_t n = 0; n < got.matches.size(); ++n)
        same = same && got.matches[n] == want.at("counts").at(n).get<std::int64_t>() &&
               got.totals[n] == want.at("totals").at(n).get<std::int64_t>();
    return same;
}

std::vector<std::int64_t> listOf(const EditCounts& edits) {
    return {edits.hits, edits.substitutions, edits.deletions, edits.insertions};
}

/// Edits of one pair of texts, or of many.
struct SentenceEdits {
    EditCounts words;
    EditCounts characters;
    bool oneTable = true; ///< every text is short enough for one table

    SentenceEdits& operator+=(const SentenceEdits& other) {
        words += other.words;
        characters += other.characters;
        oneTable = oneTable && other.oneTable;
        return *this;
    }
};

SentenceEdits editsOf(const std::string& hypothesis, const std::string& reference) {
    return {wordErrorRates(hypothesis, reference).edits,
            characterErrorRates(hypothesis, reference).edits,
            std::max(hypothesis.size(), reference.size()) < kOneTable};
}

void compareEdits(const SentenceEdits& edits, const json& line, const std::string& id,
                  VerifyLine& counts, VerifyLine& rates) {
    using List = std::vector<std::int64_t>;
    counts.add(id, listOf(edits.words) == line.at("word").get<List>() ? 0 : 1, 0);
    if (edits.oneTable)
        counts.add(id, listOf(edits.characters) == line.at("char").get<List>() ? 0 : 1, 0);
    const ErrorRates words = errorRates(edits.words);
    const ErrorRates characters = errorRates(edits.characters);
    rates.add(id + " wer", relative(words.rate, line.at("wer")), kTolerance);
    rates.add(id + " cer", relative(characters.rate, line.at("cer")), kTolerance);
    rates.add(id + " mer", relative(words.matchErrorRate, line.at("mer")), kTolerance);
    // 1 - x: what rounding leaves of a perfect match is absolute
    rates.add(id + " wil", std::abs(words.informationLost - line.at("wil").get<double>()),
              kTolerance);
}

/// One run over one folder; each file adds its lines to the report.
class MetricVerifier {
public:
    MetricVerifier(const fs::path& folder, VerifySet& set) : m_folder(folder), m_set(set) {}

    void verifyFile(const std::string& name) {
        if (name == "bleu.jsonl")
            verifyBleu();
        else if (name == "bleu_corpus.jsonl")
            verifyCorpus();
        else if (name == "bleu_tokens.jsonl")
            verifyTokens();
        else if (name == "bleu_hf.jsonl")
            verifyHf();
        else if (name == "wer.jsonl")
            verifyWer();
    }

private:
    struct Texts {
        std::string hypothesis;
        std::vector<std::string> references;
    };

    /// The sentences of bleu.jsonl, which other files refer to by id.
    const Texts& texts(const std::string& id) {
        if (m_texts.empty())
            eachGoldenLine(m_folder / "bleu.jsonl", [this](const json& line, const auto&) {
                m_texts[line.at("id")] = {line.at("hyp").get<std::string>(),
                                          line.at("refs").get<std::vector<std::string>>()};
            });
        const auto found = m_texts.find(id);
        if (found == m_texts.end())
            throw Error(ErrorCode::Format, fmt::format("{}: there is no line \"{}\" to refer to",
                                                       (m_folder / "bleu.jsonl").string(), id));
        return found->second;
    }

    json headerOf(const char* name) const {
        return eachGoldenLine(m_folder / name, [](const json&, const auto&) {});
    }

    void scoreAll(const BleuStatistics& counts, const json& names, const json& entry,
                  const std::string& id, VerifyLine& line) const {
        const json& scores = entry.at("scores");
        if (names.size() != scores.size())
            throw Error(ErrorCode::Format,
                        fmt::format("{} scores for {} settings", scores.size(), names.size()));
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto setting = names[i].get<std::string>();
            line.add(fmt::format("{} {} {}", id, entry.at("tokenize").get<std::string>(), setting),
                     relative(bleuScore(counts, parseSetting(setting)).score, scores[i]),
                     kTolerance);
        }
    }

    void verifyBleu() {
        const json header = headerOf("bleu.jsonl");
        VerifyLine counts{.quantity = "BLEU counts"};
        VerifyLine scores{.quantity = "BLEU of sentences, relative"};
        eachGoldenLine(m_folder / "bleu.jsonl", [&](const json& line, const auto&) {
            const auto id = line.at("id").get<std::string>();
            for (const json& entry : line.at("bleu")) {
                const Texts& pair = texts(id);
                const BleuStatistics got =
                    bleuStatistics(pair.hypothesis, pair.references, textOptions(entry));
                counts.add(id, sameCounts(got, entry) ? 0 : 1, 0);
                scores.add(id, relative(bleuScore(got).brevityPenalty, entry.at("bp")), kTolerance);
                scoreAll(got,
                         header.at(entry.at("tokenize") == "13a" ? "scores_13a" : "scores_other"),
                         entry, id, scores);
            }
        });
        m_set.lines.push_back(counts);
        m_set.lines.push_back(scores);
    }

    void verifyCorpus() {
        const json names = headerOf("bleu_corpus.jsonl").at("scores");
        VerifyLine counts{.quantity = "BLEU counts of corpora"};
        VerifyLine scores{.quantity = "BLEU of corpora, relative"};
        std::vector<std::string> members;
        eachGoldenLine(m_folder / "bleu_corpus.jsonl", [&](const json& line, const auto&) {
            if (!line.at("of").is_null())
                members = line["of"].get<std::vector<std::string>>();
            BleuStatistics sum;
            for (const std::string& member : members) {
                const Texts& pair = texts(member);
                sum += bleuStatistics(pair.hypothesis, pair.references, textOptions(line));
            }
            const auto id = line.at("id").get<std::string>();
            counts.add(id, sameCounts(sum, line) ? 0 : 1, 0);
            scoreAll(sum, names, line, id, scores);
        });
        m_set.lines.push_back(counts);
        m_set.lines.push_back(scores);
    }

    void verifyTokens() {
        VerifyLine tokens{.quantity = "BLEU tokens"};
        eachGoldenLine(m_folder / "bleu_tokens.jsonl", [&](const json& line, const auto& place) {
            const auto text = line.at("text").get<std::string>();
            for (const BleuTokenize kind : {BleuTokenize::Thirteen, BleuTokenize::Intl}) {
                std::string buffer;
                const auto got = bleuTokens(text, kind, false, buffer);
                const auto want =
                    line.at(std::string(toString(kind))).get<std::vector<std::string>>();
                tokens.add(place,
                           std::equal(got.begin(), got.end(), want.begin(), want.end()) ? 0 : 1, 0);
            }
        });
        m_set.lines.push_back(tokens);
    }

    void verifyHf() {
        VerifyLine scores{.quantity = "BLEU as Hugging Face evaluate, relative"};
        eachGoldenLine(m_folder / "bleu_hf.jsonl", [&](const json& line, const auto&) {
            const auto id = line.at("id").get<std::string>();
            BleuStatistics sum;
            for (const auto& member : line.value("of", std::vector<std::string>{id}))
                sum += hfBleuStatistics(texts(member).hypothesis, texts(member).references);
            for (const auto& [name, smoothing] :
                 {std::pair("plain", HfSmoothing::None),
                  std::pair("smooth", HfSmoothing::AllOrders),
                  std::pair("smooth_orders_2_4", HfSmoothing::HigherOrders)}) {
                const json& stored = line.at(name);
                const double want = stored.is_null() ? 0.0 : stored.get<double>();
                scores.add(id + " " + name, relative(hfBleu(sum, smoothing), want), kTolerance);
            }
        });
        m_set.lines.push_back(scores);
    }

    void verifyWer() {
        std::map<std::string, SentenceEdits> byId;
        VerifyLine counts{.quantity = "word and character edits"};
        VerifyLine rates{.quantity = "error rates, relative"};
        eachGoldenLine(m_folder / "wer.jsonl", [&](const json& line, const auto& place) {
            const auto id = line.at("id").get<std::string>();
            SentenceEdits edits;
            if (!line.contains("of")) {
                edits =
                    editsOf(line.at("hyp").get<std::string>(), line.at("ref").get<std::string>());
                byId[id] = edits;
            } else {
                for (const auto& member : line["of"].get<std::vector<std::string>>()) {
                    if (!byId.contains(member))
                        throw Error(
                            ErrorCode::Format,
                            fmt::format("{}: there is no earlier line \"{}\"", place, member));
                    edits += byId[member];
                }
            }
            compareEdits(edits, line, id, counts, rates);
        });
        m_set.lines.push_back(counts);
        m_set.lines.push_back(rates);
    }

    fs::path m_folder;
    VerifySet& m_set;
    std::map<std::string, Texts> m_texts;
};

bool isKnown(const std::string& name) {
    return std::find(kKnown.begin(), kKnown.end(), name) != kKnown.end();
}

} // namespace

bool isMetricFile(const fs::path& path) {
    const std::string name = path.filename().string();
    const bool named =
        isKnown(name) || std::any_of(kOthers.begin(), kOthers.end(), [&](std::string_view prefix) {
            return name.starts_with(prefix);
        });
    return named && path.extension() == ".jsonl" && fs::is_regular_file(path) &&
           hasGoldenHeader(path);
}

bool isMetricSet(const fs::path& folder) {
    if (!fs::is_directory(folder))
        return false;
    return std::any_of(fs::directory_iterator(folder), fs::directory_iterator(),
                       [](const fs::directory_entry& entry) { return isMetricFile(entry.path()); });
}

VerifySet verifyMetrics(const fs::path& folder) {
    VerifySet set;
    set.folder = folder.string();
    set.kind = "metrics";
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
        if (isMetricFile(entry.path()))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    MetricVerifier verifier(folder, set);
    for (const fs::path& file : files) {
        const std::string name = file.filename().string();
        if (!isKnown(name)) {
            set.problems.push_back(fmt::format(
                "{}: this metric is not computed yet, so nothing was compared", file.string()));
            continue;
        }
        try {
            verifier.verifyFile(name);
        } catch (const Error& error) {
            set.problems.push_back(error.info().text());
        } catch (const json::exception& error) {
            set.problems.push_back(fmt::format("{}: {}", file.string(), error.what()));
        }
    }
    return set;
}

} // namespace viva
