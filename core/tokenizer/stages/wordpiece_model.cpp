// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/wordpiece_model.h"

#include "core/base/json_reader.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

namespace viva {
namespace {

class WordPieceModel final : public TokenModel {
public:
    WordPieceModel(Vocabulary vocabulary, std::int64_t unknown, std::string prefix,
                   std::int64_t longestWord)
        : m_vocabulary(std::move(vocabulary)), m_unknown(unknown), m_prefix(std::move(prefix)),
          m_longestWord(static_cast<std::size_t>(longestWord)) {}

    void encode(std::string_view piece, std::vector<std::int64_t>& ids) const override {
        std::vector<std::size_t> starts;
        for (std::size_t at = 0; at < piece.size(); at += decodeUtf8(piece, at).length)
            starts.push_back(at);
        if (starts.size() > m_longestWord) {
            ids.push_back(m_unknown);
            return;
        }
        starts.push_back(piece.size());
        const std::size_t before = ids.size();
        for (std::size_t begin = 0; begin + 1 < starts.size();) {
            const std::size_t end = longestFrom(piece, starts, begin, ids);
            if (end == begin) {
                ids.resize(before);
                ids.push_back(m_unknown);
                return;
            }
            begin = end;
        }
    }

    [[nodiscard]] const Vocabulary& vocabulary() const override { return m_vocabulary; }

private:
    /// Appends the longest token from character `begin`; returns where it ends (begin: none).
    std::size_t longestFrom(std::string_view piece, const std::vector<std::size_t>& starts,
                            std::size_t begin, std::vector<std::int64_t>& ids) const {
        std::string candidate = begin > 0 ? m_prefix : std::string();
        const std::size_t prefixSize = candidate.size();
        candidate += piece.substr(starts[begin]);
        for (std::size_t end = starts.size() - 1; end > begin; --end) {
            const auto text =
                std::string_view(candidate).substr(0, prefixSize + starts[end] - starts[begin]);
            if (const auto id = m_vocabulary.idOf(text)) {
                ids.push_back(*id);
                return end;
            }
        }
        return begin;
    }

    Vocabulary m_vocabulary;
    std::int64_t m_unknown;
    std::string m_prefix;
    std::size_t m_longestWord;
};

} // namespace

std::unique_ptr<TokenModel> makeWordPieceModel(JsonReader& reader) {
    Vocabulary vocabulary = readVocabulary(reader);
    std::string unknown = "[UNK]";
    std::string prefix = "##";
    std::int64_t longestWord = 100;
    reader.optional("unk_token", unknown);
    reader.optional("continuing_subword_prefix", prefix);
    reader.optional("max_input_chars_per_word", longestWord);
    const auto id = vocabulary.idOf(unknown);
    if (!id)
        reader.fail("unk_token", fmt::format("\"{}\" is not in the vocabulary", unknown));
    if (longestWord < 1)
        reader.fail("max_input_chars_per_word",
                    fmt::format("{} is not a word length; at least 1 is expected", longestWord));
    return std::make_unique<WordPieceModel>(std::move(vocabulary), *id, std::move(prefix),
                                            longestWord);
}

} // namespace viva
