// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/tokenizer.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/text/utf8.h"
#include "core/tokenizer/stages/added_tokens.h"
#include "core/tokenizer/stages/byte_level.h"
#include "core/tokenizer/stages/normalizer.h"
#include "core/tokenizer/stages/post_processor.h"
#include "core/tokenizer/stages/pre_tokenizer.h"
#include "core/tokenizer/stages/token_decoder.h"
#include "core/tokenizer/stages/token_model.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <unordered_set>

namespace viva {
namespace {

/// Ids of pieces seen before; bounded, so that a long run over new words does not grow for ever.
class PieceCache {
public:
    bool find(std::string_view piece, std::vector<std::int64_t>& ids) const {
        const std::shared_lock lock(m_mutex);
        const auto found = m_entries.find(piece);
        if (found == m_entries.end())
            return false;
        ids.insert(ids.end(), found->second.begin(), found->second.end());
        return true;
    }

    void insert(std::string_view piece, std::span<const std::int64_t> ids) {
        if (piece.size() > kLongestPiece)
            return;
        const std::unique_lock lock(m_mutex);
        if (m_entries.size() < kMostPieces)
            m_entries.try_emplace(std::string(piece), ids.begin(), ids.end());
    }

private:
    static constexpr std::size_t kLongestPiece = 64;
    static constexpr std::size_t kMostPieces = std::size_t{1} << 16;

    mutable std::shared_mutex m_mutex;
    TextMap<std::vector<std::int64_t>> m_entries;
};

} // namespace

struct Tokenizer::Impl {
    std::unique_ptr<Normalizer> normalizer;
    std::unique_ptr<PreTokenizer> preTokenizer;
    std::unique_ptr<TokenModel> model;
    std::unique_ptr<TokenDecoder> decoder;
    SpecialFrame frame;
    Vocabulary added;
    std::unordered_set<std::int64_t> special;
    AddedTokenFinder rawFinder;        ///< tokens looked for in the text as it came
    AddedTokenFinder normalizedFinder; ///< tokens looked for after normalizing
    mutable PieceCache cache;

    void encodePlain(std::string_view text, bool atStart, std::vector<std::int64_t>& ids) const {
        TextPieces pieces{{std::string(text), atStart}};
        if (preTokenizer)
            preTokenizer->apply(pieces);
        for (const TextPiece& piece : pieces) {
            if (piece.text.empty() || cache.find(piece.text, ids))
                continue;
            const std::size_t before = ids.size();
            model->encode(piece.text, ids);
            cache.insert(piece.text, std::span(ids).subspan(before));
        }
    }

    void encodeSection(std::string_view text, bool atStart, std::vector<std::int64_t>& ids) const {
        std::string normalized(text);
        if (normalizer)
            normalized = normalizer->apply(std::move(normalized));
        for (const AddedSection& section : normalizedFinder.split(normalized)) {
            if (section.id)
                ids.push_back(*section.id);
            else
                encodePlain(section.text, atStart && section.text.data() == normalized.data(), ids);
        }
    }

    [[nodiscard]] const std::string* tokenOf(std::int64_t id) const {
        const std::string* token = added.tokenOf(id);
        return token != nullptr ? token : model->vocabulary().tokenOf(id);
    }

    void readAdded(const nlohmann::json& list, const std::string& origin) {
        for (const AddedToken& token : readAddedTokens(list, origin)) {
            added.add(token.content, token.id);
            if (token.special)
                special.insert(token.id);
            if (token.normalized)
                normalizedFinder.add(token,
                                     normalizer ? normalizer->apply(token.content) : token.content);
            else
                rawFinder.add(token, token.content);
        }
    }

    void read(JsonReader& reader, const std::string& origin, TokenizerOptions options) {
        std::optional<JsonReader> modelReader = reader.object("model");
        if (!modelReader)
            reader.fail("model", "an object is expected; this is no tokenizer.json");
        model = makeTokenModel(*modelReader);
        if (reader.has("normalizer"))
            normalizer = makeNormalizer(*reader.raw("normalizer"), origin, "normalizer");
        if (options.gpt2Pattern)
            preTokenizer = makeByteLevelPreTokenizer(false, true);
        else if (reader.has("pre_tokenizer"))
            preTokenizer = makePreTokenizer(*reader.raw("pre_tokenizer"), origin, "pre_tokenizer");
        if (reader.has("post_processor"))
            frame = readSpecialFrame(*reader.raw("post_processor"), origin, "post_processor");
        if (reader.has("decoder"))
            decoder = makeTokenDecoder(*reader.raw("decoder"), origin, "decoder");
        if (reader.has("added_tokens"))
            readAdded(*reader.raw("added_tokens"), origin);
    }

    [[nodiscard]] std::string join(std::vector<std::string> tokens) const {
        if (decoder)
            decoder->apply(tokens);
        std::string out;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (!decoder && i > 0)
                out.push_back(' ');
            out += tokens[i];
        }
        return isValidUtf8(out) ? out : repairUtf8(out);
    }
};

std::unique_ptr<Tokenizer> Tokenizer::load(const std::filesystem::path& tokenizerJson,
                                           TokenizerOptions options) {
    const nlohmann::json content = readJsonFile(tokenizerJson);
    JsonReader reader(content, tokenizerJson.string());
    auto impl = std::make_unique<Impl>();
    impl->read(reader, tokenizerJson.string(), options);
    return std::unique_ptr<Tokenizer>(new Tokenizer(std::move(impl)));
}

Tokenizer::Tokenizer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Tokenizer::~Tokenizer() = default;

std::vector<std::int64_t> Tokenizer::encode(std::string_view text, bool addSpecial) const {
    std::string repaired;
    if (!isValidUtf8(text)) {
        repaired = repairUtf8(text);
        text = repaired;
    }
    std::vector<std::int64_t> ids;
    if (addSpecial)
        ids = m_impl->frame.before;
    for (const AddedSection& section : m_impl->rawFinder.split(text)) {
        if (section.id)
            ids.push_back(*section.id);
        else
            m_impl->encodeSection(section.text, section.text.data() == text.data(), ids);
    }
    if (addSpecial)
        ids.insert(ids.end(), m_impl->frame.after.begin(), m_impl->frame.after.end());
    return ids;
}

std::string Tokenizer::decode(std::span<const std::int64_t> ids, bool skipSpecial) const {
    std::vector<std::string> tokens;
    tokens.reserve(ids.size());
    for (const std::int64_t id : ids) {
        const std::string* token = m_impl->tokenOf(id);
        if (token != nullptr && !(skipSpecial && isSpecial(id)))
            tokens.push_back(*token);
    }
    return m_impl->join(std::move(tokens));
}

std::string Tokenizer::tokenText(std::int64_t id) const {
    const std::string* token = m_impl->tokenOf(id);
    return token == nullptr ? std::string() : *token;
}

std::string Tokenizer::displayText(std::int64_t id) const {
    return decode(std::span(&id, 1), false);
}

std::optional<std::int64_t> Tokenizer::idOf(std::string_view token) const {
    const auto id = m_impl->added.idOf(token);
    return id ? id : m_impl->model->vocabulary().idOf(token);
}

bool Tokenizer::isSpecial(std::int64_t id) const {
    return m_impl->special.contains(id);
}

std::int64_t Tokenizer::vocabSize() const {
    return std::max(m_impl->added.size(), m_impl->model->vocabulary().size());
}

} // namespace viva
