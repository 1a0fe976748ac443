// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/bootstrap.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <gtest/gtest.h>

#include <vector>

namespace viva {
namespace {

double meanOf(const std::vector<double>& values, std::span<const std::size_t> items) {
    double sum = 0;
    for (const std::size_t item : items)
        sum += values[item];
    return sum / static_cast<double>(items.size());
}

std::vector<double> normalValues(std::size_t count, double mean, std::uint64_t seed) {
    Rng rng(seed, "test");
    std::vector<double> values(count);
    for (double& value : values)
        value = mean + rng.normal();
    return values;
}

TEST(Bootstrap, IntervalOfAMeanHasTheKnownWidth) {
    const auto values = normalValues(400, 5.0, 3);
    const auto interval = bootstrapInterval(
        values.size(), [&](auto items) { return meanOf(values, items); }, {2000, 0.95, 7});
    // standard error 1/sqrt(400) = 0.05, so 2 x 1.96 x 0.05
    EXPECT_NEAR(interval.high - interval.low, 0.196, 0.03);
    EXPECT_LT(interval.low, 5.1);
    EXPECT_GT(interval.high, 4.9);
}

TEST(Bootstrap, TheSameSeedGivesTheSameInterval) {
    const auto values = normalValues(50, 0.0, 4);
    const auto run = [&](std::uint64_t seed) {
        return bootstrapInterval(values.size(), [&](auto items) { return meanOf(values, items); },
                                 {200, 0.9, seed});
    };
    EXPECT_EQ(run(1).low, run(1).low);
    EXPECT_NE(run(1).low, run(2).low);
}

TEST(Bootstrap, PairedComparisonSeesADifferenceThatSpreadWouldHide) {
    auto first = normalValues(200, 0.0, 5);
    auto second = first;
    Rng rng(6, "noise");
    for (double& value : second)
        value += 0.2 + 0.1 * rng.normal();
    const auto compare = [&](const std::vector<double>& a, const std::vector<double>& b) {
        return comparePaired(
            a.size(), [&](auto items) { return meanOf(a, items); },
            [&](auto items) { return meanOf(b, items); });
    };
    const PairedComparison better = compare(first, second);
    EXPECT_NEAR(better.difference, 0.2, 0.03);
    EXPECT_GT(better.interval.low, 0.15);
    EXPECT_LT(better.pValue, 0.01);
    EXPECT_GT(compare(first, first).pValue, 0.9);
}

TEST(Bootstrap, RefusesOptionsOutOfRange) {
    const auto nothing = [](auto) { return 0.0; };
    for (const BootstrapOptions options :
         {BootstrapOptions{0, 0.95, 1}, BootstrapOptions{10, 0.0, 1},
          BootstrapOptions{10, 1.0, 1}}) {
        try {
            static_cast<void>(bootstrapInterval(3, nothing, options));
            ADD_FAILURE() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
    }
}

} // namespace
} // namespace viva
