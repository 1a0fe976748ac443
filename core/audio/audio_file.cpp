// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file.h"

#include "core/audio/audio_reader.h"
#include "core/audio/resampler.h"
#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockSamples = 65536;

[[noreturn]] void fail(ErrorCode code, const fs::path& path, const std::string& what) {
    throw Error(code, fmt::format("{} {}", path.string(), what));
}

void checkLength(const fs::path& path, std::int64_t frames, int rateHz, double maxSec) {
    const double sec = static_cast<double>(frames) / rateHz;
    if (sec > maxSec)
        fail(ErrorCode::InvalidArgument, path,
             fmt::format("is {:.1f} s long; at most {:.1f} s are read, cut it first", sec, maxSec));
}

[[noreturn]] void failTruncated(const fs::path& path, std::int64_t got, std::int64_t wanted,
                                int rateHz) {
    fail(ErrorCode::Format, path,
         fmt::format("is cut short or damaged: {} of {} samples could be decoded ({:.2f} s); "
                     "copy it again",
                     got, wanted, static_cast<double>(got) / rateHz));
}

/// `before` samples come before these in the file.
void checkFinite(const fs::path& path, const std::vector<float>& samples, std::int64_t before,
                 int rateHz) {
    const auto odd = std::find_if_not(samples.begin(), samples.end(),
                                      [](float value) { return std::isfinite(value); });
    if (odd != samples.end())
        fail(ErrorCode::Format, path,
             fmt::format("holds a value that is not a finite number at {:.4f} s; export it again",
                         static_cast<double>(before + (odd - samples.begin())) / rateHz));
}

} // namespace

AudioFileInfo probeAudioFile(const fs::path& path) {
    AudioReader reader(path);
    const AudioFileInfo& info = reader.info();
    // A truncated FLAC keeps its promise in the header: its last sample tells, for a few KB read.
    float last = 0;
    if (info.format.find("FLAC") != std::string::npos &&
        (!reader.seek(info.frames - 1) || reader.read(std::span(&last, 1)) != 1))
        fail(ErrorCode::Format, path, "is cut short: its last sample is missing; copy it again");
    return info;
}

AudioBuffer readAudioFile(const fs::path& path, const AudioReadOptions& options) {
    AudioReader reader(path);
    const AudioFileInfo& info = reader.info();
    checkLength(path, info.frames, info.sampleRateHz, options.maxDurationSec);
    AudioBuffer buffer{{}, info.sampleRateHz};
    // A header may promise more than the file holds: memory follows what is really decoded.
    buffer.samples.reserve(static_cast<std::size_t>(std::min<std::int64_t>(info.frames, 1 << 22)));
    std::vector<float> block(kBlockSamples);
    while (const std::size_t got = reader.read(block)) {
        buffer.samples.insert(buffer.samples.end(), block.begin(),
                              block.begin() + static_cast<std::ptrdiff_t>(got));
        checkLength(path, static_cast<std::int64_t>(buffer.samples.size()), info.sampleRateHz,
                    options.maxDurationSec);
    }
    const auto frames = static_cast<std::int64_t>(buffer.samples.size());
    if (reader.broken() || frames < info.frames)
        failTruncated(path, frames, info.frames, info.sampleRateHz);
    checkFinite(path, buffer.samples, 0, info.sampleRateHz);
    return buffer;
}

AudioBuffer readAudioRange(const fs::path& path, double startSec, double lengthSec) {
    AudioReader reader(path);
    const AudioFileInfo& info = reader.info();
    const auto begin = std::llround(startSec * info.sampleRateHz);
    const auto frames =
        std::min<std::int64_t>(std::llround(lengthSec * info.sampleRateHz), info.frames - begin);
    if (!(startSec >= 0) || !(lengthSec > 0) || frames <= 0)
        fail(ErrorCode::InvalidArgument, path,
             fmt::format("lasts {:.2f} s; {:.2f} s from {:.2f} s do not lie in it",
                         info.durationSec, lengthSec, startSec));
    checkLength(path, frames, info.sampleRateHz, AudioReadOptions{}.maxDurationSec);
    if (!reader.seek(begin))
        failTruncated(path, 0, frames, info.sampleRateHz);
    AudioBuffer buffer{{}, info.sampleRateHz};
    std::vector<float> block(kBlockSamples);
    while (static_cast<std::int64_t>(buffer.samples.size()) < frames) {
        const auto left = static_cast<std::size_t>(frames) - buffer.samples.size();
        const std::size_t got = reader.read(std::span(block).first(std::min(left, block.size())));
        if (got == 0)
            failTruncated(path, static_cast<std::int64_t>(buffer.samples.size()), frames,
                          info.sampleRateHz);
        buffer.samples.insert(buffer.samples.end(), block.begin(),
                              block.begin() + static_cast<std::ptrdiff_t>(got));
    }
    checkFinite(path, buffer.samples, begin, info.sampleRateHz);
    return buffer;
}

void verifyAudioFile(const fs::path& path) {
    AudioReader reader(path);
    const AudioFileInfo& info = reader.info();
    std::vector<float> block(kBlockSamples);
    std::int64_t done = 0;
    while (done < info.frames) {
        block.resize(kBlockSamples);
        block.resize(reader.read(block));
        if (block.empty())
            failTruncated(path, done, info.frames, info.sampleRateHz);
        checkFinite(path, block, done, info.sampleRateHz);
        done += static_cast<std::int64_t>(block.size());
    }
}

AudioBuffer readAudioForModel(const fs::path& path, int rateHz, const AudioReadOptions& options) {
    return resample(readAudioFile(path, options), rateHz);
}

} // namespace viva
