// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// What every number's type is.
inline constexpr std::string_view kPunktNumber = "##number##";

/// A word or mark as Punkt sees it, with what has been found out about it.
struct PunktToken {
    explicit PunktToken(std::u32string_view word);

    std::string text;
    std::string type;        ///< lower case; numbers are all kPunktNumber
    char32_t first = 0;      ///< character of the text
    std::size_t letters = 0; ///< characters of the text
    bool ends = false;       ///< a sentence
    bool abbreviation = false;
    bool ellipsis = false;

    [[nodiscard]] bool endsWithPoint() const { return text.ends_with('.'); }
    /// Two points or more and nothing else.
    [[nodiscard]] bool isEllipsis() const;
    /// One letter and a point.
    [[nodiscard]] bool isInitial() const;
    [[nodiscard]] bool startsUpper() const;
    [[nodiscard]] bool startsLower() const;
    [[nodiscard]] std::string typeWithoutPoint() const;
    /// Without its point when that ends a sentence.
    [[nodiscard]] std::string typeAsWord() const { return ends ? typeWithoutPoint() : type; }
};

/// A mark that cannot stand inside a word.
[[nodiscard]] bool isPunktNonWord(char32_t c) noexcept;

/// Words with their points, and marks. @source nltk 3.10.4, tokenize/punkt.py PunktLanguageVars
[[nodiscard]] std::vector<PunktToken> punktTokens(std::u32string_view text);

} // namespace viva
