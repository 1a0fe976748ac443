// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/spectrogram.h"

#include "core/base/error.h"
#include "core/features/fft.h"
#include "core/features/mel_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace viva {
namespace {

constexpr double kWindowSec = 0.030;

/// The power of two nearest to the window's length, then twice as long for smooth rows.
int windowFor(int rateHz) {
    if (rateHz < 1000)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("Spectrogram: a rate of {} Hz is under 1000", rateHz));
    return static_cast<int>(std::bit_floor(static_cast<unsigned>(kWindowSec * rateHz * 1.5)));
}

} // namespace

struct Spectrogram::Impl {
    Impl(int rate, int rowCount)
        : rows(rowCount), window(hannWindow(windowFor(rate))),
          plan(2 * static_cast<int>(window.size())), topHz(std::min(kTopHz, rate / 2.0)),
          binHz(static_cast<double>(rate) / (2.0 * static_cast<double>(window.size()))) {}

    int rows;
    std::vector<float> window;
    FftPlan plan;
    double topHz;
    double binHz;
};

Spectrogram::Spectrogram(int sampleRateHz, int rows) {
    if (rows < 1)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("Spectrogram: {} rows make no picture", rows));
    m_impl = std::make_unique<Impl>(sampleRateHz, rows);
}

Spectrogram::~Spectrogram() = default;

int Spectrogram::windowSamples() const {
    return static_cast<int>(m_impl->window.size());
}
int Spectrogram::rows() const {
    return m_impl->rows;
}
double Spectrogram::topHz() const {
    return m_impl->topHz;
}

void Spectrogram::column(std::span<const float> window, std::span<float> decibels) const {
    const std::size_t size = m_impl->window.size();
    const FftMemory memory(2 * static_cast<int>(size));
    for (std::size_t i = 0; i < size; ++i)
        memory.in.get()[i] = window[i] * m_impl->window[i];
    std::fill_n(memory.in.get() + size, size, 0.0F);
    m_impl->plan.run(memory);
    // A full-scale sine has an amplitude of size / 4 after a Hann window of mean 1/2.
    const float scale = 4.0F / static_cast<float>(size);
    const double step = m_impl->topHz / m_impl->rows / m_impl->binHz;
    for (int row = 0; row < m_impl->rows; ++row) {
        const auto first = static_cast<std::size_t>(row * step);
        const auto last = std::max(first + 1, static_cast<std::size_t>((row + 1) * step));
        float power = 0.0F;
        for (std::size_t bin = first; bin < std::min(last, size + 1); ++bin) {
            const fftwf_complex& value = memory.out.get()[bin];
            power = std::max(power, value[0] * value[0] + value[1] * value[1]);
        }
        float& out = decibels[static_cast<std::size_t>(row)];
        const float found = 10.0F * std::log10(std::max(power * scale * scale, 1e-20F));
        out = std::max(out, std::max(found, kFloorDb));
    }
}

} // namespace viva
