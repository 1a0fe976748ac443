// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/german.h"

namespace viva {

std::optional<Gender> parseGender(std::string_view letter) {
    if (letter == "m")
        return Gender::Masculine;
    if (letter == "f")
        return Gender::Feminine;
    if (letter == "n")
        return Gender::Neuter;
    return std::nullopt;
}

std::string definiteArticle(Gender gender, Case grammaticalCase) {
    switch (grammaticalCase) {
    case Case::Nominative:
        return gender == Gender::Masculine ? "der" : gender == Gender::Feminine ? "die" : "das";
    case Case::Accusative:
        return gender == Gender::Masculine ? "den" : gender == Gender::Feminine ? "die" : "das";
    case Case::Dative:
        break;
    }
    return gender == Gender::Feminine ? "der" : "dem";
}

std::string weakAdjective(std::string_view stem, Gender gender, Case grammaticalCase) {
    const bool ending = grammaticalCase == Case::Dative ||
                        (grammaticalCase == Case::Accusative && gender == Gender::Masculine);
    return std::string(stem) + (ending ? "en" : "e");
}

std::string nounPhrase(std::string_view adjectiveStem, std::string_view noun, Gender gender,
                       Case grammaticalCase) {
    return definiteArticle(gender, grammaticalCase) + " " +
           weakAdjective(adjectiveStem, gender, grammaticalCase) + " " + std::string(noun);
}

std::string dativePhrase(std::string_view preposition, std::string_view noun, Gender gender) {
    const bool feminine = gender == Gender::Feminine;
    std::string head;
    if (preposition == "in" && !feminine)
        head = "im";
    else if (preposition == "zu")
        head = feminine ? "zur" : "zum";
    else
        head = std::string(preposition) + " " + definiteArticle(gender, Case::Dative);
    return head + " " + std::string(noun);
}

} // namespace viva
