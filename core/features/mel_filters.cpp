// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/mel_filters.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace viva {
namespace {

/// Evenly spaced float32 points: from the start in the lower half, from the end in the upper.
std::vector<float> linspace(float first, float last, int count) {
    std::vector<float> points(static_cast<std::size_t>(count));
    const float step = (last - first) / static_cast<float>(count - 1);
    for (int i = 0; i < count; ++i)
        points[static_cast<std::size_t>(i)] = i < count / 2
                                                  ? first + step * static_cast<float>(i)
                                                  : last - step * static_cast<float>(count - 1 - i);
    return points;
}

} // namespace

std::vector<float> melFilters(int fftSize, int melBins, int sampleRateHz) {
    const int bins = fftSize / 2 + 1;
    const auto topHz = static_cast<float>(sampleRateHz / 2);
    const std::vector<float> binHz = linspace(0.0F, topHz, bins);
    const auto topMel = static_cast<float>(2595.0 * std::log10(1.0 + topHz / 700.0));
    std::vector<float> edgeHz = linspace(0.0F, topMel, melBins + 2);
    for (float& edge : edgeHz)
        edge = 700.0F * (std::pow(10.0F, edge / 2595.0F) - 1.0F);

    const auto mels = static_cast<std::size_t>(melBins);
    std::vector<float> filters(binHz.size() * mels);
    for (std::size_t bin = 0; bin < binHz.size(); ++bin) {
        for (std::size_t mel = 0; mel < mels; ++mel) {
            const float rising =
                (-1.0F * (edgeHz[mel] - binHz[bin])) / (edgeHz[mel + 1] - edgeHz[mel]);
            const float falling =
                (edgeHz[mel + 2] - binHz[bin]) / (edgeHz[mel + 2] - edgeHz[mel + 1]);
            filters[bin * mels + mel] = std::max(0.0F, std::min(rising, falling));
        }
    }
    return filters;
}

std::vector<float> hannWindow(int samples) {
    std::vector<float> window(static_cast<std::size_t>(samples));
    // The angle is rounded to float32 as the reference does it.
    const auto step = static_cast<float>(2.0 * std::numbers::pi / samples);
    for (std::size_t n = 0; n < window.size(); ++n)
        window[n] = 0.5F - 0.5F * std::cos(static_cast<float>(n) * step);
    return window;
}

} // namespace viva
