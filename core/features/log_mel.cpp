// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/log_mel.h"

#include "core/base/error.h"
#include "core/features/fft.h"
#include "core/features/mel_filters.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr float kFloor = 1e-10F;
constexpr int kMaxFftSize = 1 << 16;

void check(const FeatureParams& params) {
    const auto require = [](bool good, const char* name, int value, const char* wanted) {
        if (!good)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("LogMel: {} is {}; it must be {}", name, value, wanted));
    };
    require(params.fftSize >= 4 && params.fftSize <= kMaxFftSize && params.fftSize % 2 == 0,
            "fftSize", params.fftSize, "even, from 4 to 65536");
    require(params.windowSamples >= 1 && params.windowSamples <= params.fftSize, "windowSamples",
            params.windowSamples, "from 1 to fftSize");
    require(params.hopSamples >= 1, "hopSamples", params.hopSamples, "at least 1");
    require(params.melBins >= 1 && params.melBins <= 4096, "melBins", params.melBins,
            "from 1 to 4096");
    require(params.sampleRateHz >= 1000 && params.sampleRateHz <= 768000, "sampleRateHz",
            params.sampleRateHz, "from 1000 to 768000");
}

/// The clip with its mirror image on both sides; the edge samples are not repeated.
std::vector<float> reflectPadded(std::span<const float> samples, std::size_t pad) {
    std::vector<float> padded(samples.size() + 2 * pad);
    std::copy(samples.begin(), samples.end(), padded.begin() + static_cast<std::ptrdiff_t>(pad));
    for (std::size_t i = 1; i <= pad; ++i) {
        padded[pad - i] = samples[i];
        padded[pad + samples.size() - 1 + i] = samples[samples.size() - 1 - i];
    }
    return padded;
}

} // namespace

struct LogMel::Impl {
    explicit Impl(const FeatureParams& wanted)
        : params((check(wanted), wanted)), plan(wanted.fftSize),
          filters(melFilters(wanted.fftSize, wanted.melBins, wanted.sampleRateHz)),
          window(static_cast<std::size_t>(wanted.fftSize), 0.0F) {
        const std::vector<float> hann = hannWindow(wanted.windowSamples);
        std::copy(hann.begin(), hann.end(),
                  window.begin() + (wanted.fftSize - wanted.windowSamples) / 2);
        findSpans();
    }

    /// For each mel the bins its triangle touches, and its weights side by side.
    void findSpans() {
        const auto mels = static_cast<std::size_t>(params.melBins);
        const std::size_t bins = filters.size() / mels;
        for (std::size_t mel = 0; mel < mels; ++mel) {
            Span span{0, 0, weights.size()};
            for (std::size_t bin = 0; bin < bins; ++bin)
                if (filters[bin * mels + mel] > 0.0F) {
                    span.first = span.last == 0 ? bin : span.first;
                    span.last = bin + 1;
                }
            for (std::size_t bin = span.first; bin < span.last; ++bin)
                weights.push_back(filters[bin * mels + mel]);
            spans.push_back(span);
        }
    }

    /// log10 of the mel energies of one windowed frame; returns the largest.
    float logMelFrame(const float* frame, const FftMemory& memory, float* power, float* out) const {
        for (std::size_t i = 0; i < window.size(); ++i)
            memory.in.get()[i] = frame[i] * window[i];
        plan.run(memory);
        const fftwf_complex* bins = memory.out.get();
        for (std::size_t i = 0; i < window.size() / 2 + 1; ++i)
            power[i] = bins[i][0] * bins[i][0] + bins[i][1] * bins[i][1];
        float largest = -INFINITY;
        for (std::size_t mel = 0; mel < spans.size(); ++mel) {
            float energy = 0.0F;
            const float* weight = weights.data() + spans[mel].weight;
            for (std::size_t bin = spans[mel].first; bin < spans[mel].last; ++bin)
                energy += power[bin] * *weight++;
            out[mel] = std::log10(std::max(energy, kFloor));
            largest = std::max(largest, out[mel]);
        }
        return largest;
    }

    void checkSamples(std::span<const float> samples, std::size_t minSamples) const {
        if (samples.size() < minSamples)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("LogMel: the clip has {} samples; at least {} ({:.1f} ms at {} "
                                    "Hz) are needed, use a longer clip or pad it with silence",
                                    samples.size(), minSamples,
                                    1000.0 * static_cast<double>(minSamples) / params.sampleRateHz,
                                    params.sampleRateHz));
        const auto odd = std::find_if_not(samples.begin(), samples.end(),
                                          [](float value) { return std::isfinite(value); });
        if (odd != samples.end())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("LogMel: sample {} of {} is not a finite number; record or "
                                    "convert the clip again",
                                    odd - samples.begin(), samples.size()));
    }

    struct Span {
        std::size_t first;  // bin
        std::size_t last;   // bin, not included
        std::size_t weight; // index of the first weight
    };

    FeatureParams params;
    FftPlan plan;
    std::vector<float> filters;
    std::vector<float> window;
    std::vector<float> weights;
    std::vector<Span> spans;
};

LogMel::LogMel(FeatureParams params) : m_impl(std::make_unique<Impl>(params)) {}
LogMel::~LogMel() = default;
LogMel::LogMel(LogMel&&) noexcept = default;
LogMel& LogMel::operator=(LogMel&&) noexcept = default;

const FeatureParams& LogMel::params() const noexcept {
    return m_impl->params;
}

std::size_t LogMel::minSamples() const noexcept {
    return static_cast<std::size_t>(
        std::max(m_impl->params.fftSize / 2 + 1, m_impl->params.hopSamples));
}

std::size_t LogMel::melFrames(std::size_t samples) const noexcept {
    return 1 + samples / static_cast<std::size_t>(m_impl->params.hopSamples);
}

Features LogMel::computeMelFrames(std::span<const float> samples) const {
    m_impl->checkSamples(samples, minSamples());
    const FeatureParams& params = m_impl->params;
    const std::vector<float> padded =
        reflectPadded(samples, static_cast<std::size_t>(params.fftSize / 2));
    const FftMemory memory(params.fftSize);
    std::vector<float> power(static_cast<std::size_t>(params.fftSize / 2 + 1));
    const std::size_t frames = melFrames(samples.size());
    Features mel{std::vector<float>(frames * static_cast<std::size_t>(params.melBins)),
                 static_cast<int>(frames), params.melBins};
    float largest = -INFINITY;
    for (std::size_t frame = 0; frame < frames; ++frame)
        largest = std::max(
            largest,
            m_impl->logMelFrame(padded.data() + frame * static_cast<std::size_t>(params.hopSamples),
                                memory, power.data(),
                                mel.values.data() + frame * static_cast<std::size_t>(mel.width)));
    if (!std::isfinite(largest))
        throw Error(ErrorCode::InvalidArgument,
                    "LogMel: the samples are too large to square; scale the clip to -1 to 1");
    for (float& value : mel.values)
        value = std::max(value, largest - 8.0F) / 4.0F + 1.0F;
    return mel;
}

Features LogMel::compute(std::span<const float> samples) const {
    Features mel = computeMelFrames(samples);
    // Rows are contiguous: stacking two of them is a change of shape.
    Features stacked{std::move(mel.values), mel.frames / 2, mel.width * 2};
    stacked.values.resize(static_cast<std::size_t>(stacked.frames) *
                          static_cast<std::size_t>(stacked.width));
    return stacked;
}

} // namespace viva
