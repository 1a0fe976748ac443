// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/length_shaping.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <array>

namespace viva {
namespace {

TEST(SoftOverlong, FallsLinearlyInTheLastTokens) {
    EXPECT_EQ(softOverlongPunishment(15, 20, 5), 0);
    EXPECT_NEAR(softOverlongPunishment(16, 20, 5), -0.2, 1e-15);
    EXPECT_EQ(softOverlongPunishment(20, 20, 5), -1);
    EXPECT_EQ(softOverlongPunishment(21, 20, 5), -1);
    EXPECT_EQ(softOverlongPunishment(20, 20, 0), 0);
    EXPECT_EQ(softOverlongPunishment(21, 20, 0), -1);
}

TEST(SoftOverlong, RefusesACacheThatDoesNotFit) {
    for (const int cache : {-1, 21})
        try {
            (void)softOverlongPunishment(1, 20, cache);
            FAIL() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
}

TEST(TokenRepetition, CountsTheShareOfRepeatedGrams) {
    const std::array<std::int64_t, 8> same{5, 5, 5, 5, 5, 5, 5, 5};
    EXPECT_NEAR(tokenRepetitionPenalty(same, 3, -1), -5.0 / 6, 1e-15);
    const std::array<std::int64_t, 3> once{1, 2, 3};
    EXPECT_EQ(tokenRepetitionPenalty(once, 1, -1), 0);
    EXPECT_EQ(tokenRepetitionPenalty(once, 4, -1), 0);
    EXPECT_THROW((void)tokenRepetitionPenalty(once, 0, -1), Error);
    EXPECT_THROW((void)tokenRepetitionPenalty(once, 1, 0.5), Error);
}

} // namespace
} // namespace viva
