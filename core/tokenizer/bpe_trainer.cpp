// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/bpe_trainer.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/text/utf8.h"
#include "core/tokenizer/stages/byte_level.h"
#include "core/tokenizer/stages/pre_tokenizer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace viva {
namespace {

using Pair = std::pair<std::string, std::string>;

/// A distinct word of the texts: its symbols so far and how often it occurs.
struct Word {
    std::vector<std::string> symbols;
    std::int64_t count = 0;
};

nlohmann::ordered_json preTokenizerSpec() {
    return {{"type", "Sequence"},
            {"pretokenizers",
             {{{"type", "Digits"}, {"individual_digits", true}},
              {{"type", "ByteLevel"},
               {"add_prefix_space", false},
               {"trim_offsets", true},
               {"use_regex", true}}}}};
}

std::vector<Word> collectWords(std::span<const std::string> texts) {
    const auto spec = nlohmann::json::parse(preTokenizerSpec().dump());
    const auto preTokenizer = makePreTokenizer(spec, "trainBpe", "pre_tokenizer");
    std::map<std::string, std::int64_t> counts;
    for (const std::string& text : texts) {
        TextPieces pieces{{repairUtf8(text), true}};
        preTokenizer->apply(pieces);
        for (const TextPiece& piece : pieces)
            ++counts[piece.text];
    }
    std::vector<Word> words;
    for (const auto& [text, count] : counts) {
        Word word;
        word.count = count;
        forEachCodePoint(
            text, [&word](char32_t, std::string_view bytes) { word.symbols.emplace_back(bytes); });
        words.push_back(std::move(word));
    }
    return words;
}

/// Pair counts that follow the merges, and the words each pair occurs in.
class PairTable {
public:
    explicit PairTable(std::vector<Word> words) : m_words(std::move(words)) {
        for (std::size_t i = 0; i < m_words.size(); ++i)
            addWord(i, 1);
    }

    /// The most frequent pair, of equal ones the first in order; count 0 when there is none.
    [[nodiscard]] std::pair<Pair, std::int64_t> best() const {
        std::pair<Pair, std::int64_t> found{{}, 0};
        for (const auto& [pair, count] : m_counts)
            if (count > found.second)
                found = {pair, count};
        return found;
    }

    void merge(const Pair& pair) {
        const std::set<std::size_t> places = m_places.at(pair);
        for (const std::size_t i : places) {
            addWord(i, -1);
            mergeIn(m_words[i].symbols, pair);
            addWord(i, 1);
        }
    }

private:
    void addWord(std::size_t i, std::int64_t sign) {
        const Word& word = m_words[i];
        for (std::size_t k = 0; k + 1 < word.symbols.size(); ++k) {
            const Pair pair{word.symbols[k], word.symbols[k + 1]};
            const auto entry = m_counts.try_emplace(pair, 0).first;
            entry->second += sign * word.count;
            if (sign > 0)
                m_places[pair].insert(i);
            else
                m_places[pair].erase(i);
            if (entry->second == 0)
                m_counts.erase(entry);
        }
    }

    static void mergeIn(std::vector<std::string>& symbols, const Pair& pair) {
        std::vector<std::string> out;
        for (std::size_t k = 0; k < symbols.size(); ++k) {
            if (k + 1 < symbols.size() && symbols[k] == pair.first && symbols[k + 1] == pair.second)
                out.push_back(pair.first + symbols[++k]);
            else
                out.push_back(symbols[k]);
        }
        symbols = std::move(out);
    }

    std::vector<Word> m_words;
    std::map<Pair, std::int64_t> m_counts;
    std::map<Pair, std::set<std::size_t>> m_places;
};

void requirePossible(const BpeTrainerOptions& options) {
    const auto special =
        static_cast<std::int64_t>(options.leadingTokens.size() + options.trailingTokens.size());
    if (options.vocabSize < special + 256)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("trainBpe: a vocabulary of {} has no room for 256 bytes and {} "
                                "special tokens; ask for at least {}",
                                options.vocabSize, special, special + 256));
    if (options.leadingTokens.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "trainBpe: there is no leading special token; the first one ends texts");
    std::set<std::string> seen;
    for (const auto* list : {&options.leadingTokens, &options.trailingTokens})
        for (const std::string& token : *list)
            if (token.empty() || !seen.insert(token).second)
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("trainBpe: the special token \"{}\" is empty or stands "
                                        "twice",
                                        token));
}

std::vector<std::string> byteTokens() {
    std::vector<std::uint32_t> points;
    for (unsigned byte = 0; byte < 256; ++byte)
        points.push_back(byteToCharacter(static_cast<std::uint8_t>(byte)));
    std::sort(points.begin(), points.end());
    std::vector<std::string> tokens;
    for (const std::uint32_t point : points)
        appendUtf8(tokens.emplace_back(), point);
    return tokens;
}

