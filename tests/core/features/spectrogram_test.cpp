// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/spectrogram.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace viva {
namespace {

std::vector<float> spectrumOf(const Spectrogram& spectrogram, double hertz, double amplitude,
                              int rateHz) {
    std::vector<float> window(static_cast<std::size_t>(spectrogram.windowSamples()));
    for (std::size_t i = 0; i < window.size(); ++i)
        window[i] = static_cast<float>(
            amplitude * std::sin(2 * 3.14159265358979 * hertz * static_cast<double>(i) / rateHz));
    std::vector<float> out(static_cast<std::size_t>(spectrogram.rows()), Spectrogram::kFloorDb);
    spectrogram.column(window, out);
    return out;
}

TEST(Spectrogram, AToneStandsInItsRowAtItsLevel) {
    for (const int rateHz : {16000, 44100, 48000}) {
        const Spectrogram spectrogram(rateHz, 160);
        EXPECT_EQ(spectrogram.topHz(), 8000.0);
        EXPECT_NEAR(static_cast<double>(spectrogram.windowSamples()) / rateHz, 0.030, 0.013);
        for (const double hertz : {500.0, 1025.0, 3333.0, 7500.0}) {
            const auto column = spectrumOf(spectrogram, hertz, 1.0, rateHz);
            const auto top = std::max_element(column.begin(), column.end());
            EXPECT_NEAR(static_cast<double>(top - column.begin()), hertz / 50, 1.0) << hertz;
            EXPECT_NEAR(*top, 0.0, 0.4) << hertz;
            EXPECT_LT(column[hertz > 4000 ? 20 : 140], -60) << hertz;
        }
        const auto half = spectrumOf(spectrogram, 1000, 0.5, rateHz);
        EXPECT_NEAR(*std::max_element(half.begin(), half.end()), -6.02, 0.4);
    }
}

TEST(Spectrogram, SeveralWindowsShareAColumnByTheLoudest) {
    const Spectrogram spectrogram(16000, 80);
    auto column = spectrumOf(spectrogram, 1000, 0.5, 16000);
    const auto before = column;
    spectrogram.column(std::vector<float>(static_cast<std::size_t>(spectrogram.windowSamples())),
                       column);
    EXPECT_EQ(column, before);
    EXPECT_EQ(*std::min_element(column.begin(), column.end()) >= Spectrogram::kFloorDb, true);
}

TEST(Spectrogram, LowRatesEndAtHalfOfThem) {
    EXPECT_EQ(Spectrogram(8000, 10).topHz(), 4000.0);
    EXPECT_THROW(Spectrogram(10, 10), Error);
    EXPECT_THROW(Spectrogram(16000, 0), Error);
}

} // namespace
} // namespace viva
