// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/utf8.h"

#include "core/text/unicode.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

TEST(Utf8, ReplacesMaximalIllFormedParts) {
    // the examples of Unicode 15, table 3-8 and 3-11
    EXPECT_EQ(repairUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
              "\xEF\xBF\xBD"
              "A");
    EXPECT_EQ(repairUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"),
              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
              "A");
    EXPECT_EQ(repairUtf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Utf8, RoundTripsEveryLength) {
    const std::u32string points{0x00, 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF};
    EXPECT_EQ(toUtf32(toUtf8(points)), points);
    EXPECT_TRUE(isValidUtf8(toUtf8(points)));
}

TEST(Unicode, LowerCaseKnowsContext) {
    EXPECT_EQ(lowerCase("ΟΔΟΣ"), "οδος");
    EXPECT_EQ(lowerCaseEach("ΟΔΟΣ"), "οδοσ");
    EXPECT_EQ(lowerCase("\xC4\xB0"), "i\xCC\x87");
}

TEST(Unicode, WhiteSpaceIsPythonsWhereAsked) {
    EXPECT_FALSE(isWhiteSpace(0x1C));
    EXPECT_TRUE(isPythonSpace(0x1C));
    EXPECT_TRUE(isWhiteSpace(0x85));
    EXPECT_FALSE(isPythonSpace(0x200B));
    EXPECT_EQ(splitWhitespace("\x1F"
                              "a\xE2\x80\xA8"
                              "b\xC2\x85")
                  .size(),
              2u);
    EXPECT_EQ(strip("\xC2\xA0 x y \n"), "x y");
}

} // namespace
} // namespace viva
