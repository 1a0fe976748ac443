// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>

namespace viva {

/// An item of an import whose audio file has been looked at.
struct CheckedItem {
    ImportItem item; ///< its utterance has the duration, and the hash where it was asked for
    int rateHz = 0;
    int channels = 0;
    std::string fault; ///< why it cannot go in; empty = it can
};

struct AudioCheck {
    bool decode = false; ///< every sample, not the header alone
    bool hash = false;
};

/// Looks at the audio file of one item. Files that may hold values that are no numbers (floating
/// point) are always decoded.
void checkAudioFile(CheckedItem& checked, const AudioCheck& check);

/// The same for many, on two threads. Returns early where a stop is asked for.
void checkAudioFiles(std::span<CheckedItem> items, const AudioCheck& check,
                     const std::stop_token& stop);

/// What a project knows the sound of an item by: its place on disk, and the segment of it.
[[nodiscard]] std::string sourceOf(const ImportItem& item);
[[nodiscard]] inline bool isSegment(const ImportItem& item) {
    return item.startSec > 0 || item.lengthSec > 0;
}

} // namespace viva
