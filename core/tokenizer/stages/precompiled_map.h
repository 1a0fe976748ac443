// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/normalizer.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace viva {

class JsonReader;

/// SentencePiece's character map: a double-array trie over UTF-8 keys, then the replacement
/// strings, each ended by a zero byte.
class PrecompiledMap {
public:
    /// `blob` as stored (after base64). @throws Error(Format) naming `place` when it is cut off.
    PrecompiledMap(std::string_view blob, std::string_view place);

    /// The replacement of the first (shortest) key that is a prefix of `text`.
    [[nodiscard]] std::optional<std::string_view> lookup(std::string_view text) const;

private:
    std::vector<std::uint32_t> m_units;
    std::string m_pool;
};

/// Precompiled of a tokenizer.json: grapheme clusters under six bytes, else characters, are looked
/// up.
[[nodiscard]] std::unique_ptr<Normalizer> makePrecompiledNormalizer(JsonReader& reader);

} // namespace viva
