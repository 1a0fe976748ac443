// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/byte_trie.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// A token that is cut out of the text before the model sees it.
struct AddedToken {
    std::int64_t id = 0;
    std::string content;
    bool special = false;
    bool leftStrip = false;  ///< eats white space before it
    bool rightStrip = false; ///< eats white space after it
    bool singleWord = false; ///< only where no word character touches it
    bool normalized = false; ///< looked for in the normalized text, not in the raw text
};

/// Reads `added_tokens`. @throws Error(Format) naming `origin` and the entry.
[[nodiscard]] std::vector<AddedToken> readAddedTokens(const nlohmann::json& list,
                                                      const std::string& origin);

/// A stretch of text, or a found token.
struct AddedSection {
    std::optional<std::int64_t> id; ///< nullopt: plain text
    std::string_view text;
};

/// Finds added tokens: the leftmost first, of those the longest.
class AddedTokenFinder {
public:
    /// `spelling` is what the text is searched for (the content, normalized where the token says
    /// so).
    void add(const AddedToken& token, std::string_view spelling);
    [[nodiscard]] bool empty() const { return m_tokens.empty(); }
    /// Cuts `text`; the views point into it and none is empty.
    [[nodiscard]] std::vector<AddedSection> split(std::string_view text) const;

private:
    std::vector<AddedToken> m_tokens;
    ByteTrie m_trie;
    std::array<bool, 256> m_firstByte{};
};

} // namespace viva
