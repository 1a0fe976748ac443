// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/added_tokens.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"
#include "core/text/vocabulary.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {
namespace {

/// Start of the code point that ends before byte `end` (end > 0).
std::size_t previousStart(std::string_view text, std::size_t end) {
    std::size_t at = end - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u)
        --at;
    return at;
}

bool touchesWord(std::string_view text, std::size_t begin, std::size_t end) {
    if (begin > 0 && isWordCharacter(decodeUtf8(text, previousStart(text, begin)).value))
        return true;
    return end < text.size() && isWordCharacter(decodeUtf8(text, end).value);
}

} // namespace

std::vector<AddedToken> readAddedTokens(const nlohmann::json& list, const std::string& origin) {
    if (!list.is_array())
        throw Error(ErrorCode::Format, fmt::format("{}: added_tokens: a list is expected, found {}",
                                                   origin, list.type_name()));
    std::vector<AddedToken> tokens;
    for (std::size_t i = 0; i < list.size(); ++i) {
        JsonReader reader(list[i], origin, fmt::format("added_tokens[{}]", i));
        AddedToken token;
        reader.required("id", token.id);
        reader.required("content", token.content);
        reader.optional("special", token.special);
        reader.optional("lstrip", token.leftStrip);
        reader.optional("rstrip", token.rightStrip);
        reader.optional("single_word", token.singleWord);
        token.normalized = !token.special;
        reader.optional("normalized", token.normalized);
        if (token.id < 0 || token.id > Vocabulary::kLargestId)
            reader.fail("id", fmt::format("{} is not an id from 0 to {}", token.id,
                                          Vocabulary::kLargestId));
        tokens.push_back(std::move(token));
    }
    return tokens;
}

void AddedTokenFinder::add(const AddedToken& token, std::string_view spelling) {
    if (spelling.empty())
        return;
    m_trie.insert(spelling, static_cast<std::int64_t>(m_tokens.size()));
    m_firstByte[static_cast<unsigned char>(spelling.front())] = true;
    m_tokens.push_back(token);
}

std::vector<AddedSection> AddedTokenFinder::split(std::string_view text) const {
    std::vector<AddedSection> out;
    std::size_t done = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t length = 0;
        std::int64_t which = 0;
        if (m_firstByte[static_cast<unsigned char>(text[at])])
            m_trie.forEachPrefix(text.substr(at), [&](std::size_t size, std::int64_t value) {
                length = size;
                which = value;
            });
        if (length == 0) {
            ++at;
            continue;
        }
        const AddedToken& token = m_tokens[static_cast<std::size_t>(which)];
        std::size_t begin = at;
        std::size_t end = at + length;
        at = end;
        if (token.singleWord && touchesWord(text, begin, end))
            continue;
        while (token.leftStrip && begin > done &&
               isWhiteSpace(decodeUtf8(text, previousStart(text, begin)).value))
            begin = previousStart(text, begin);
        while (token.rightStrip && end < text.size() && isWhiteSpace(decodeUtf8(text, end).value))
            end += decodeUtf8(text, end).length;
        if (begin > done)
            out.push_back({std::nullopt, text.substr(done, begin - done)});
        out.push_back({token.id, text.substr(begin, end - begin)});
        done = end;
        at = std::max(at, done);
    }
    if (done < text.size())
        out.push_back({std::nullopt, text.substr(done)});
    return out;
}

} // namespace viva
