// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/waveform_pyramid.h"

#include "core/base/rng.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

std::vector<float> noise(std::size_t count) {
    Rng rng(3, "pyramid");
    std::vector<float> out(count);
    for (float& sample : out)
        sample = static_cast<float>(rng.uniform(-0.5, 0.5));
    return out;
}

WaveformPyramid pyramidOf(const std::vector<float>& samples, std::size_t block) {
    WaveformPyramid pyramid;
    for (std::size_t at = 0; at < samples.size(); at += block)
        pyramid.append(std::span(samples).subspan(at, std::min(block, samples.size() - at)));
    pyramid.finish();
    return pyramid;
}

TEST(WaveformPyramid, EveryColumnCoversItsRangeAndAtMostANodeMore) {
    const std::vector<float> samples = noise(300000);
    const WaveformSummary exact(samples);
    const WaveformPyramid pyramid = pyramidOf(samples, 1000);
    Rng rng(4, "ranges");
    for (int round = 0; round < 200; ++round) {
        const double first = std::floor(rng.uniform(0, 200000));
        const double last = first + std::floor(rng.uniform(30000, 100000));
        const int count = static_cast<int>(rng.uniform(1, 100));
        const auto columns = pyramid.columns(first, last, count);
        ASSERT_EQ(columns.size(), static_cast<std::size_t>(count));
        const double width = (last - first) / count;
        for (int i = 0; i < count; ++i) {
            const WaveformColumn& got = columns[static_cast<std::size_t>(i)];
            const auto from = static_cast<std::size_t>(first + width * i);
            const auto to = std::min<std::size_t>(
                300000, static_cast<std::size_t>(std::ceil(first + width * (i + 1))));
            const WaveformColumn inner = exact.column(from, to);
            const auto margin = static_cast<std::size_t>(std::max(width, 256.0)) + 1;
            const WaveformColumn outer = exact.column(from - std::min(from, margin),
                                                      std::min<std::size_t>(300000, to + margin));
            EXPECT_LE(got.min, inner.min);
            EXPECT_GE(got.max, inner.max);
            EXPECT_GE(got.min, outer.min);
            EXPECT_LE(got.max, outer.max);
            EXPECT_NEAR(got.rms, 0.5 / std::sqrt(3.0), 0.05);
        }
    }
}

TEST(WaveformPyramid, NoSpikeIsLostAtAnyZoom) {
    std::vector<float> samples(1000000, 0.01F);
    samples[777777] = -0.9F;
    const WaveformPyramid pyramid = pyramidOf(samples, 48000);
    for (const int count : {1, 10, 500, 3000}) {
        const auto columns = pyramid.columns(0, 1000000, count);
        const auto lowest =
            std::min_element(columns.begin(), columns.end(),
                             [](const auto& a, const auto& b) { return a.min < b.min; });
        EXPECT_FLOAT_EQ(lowest->min, -0.9F) << count;
        EXPECT_NEAR(static_cast<double>(lowest - columns.begin()), 0.777777 * count, 1.5) << count;
    }
}

TEST(WaveformPyramid, HowItArrivesMakesNoDifference) {
    const std::vector<float> samples = noise(70001);
    const auto one = pyramidOf(samples, 70001).columns(0, 70001, 97);
    const auto many = pyramidOf(samples, 13).columns(0, 70001, 97);
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(one[i].min, many[i].min);
        EXPECT_EQ(one[i].max, many[i].max);
        EXPECT_NEAR(one[i].rms, many[i].rms, 1e-6);
    }
}

TEST(WaveformPyramid, IsShownWhileItGrows) {
    WaveformPyramid pyramid;
    EXPECT_EQ(pyramid.columns(0, 1000, 10)[3].max, 0);
    pyramid.append(std::vector<float>(100000, 0.5F));
    const auto columns = pyramid.columns(0, 200000, 10);
    EXPECT_FLOAT_EQ(columns[2].max, 0.5F);
    EXPECT_FLOAT_EQ(columns[4].rms, 0.5F);
    EXPECT_EQ(columns[6].max, 0);
    EXPECT_TRUE(pyramid.columns(0, 100, 0).empty());
}

TEST(ColumnsOf, AreThoseOfTheSamplesAtTheirPlace) {
    const std::vector<float> samples = noise(5000);
    const WaveformSummary exact(samples);
    const auto want = exact.columns(1200.5, 3300.5, 77);
    const auto got = columnsOf(std::span(samples).subspan(1000, 3000), 1000, 1200.5, 3300.5, 77);
    for (std::size_t i = 0; i < want.size(); ++i) {
        EXPECT_EQ(got[i].min, want[i].min);
        EXPECT_EQ(got[i].max, want[i].max);
        EXPECT_NEAR(got[i].rms, want[i].rms, 1e-5);
    }
    EXPECT_EQ(columnsOf(std::span(samples).first(10), 0, 20, 40, 2)[0].max, 0);
    EXPECT_EQ(columnsOf(samples, 0, 7, 8, 4)[3].max, samples[7]);
}

TEST(WaveformPyramid, AnHourTakesFewMegabytes) {
    WaveformPyramid pyramid;
    const std::vector<float> minute(48000 * 60, 0.1F);
    for (int i = 0; i < 60; ++i)
        pyramid.append(minute);
    pyramid.finish();
    EXPECT_EQ(pyramid.sampleCount(), 48000LL * 3600);
    EXPECT_LT(pyramid.bytes(), 25u << 20U);
}

} // namespace
} // namespace viva
