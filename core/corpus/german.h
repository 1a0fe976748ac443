// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace viva {

enum class Gender { Masculine, Feminine, Neuter };
enum class Case { Nominative, Accusative, Dative };

/// "m", "f" or "n"; nullopt for anything else.
[[nodiscard]] std::optional<Gender> parseGender(std::string_view letter);

/// The definite article in the singular: der, die, das, den, dem.
[[nodiscard]] std::string definiteArticle(Gender gender, Case grammaticalCase);

/// An adjective after the definite article in the singular (weak declension): "grüne", "grünen".
[[nodiscard]] std::string weakAdjective(std::string_view stem, Gender gender, Case grammaticalCase);

/// "die grüne Lampe": article, adjective and noun in agreement. Only for nouns whose singular is
/// the same in all three cases.
[[nodiscard]] std::string nounPhrase(std::string_view adjectiveStem, std::string_view noun,
                                     Gender gender, Case grammaticalCase);

/// Preposition with the dative, contracted where that is usual: "im Park", "unter der Brücke",
/// "zum Museum", "zur Schule".
[[nodiscard]] std::string dativePhrase(std::string_view preposition, std::string_view noun,
                                       Gender gender);

} // namespace viva
