// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/audio_check.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/base/sha256.h"

#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <vector>

namespace viva {
namespace {

/// Lists of segments are rounded: so much may lie beyond the end of the sound.
constexpr double kOverlapSec = 0.5;
constexpr int kThreads = 2;

/// Where a stretch begins and ends, in seconds; a fault where it does not lie in the sound.
void placeSegment(CheckedItem& checked, double totalSec) {
    ImportItem& item = checked.item;
    const double wanted = item.lengthSec > 0 ? item.lengthSec : totalSec - item.startSec;
    if (item.startSec >= totalSec || item.startSec + wanted > totalSec + kOverlapSec)
        checked.fault =
            fmt::format("begins at {:.2f} s and lasts {:.2f} s, but {} has {:.2f} s only",
                        item.startSec, wanted, item.audio.string(), totalSec);
    item.lengthSec = wanted;
    item.utterance.durationSec = std::min(wanted, totalSec - item.startSec);
}

} // namespace

std::string sourceOf(const ImportItem& item) {
    if (!isSegment(item))
        return item.audio.string();
    return fmt::format("{}#{:.3f}+{:.3f}", item.audio.string(), item.startSec, item.lengthSec);
}

void checkAudioFile(CheckedItem& checked, const AudioCheck& check) {
    ImportItem& item = checked.item;
    try {
        const AudioFileInfo info = probeAudioFile(item.audio);
        checked.rateHz = info.sampleRateHz;
        checked.channels = info.channels;
        item.utterance.durationSec = info.durationSec;
        if (isSegment(item)) {
            placeSegment(checked, info.durationSec);
            return; // decoded and hashed when it is extracted
        }
        if (check.decode || info.format.find("float") != std::string::npos)
            verifyAudioFile(item.audio);
        if (!check.hash)
            return;
        const std::string hash = sha256OfFile(item.audio);
        if (!item.utterance.sha256.empty() && item.utterance.sha256 != hash)
            checked.fault = fmt::format("{} has the sha256 {}, the data says {}; copy it again",
                                        item.audio.string(), hash, item.utterance.sha256);
        item.utterance.sha256 = hash;
    } catch (const Error& error) {
        checked.fault = error.what();
    }
}

void checkAudioFiles(std::span<CheckedItem> items, const AudioCheck& check,
                     const std::stop_token& stop) {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < items.size() && !stop.stop_requested(); i = next++)
            checkAudioFile(items[i], check);
    };
    std::vector<std::jthread> helpers;
    for (int i = 1; i < kThreads; ++i)
        helpers.emplace_back(work);
    work();
}

} // namespace viva
