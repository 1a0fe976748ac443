// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/german.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

TEST(German, AgreesInEveryGenderAndCase) {
    EXPECT_EQ(nounPhrase("grün", "Brief", Gender::Masculine, Case::Nominative), "der grüne Brief");
    EXPECT_EQ(nounPhrase("grün", "Brief", Gender::Masculine, Case::Accusative), "den grünen Brief");
    EXPECT_EQ(nounPhrase("grün", "Brief", Gender::Masculine, Case::Dative), "dem grünen Brief");
    EXPECT_EQ(nounPhrase("alt", "Katze", Gender::Feminine, Case::Nominative), "die alte Katze");
    EXPECT_EQ(nounPhrase("alt", "Katze", Gender::Feminine, Case::Accusative), "die alte Katze");
    EXPECT_EQ(nounPhrase("alt", "Katze", Gender::Feminine, Case::Dative), "der alten Katze");
    EXPECT_EQ(nounPhrase("weiß", "Bild", Gender::Neuter, Case::Nominative), "das weiße Bild");
    EXPECT_EQ(nounPhrase("weiß", "Bild", Gender::Neuter, Case::Accusative), "das weiße Bild");
    EXPECT_EQ(nounPhrase("weiß", "Bild", Gender::Neuter, Case::Dative), "dem weißen Bild");
}

TEST(German, ContractsPrepositionsAsSpoken) {
    EXPECT_EQ(dativePhrase("in", "Park", Gender::Masculine), "im Park");
    EXPECT_EQ(dativePhrase("in", "Museum", Gender::Neuter), "im Museum");
    EXPECT_EQ(dativePhrase("in", "Schule", Gender::Feminine), "in der Schule");
    EXPECT_EQ(dativePhrase("zu", "Museum", Gender::Neuter), "zum Museum");
    EXPECT_EQ(dativePhrase("zu", "Bahnhof", Gender::Masculine), "zum Bahnhof");
    EXPECT_EQ(dativePhrase("zu", "Schule", Gender::Feminine), "zur Schule");
    EXPECT_EQ(dativePhrase("unter", "Bett", Gender::Neuter), "unter dem Bett");
    EXPECT_EQ(dativePhrase("auf", "Brücke", Gender::Feminine), "auf der Brücke");
}

TEST(German, KnowsThreeGenders) {
    EXPECT_EQ(parseGender("m"), Gender::Masculine);
    EXPECT_EQ(parseGender("f"), Gender::Feminine);
    EXPECT_EQ(parseGender("n"), Gender::Neuter);
    EXPECT_FALSE(parseGender("x").has_value());
    EXPECT_FALSE(parseGender("").has_value());
}

} // namespace
} // namespace viva
