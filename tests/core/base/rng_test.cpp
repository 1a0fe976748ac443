// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers were computed with a second implementation of the published algorithms (xoshiro256**
// seeded by splitmix64, FNV-1a for names), so that runs stay the same over builds and machines.
#include "core/base/rng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace viva {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> firstFour(Rng rng) {
    return {rng.next(), rng.next(), rng.next(), rng.next()};
}

TEST(Rng, GivesThePublishedNumbers) {
    EXPECT_THAT(firstFour(Rng(0)), ElementsAre(0x99ec5f36cb75f2b4u, 0xbf6e1f784956452au,
                                               0x1a5f849d4933e6e0u, 0x6aa594f1262d2d2cu));
    EXPECT_THAT(firstFour(Rng(42)), ElementsAre(0x15780b2e0c2ec716u, 0x6104d9866d113a7eu,
                                                0xae17533239e499a1u, 0xecb8ad4703b360a1u));
}

TEST(Rng, StreamsAreKeptApartByName) {
    EXPECT_THAT(firstFour(Rng(42, "rollout")),
                ElementsAre(0xcc7e7c88af1d5e17u, 0x744f19226b1eccdbu, 0x8c5eecc31861481au,
                            0xa58ccb532b816c20u));
    EXPECT_THAT(firstFour(Rng(42, "data")), ElementsAre(0xe0514cf82110c0a6u, 0x2b9ebc4133af2d98u,
                                                        0x47e0332b94d8d650u, 0x8b6231b198d59ac2u));
}

TEST(Rng, UniformNormalBelowAndShuffleAreFixed) {
    Rng uniform(42);
    EXPECT_EQ(uniform.uniform(), 0.08386297105988216);
    EXPECT_EQ(uniform.uniform(), 0.3789802506626686);
    EXPECT_EQ(uniform.uniform(-1.0, 3.0), -1.0 + 4.0 * 0.6800434110281394);
    Rng normal(42);
    for (const double want : {-0.303263064678738, 1.3438117634372806, 0.3834617912676943})
        EXPECT_NEAR(normal.normal(), want, 1e-14);
    Rng below(42);
    std::vector<std::uint64_t> digits(12);
    for (std::uint64_t& digit : digits)
        digit = below.below(10);
    EXPECT_THAT(digits, ElementsAre(2, 2, 9, 3, 6, 4, 4, 7, 8, 5, 9, 3));
    Rng shuffle(42);
    std::vector<int> order(8);
    std::iota(order.begin(), order.end(), 0);
    shuffle.shuffle(order);
    EXPECT_THAT(order, ElementsAre(7, 2, 4, 0, 3, 5, 1, 6));
}

TEST(Rng, ForkIsFixedAndDoesNotAdvance) {
    Rng rng(42);
    EXPECT_EQ(rng.fork(3).next(), 0xccda42737a411569u);
    EXPECT_EQ(rng.next(), 0x15780b2e0c2ec716u);
    EXPECT_NE(Rng(42).fork(4).next(), Rng(42).fork(3).next());
}

TEST(Rng, StateResumesBitForBit) {
    Rng first(7, "rollout");
    (void)first.next();
    Rng second(0);
    second.setState(first.state());
    EXPECT_EQ(firstFour(first), firstFour(second));
}

TEST(Rng, NormalHasMeanZeroAndDeviationOne) {
    Rng rng(1);
    double sum = 0;
    double squares = 0;
    constexpr int kCount = 100000;
    for (int i = 0; i < kCount; ++i) {
        const double value = rng.normal();
        ASSERT_TRUE(std::isfinite(value));
        sum += value;
        squares += value * value;
    }
    EXPECT_NEAR(sum / kCount, 0.0, 0.015);
    EXPECT_NEAR(squares / kCount, 1.0, 0.02);
}

} // namespace
} // namespace viva
