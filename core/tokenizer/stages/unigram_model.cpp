// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/unigram_model.h"

#include "core/base/json_reader.h"
#include "core/text/utf8.h"
#include "core/tokenizer/stages/byte_trie.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {
namespace {

constexpr double kUnknownPenalty = 10.0;

struct UnigramData {
    Vocabulary vocabulary;
    std::vector<double> scores;
    ByteTrie trie;
    std::optional<std::int64_t> unknown;
    double unknownScore = 0;
    bool byteFallback = false;
};

/// The best path that ends at a byte position.
struct PathEnd {
    double score = 0;
    std::size_t begin = 0;
    std::int64_t id = 0;
    bool reached = false;
};

class UnigramModel final : public TokenModel {
public:
    explicit UnigramModel(UnigramData data) : m_data(std::move(data)) {}

    void encode(std::string_view piece, std::vector<std::int64_t>& ids) const override {
        const std::vector<PathEnd> ends = bestPaths(piece);
        std::vector<TextRange> path;
        for (std::size_t at = piece.size(); at > 0; at = ends[at].begin)
            path.push_back({ends[at].begin, at, ends[at].id});
        std::reverse(path.begin(), path.end());
        for (std::size_t i = 0; i < path.size(); ++i) {
            if (path[i].id != kUnknown) {
                ids.push_back(path[i].id);
                continue;
            }
            std::size_t last = i;
            while (last + 1 < path.size() && path[last + 1].id == kUnknown)
                ++last;
            appendUnknown(piece.substr(path[i].begin, path[last].end - path[i].begin), ids);
            i = last;
        }
    }

    [[nodiscard]] const Vocabulary& vocabulary() const override { return m_data.vocabulary; }

private:
    static constexpr std::int64_t kUnknown = -1;
    struct TextRange {
        std::size_t begin;
        std::size_t end;
        std::int64_t id;
    };

    [[nodiscard]] std::vector<PathEnd> bestPaths(std::string_view piece) const {
        std::vector<PathEnd> ends(piece.size() + 1);
        ends[0].reached = true;
        const auto offer = [&ends](std::size_t end, PathEnd candidate) {
            if (!ends[end].reached || candidate.score > ends[end].score)
                ends[end] = candidate;
        };
        for (std::size_t at = 0; at < piece.size();) {
            const std::size_t length = decodeUtf8(piece, at).length;
            const double here = ends[at].score;
            bool single = false;
            m_data.trie.forEachPrefix(piece.substr(at), [&](std::size_t size, std::int64_t id) {
                single = single || size == length;
                const std::int64_t kept = m_data.unknown == id ? kUnknown : id;
                offer(at + size,
                      {here + m_data.scores[static_cast<std::size_t>(id)], at, kept, true});
            });
            if (!single)
                offer(at + length, {here + m_data.unknownScore, at, kUnknown, true});
            at += length;
        }
        return ends;
    }

    void appendUnknown(std::string_view text, std::vector<std::int64_t>& ids) const {
        if (m_data.byteFallback) {
            std::vector<std::int64_t> found;
            for (const char byte : text) {
                const auto id = m_data.vocabulary.idOf(
                    fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte)));
                if (id)
                    found.push_back(*id);
            }
            if (found.size() == text.size()) {
                ids.insert(ids.end(), found.begin(), found.end());
                return;
            }
        }
        if (m_data.unknown)
            ids.push_back(*m_data.unknown);
    }

    UnigramData m_data;
};

void readPieces(JsonReader& reader, UnigramData& data) {
    const nlohmann::json* entries = reader.raw("vocab");
    if (entries == nullptr || !entries->is_array() || entries->empty())
        reader.fail("vocab", "a list of [token, score] is expected");
    for (std::size_t i = 0; i < entries->size(); ++i) {
        const nlohmann::json& entry = (*entries)[i];
        if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() ||
            !entry[1].is_number())
            reader.fail(fmt::format("vocab[{}]", i), "[token, score] is expected");
        const auto& token = entry[0].get_ref<const std::string&>();
        const auto id = static_cast<std::int64_t>(i);
        data.scores.push_back(entry[1].get<double>());
        data.vocabulary.add(token, id);
        if (!token.empty())
            data.trie.insert(token, id);
    }
    data.unknownScore = *std::min_element(data.scores.begin(), data.scores.end()) - kUnknownPenalty;
}

} // namespace

std::unique_ptr<TokenModel> makeUnigramModel(JsonReader& reader) {
    UnigramData data;
    readPieces(reader, data);
    reader.optional("byte_fallback", data.byteFallback);
    if (reader.has("unk_id")) {
        std::int64_t unknown = 0;
        reader.required("unk_id", unknown);
        if (unknown < 0 || unknown >= data.vocabulary.size())
            reader.fail("unk_id", fmt::format("{} is outside the vocabulary of {} tokens", unknown,
                                              data.vocabulary.size()));
        data.unknown = unknown;
    }
    return std::make_unique<UnigramModel>(std::move(data));
}

} // namespace viva
