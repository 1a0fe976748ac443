// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/waveform_summary.h"

#include "core/base/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

std::vector<float> randomSamples(std::size_t count) {
    Rng rng(3, "waveform");
    std::vector<float> samples(count);
    for (float& sample : samples)
        sample = static_cast<float>(rng.uniform(-1.0, 1.0));
    return samples;
}

WaveformColumn plain(const std::vector<float>& samples, std::size_t first, std::size_t last) {
    const auto [low, high] = std::minmax_element(samples.begin() + static_cast<long>(first),
                                                 samples.begin() + static_cast<long>(last));
    double squares = 0.0;
    for (std::size_t i = first; i < last; ++i)
        squares += static_cast<double>(samples[i]) * samples[i];
    return {*low, *high,
            static_cast<float>(std::sqrt(squares / static_cast<double>(last - first)))};
}

TEST(WaveformSummary, AnyRangeEqualsThePlainSearch) {
    for (const std::size_t count : {1u, 15u, 16u, 17u, 255u, 256u, 257u, 4097u, 100003u}) {
        const std::vector<float> samples = randomSamples(count);
        const WaveformSummary summary(samples);
        Rng rng(count, "ranges");
        for (int round = 0; round < 200; ++round) {
            const std::size_t first = rng.below(count);
            const std::size_t last = first + 1 + rng.below(count - first);
            const WaveformColumn got = summary.column(first, last);
            const WaveformColumn want = plain(samples, first, last);
            ASSERT_EQ(got.min, want.min) << count << ": " << first << ".." << last;
            ASSERT_EQ(got.max, want.max) << count << ": " << first << ".." << last;
            ASSERT_NEAR(got.rms, want.rms, 1e-6F);
        }
    }
}

TEST(WaveformSummary, ColumnsTileTheRangeSoThatNoPeakIsLost) {
    std::vector<float> samples(10000, 0.1F);
    samples[7777] = 0.9F;
    const WaveformSummary summary(samples);
    for (const int count : {1, 3, 7, 640, 5000, 10000}) {
        const auto columns = summary.columns(0, 10000, count);
        ASSERT_EQ(columns.size(), static_cast<std::size_t>(count));
        EXPECT_EQ(std::count_if(columns.begin(), columns.end(),
                                [](const WaveformColumn& c) { return c.max == 0.9F; }),
                  1)
            << count;
        EXPECT_EQ(columns[static_cast<std::size_t>(7777 * count / 10000)].max, 0.9F) << count;
    }
}

TEST(WaveformSummary, ZoomedInAColumnShowsTheSampleItLiesIn) {
    const WaveformSummary summary(std::vector<float>{0.1F, 0.2F, 0.3F, 0.4F});
    const auto columns = summary.columns(1.0, 3.0, 8);
    EXPECT_EQ(columns[0].min, 0.2F);
    EXPECT_EQ(columns[3].max, 0.2F);
    EXPECT_EQ(columns[4].max, 0.3F);
    EXPECT_EQ(columns[7].max, 0.3F);
}

TEST(WaveformSummary, BeyondTheClipIsZero) {
    const WaveformSummary summary(std::vector<float>(100, 0.5F));
    const auto columns = summary.columns(-100.0, 200.0, 3);
    EXPECT_EQ(columns[0].max, 0.0F);
    EXPECT_EQ(columns[1].max, 0.5F);
    EXPECT_EQ(columns[2].max, 0.0F);
    EXPECT_EQ(WaveformSummary().columns(0, 10, 2).size(), 2u);
    EXPECT_TRUE(summary.columns(0, 10, -4).empty());
    EXPECT_EQ(summary.column(50, 20).max, 0.0F);
}

TEST(WaveformSummary, MarksClippedColumns) {
    const WaveformSummary summary(std::vector<float>{0.5F, -1.0F, 0.99F});
    EXPECT_TRUE(summary.column(0, 2).clipped());
    EXPECT_FALSE(summary.column(2, 3).clipped());
}

} // namespace
} // namespace viva
