// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/resampler.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <soxr.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

void checkRate(int rateHz) {
    if (rateHz < 1000 || rateHz > 768000)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("resample: {} Hz is not a rate from 1000 to 768000 Hz", rateHz));
}

} // namespace

AudioBuffer resample(AudioBuffer buffer, int rateHz) {
    checkRate(rateHz);
    checkRate(buffer.sampleRateHz);
    if (buffer.sampleRateHz == rateHz || buffer.samples.empty()) {
        buffer.sampleRateHz = rateHz;
        return buffer;
    }
    const double ratio = static_cast<double>(rateHz) / buffer.sampleRateHz;
    const auto wanted = std::max<std::size_t>(
        1,
        static_cast<std::size_t>(std::llround(static_cast<double>(buffer.samples.size()) * ratio)));
    AudioBuffer out{std::vector<float>(wanted + 1), rateHz};
    const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
    const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    std::size_t done = 0;
    const soxr_error_t failure = soxr_oneshot(buffer.sampleRateHz, rateHz, 1, buffer.samples.data(),
                                              buffer.samples.size(), nullptr, out.samples.data(),
                                              out.samples.size(), &done, &io, &quality, &runtime);
    if (failure != nullptr)
        throw Error(ErrorCode::Audio, fmt::format("resample: {} Hz to {} Hz failed: {}",
                                                  buffer.sampleRateHz, rateHz, failure));
    // libsoxr gives one sample more or less than the rounded length, depending on the ratio.
    out.samples.resize(std::min(done, wanted));
    out.samples.resize(wanted, 0.0F);
    return out;
}

} // namespace viva
