// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"
#include "core/corpus/voices.h"

#include <string>

namespace viva {

/// Whether a linked voice has this name: slt, rms, kal16, awb.
[[nodiscard]] bool fliteHas(const std::string& name);

/// Speaks with a linked voice that fliteHas() at 16 kHz. flite keeps global state and draws its
/// noise from rand(), so one call runs at a time and starts from the same seed.
/// @throws Error(Audio) when synthesis fails.
[[nodiscard]] AudioBuffer fliteSpeak(const std::string& name, const std::string& text,
                                     const SpeechOptions& options);

} // namespace viva
