// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"

#include <cstdint>
#include <string>
#include <vector>

namespace viva {

/// Who speaks. Engines: "flite" (linked; slt, rms, kal16, awb), "espeak-ng" (a program; any voice
/// it lists, with a variant: "en-us+f3") and "festival" (a program; ked_diphone, kal_diphone, ...).
struct Voice {
    std::string engine;
    std::string name;
    std::string speaker; ///< the person; one person may have voices in several engines
    std::string licence;

    [[nodiscard]] std::string id() const { return engine + ":" + name; }
    bool operator==(const Voice&) const = default;
};

struct SpeechOptions {
    double stretch = 1.0; ///< duration, 0.5 to 2; below 1 is faster
    double pitch =
        1.0; ///< factor on the voice's own pitch, 0.5 to 2; flite's rms and festival keep theirs
};

/// Whether this machine can speak with the voice: engine and voice are there.
[[nodiscard]] bool voiceAvailable(const Voice& voice);

/// Speaks one line at the voice's own rate. The same call gives the same samples, in any order of
/// calls. Safe from any thread; flite's turn is taken by one thread at a time.
/// @throws Error(InvalidArgument) for an empty text or options out of range; Error(NotFound) for a
/// voice that is not on this machine, with the package that brings it; Error(Audio) when the engine
/// fails or gives silence.
[[nodiscard]] AudioBuffer speak(const Voice& voice, const std::string& text,
                                const SpeechOptions& options = {});

} // namespace viva
