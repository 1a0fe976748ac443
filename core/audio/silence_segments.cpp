// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/silence_segments.h"

#include "core/audio/audio_reader.h"
#include "core/audio/level_measure.h"
#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr double kBinSec = 0.01;

struct Run {
    std::size_t first;
    std::size_t last; // half open
};

std::size_t binsOf(double seconds) {
    return static_cast<std::size_t>(std::llround(seconds / kBinSec));
}

void check(const SegmentationOptions& options) {
    if (!(options.minSilenceSec >= kBinSec) || !(options.marginSec >= 0) ||
        !(options.minSpeechSec >= 0) || !(options.maxClipSec >= 0.5))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("cutting at silence: pauses of {} s, margins of {} s, sounds of "
                                "{} s and clips of {} s make no sense; pauses take at least 0.01 "
                                "s, clips 0.5 s",
                                options.minSilenceSec, options.marginSec, options.minSpeechSec,
                                options.maxClipSec));
}

/// A third of the way from the pauses' level (10th percentile) to the speech's (95th), but not
/// below speech - 45 dB; nothing is speech where the two hardly differ.
double findThreshold(std::span<const float> levels) {
    std::vector<float> sorted(levels.begin(), levels.end());
    const auto at = [&](double part) {
        const auto index =
            static_cast<std::ptrdiff_t>(part * static_cast<double>(sorted.size() - 1));
        std::nth_element(sorted.begin(), sorted.begin() + index, sorted.end());
        return static_cast<double>(sorted[static_cast<std::size_t>(index)]);
    };
    const double pauses = at(0.10);
    const double speech = at(0.95);
    if (speech < -70.0)
        return 0.0;
    if (speech - pauses < 6.0)
        return pauses - 1.0; // sound without pauses
    return std::max(pauses + (speech - pauses) / 3.0, speech - 45.0);
}

std::vector<Run> loudRuns(std::span<const float> levels, double thresholdDb,
                          const SegmentationOptions& options) {
    std::vector<Run> runs;
    for (std::size_t bin = 0; bin < levels.size(); ++bin) {
        if (static_cast<double>(levels[bin]) < thresholdDb)
            continue;
        if (!runs.empty() && bin - runs.back().last < binsOf(options.minSilenceSec))
            runs.back().last = bin + 1;
        else
            runs.push_back({bin, bin + 1});
    }
    std::erase_if(
        runs, [&](const Run& run) { return run.last - run.first < binsOf(options.minSpeechSec); });
    return runs;
}

/// Cuts a run that is too long at the quietest 100 ms of its second half, again and again.
void split(std::span<const float> levels, Run run, std::size_t most, std::vector<Run>& out) {
    constexpr std::size_t kWindow = 10;
    while (run.last - run.first > most) {
        std::size_t best = run.first + most;
        float quietest = INFINITY;
        for (std::size_t at = run.first + most / 2; at + kWindow <= run.first + most; ++at) {
            const float loudest =
                *std::max_element(levels.begin() + static_cast<std::ptrdiff_t>(at),
                                  levels.begin() + static_cast<std::ptrdiff_t>(at + kWindow));
            if (loudest <= quietest) {
                quietest = loudest;
                best = at + kWindow / 2;
            }
        }
        out.push_back({run.first, best});
        run.first = best;
    }
    out.push_back(run);
}

} // namespace

std::vector<AudioSegment> segmentAtSilence(std::span<const float> levels,
                                           const SegmentationOptions& options) {
    check(options);
    if (levels.empty())
        return {};
    const double threshold = options.thresholdDb ? *options.thresholdDb : findThreshold(levels);
    const std::size_t margin = binsOf(options.marginSec);
    const std::size_t most = std::max<std::size_t>(
        20, binsOf(options.maxClipSec) - std::min(binsOf(options.maxClipSec) / 2, 2 * margin));
    std::vector<Run> runs;
    for (const Run& run : loudRuns(levels, threshold, options))
        split(levels, run, most, runs);
    std::vector<AudioSegment> out;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        // Neighbours share the pause between them.
        const std::size_t before = i == 0 ? 0 : (runs[i - 1].last + runs[i].first) / 2;
        const std::size_t after =
            i + 1 == runs.size() ? levels.size() : (runs[i].last + runs[i + 1].first) / 2;
        const std::size_t first = std::max(before, runs[i].first - std::min(margin, runs[i].first));
        const std::size_t last = std::min(after, runs[i].last + margin);
        out.push_back({static_cast<double>(first) * kBinSec, static_cast<double>(last) * kBinSec});
    }
    return out;
}

std::vector<float> levelsOf(AudioReader& reader, const std::function<bool(double)>& goOn) {
    const AudioFileInfo& info = reader.info();
    std::vector<float> levels;
    std::vector<float> block(static_cast<std::size_t>(info.sampleRateHz)); // a second
    double bin = 0;                                                        // next to fill
    double squares = 0;
    std::size_t inBin = 0;
    std::int64_t done = 0;
    const double binSamples = info.sampleRateHz * kBinSec;
    const auto close = [&] {
        const double rms = std::sqrt(squares / static_cast<double>(inBin));
        levels.push_back(std::isfinite(rms) ? static_cast<float>(amplitudeToDb(rms)) : NAN);
        squares = 0;
        inBin = 0;
        ++bin;
    };
    while (const std::size_t got = reader.read(block)) {
        for (std::size_t i = 0; i < got; ++i) {
            squares += static_cast<double>(block[i]) * block[i];
            ++inBin;
            if (static_cast<double>(++done) >= (bin + 1) * binSamples)
                close();
        }
        if (goOn && !goOn(static_cast<double>(done) / static_cast<double>(info.frames)))
            return levels;
    }
    if (inBin > 0)
        close();
    return levels;
}

} // namespace viva