nlohmann::ordered_json addedToken(std::size_t id, const std::string& content) {
    return {{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
            {"rstrip", false}, {"normalized", false}, {"special", true}};
}

std::string dumpPretty(const nlohmann::ordered_json& value) {
    return value.dump(1, ' ', false) + "\n";
}

} // namespace

TrainedBpe trainBpe(std::span<const std::string> texts, const BpeTrainerOptions& options) {
    requirePossible(options);
    TrainedBpe out;
    out.options = options;
    out.tokens = options.leadingTokens;
    for (std::string& token : byteTokens())
        out.tokens.push_back(std::move(token));
    std::set<std::string> known(out.tokens.begin(), out.tokens.end());
    const auto target = static_cast<std::size_t>(options.vocabSize) - options.trailingTokens.size();
    PairTable table(collectWords(texts));
    while (out.tokens.size() < target) {
        const auto [pair, count] = table.best();
        if (count < std::max<std::int64_t>(1, options.leastCount))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("trainBpe: the texts give {} of {} tokens; ask for a smaller "
                                    "vocabulary or give more text",
                                    out.tokens.size() + options.trailingTokens.size(),
                                    options.vocabSize));
        table.merge(pair);
        out.merges.push_back(pair);
        // two different pairs may spell the same token; it has one id
        if (known.insert(pair.first + pair.second).second)
            out.tokens.push_back(pair.first + pair.second);
    }
    out.tokens.insert(out.tokens.end(), options.trailingTokens.begin(),
                      options.trailingTokens.end());
    return out;
}

std::string tokenizerJsonText(const TrainedBpe& bpe) {
    const std::size_t trailing = bpe.options.trailingTokens.size();
    nlohmann::ordered_json added = nlohmann::ordered_json::array();
    nlohmann::ordered_json vocabulary = nlohmann::ordered_json::object();
    for (std::size_t id = 0; id < bpe.tokens.size(); ++id) {
        const bool isLast = id + trailing >= bpe.tokens.size();
        if (id < bpe.options.leadingTokens.size() || isLast)
            added.push_back(addedToken(id, bpe.tokens[id]));
        if (!isLast)
            vocabulary[bpe.tokens[id]] = id;
    }
    nlohmann::ordered_json merges = nlohmann::ordered_json::array();
    for (const auto& [left, right] : bpe.merges)
        merges.push_back(left + " " + right);
    const nlohmann::ordered_json byteLevel = {{"type", "ByteLevel"},
                                              {"add_prefix_space", false},
                                              {"trim_offsets", true},
                                              {"use_regex", true}};
    const nlohmann::ordered_json model = {{"type", "BPE"},
                                          {"dropout", nullptr},
                                          {"unk_token", nullptr},
                                          {"continuing_subword_prefix", nullptr},
                                          {"end_of_word_suffix", nullptr},
                                          {"fuse_unk", false},
                                          {"byte_fallback", false},
                                          {"ignore_merges", false},
                                          {"vocab", vocabulary},
                                          {"merges", merges}};
    return dumpPretty({{"version", "1.0"},
                       {"truncation", nullptr},
                       {"padding", nullptr},
                       {"added_tokens", added},
                       {"normalizer", nullptr},
                       {"pre_tokenizer", preTokenizerSpec()},
                       {"post_processor", byteLevel},
                       {"decoder", byteLevel},
                       {"model", model}});
}

std::string tokenizerConfigText(const TrainedBpe& bpe) {
    const std::string& end = bpe.options.leadingTokens.front();
    const std::string chatTemplate =
        "{%- for message in messages %}{{ '<|start_of_role|>' + message['role'] + "
        "'<|end_of_role|>' + message['content'] + '" +
        end +
        "\\n' }}{%- endfor %}{%- if add_generation_prompt %}{{ "
        "'<|start_of_role|>assistant<|end_of_role|>' }}{%- endif %}";
    return dumpPretty({{"tokenizer_class", "PreTrainedTokenizerFast"},
                       {"bos_token", end},
                       {"eos_token", end},
                       {"unk_token", end},
                       {"pad_token", end},
                       {"padding_side", "left"},
                       {"clean_up_tokenization_spaces", false},
                       {"chat_template", chatTemplate}});
}

void writeTokenizerFiles(const std::filesystem::path& folder, const TrainedBpe& bpe) {
    writeFileAtomically(folder / "tokenizer.json", tokenizerJsonText(bpe));
    writeFileAtomically(folder / "tokenizer_config.json", tokenizerConfigText(bpe));
}

} // namespace viva
