// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/mel_filters.h"

#include "core/base/safetensors_view.h"
#include "tests/core/features/golden_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

double largestGap(const std::vector<float>& a, const std::vector<float>& b) {
    EXPECT_EQ(a.size(), b.size());
    double largest = 0.0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    return largest;
}

TEST(MelFilters, EqualTheReferenceFilters) {
    const SafetensorsView golden(golden::features() / "filters.safetensors");
    const double worst =
        largestGap(melFilters(512, 80, 16000), toFloats(golden.get("mel_filters")));
    // One edge in 82 differs in its last bit; a table computed in double is 5e-6 away.
    EXPECT_LE(worst, 2e-6);
}

TEST(MelFilters, HannWindowEqualsTheReference) {
    const SafetensorsView golden(golden::features() / "filters.safetensors");
    EXPECT_LE(largestGap(hannWindow(400), toFloats(golden.get("window_400"))), 6e-8);
}

TEST(MelFilters, EdgeBinsAreZeroAndEveryFilterIsUsed) {
    const std::vector<float> filters = melFilters(512, 80, 16000);
    for (std::size_t mel = 0; mel < 80; ++mel) {
        float sum = 0.0F;
        for (std::size_t bin = 0; bin < 257; ++bin)
            sum += filters[bin * 80 + mel];
        EXPECT_GT(sum, 0.0F) << mel;
        EXPECT_EQ(filters[mel], 0.0F);
        EXPECT_NEAR(filters[256 * 80 + mel], 0.0F, 1e-5F);
    }
}

} // namespace
} // namespace viva
