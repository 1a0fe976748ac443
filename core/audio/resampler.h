// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"

namespace viva {

/// Converts to another rate: band limited, linear phase, without a shift in time.
///
/// Up to 0.9 of the lower Nyquist frequency the gain is true within 0.02 dB and distortion and
/// images lie under -120 dB; what cannot be kept is removed by 120 dB. Values are not clipped: a
/// full-scale clip may come out slightly beyond +-1. The result has
/// round(samples * to / from) samples, at least one. Equal rates return the buffer unchanged.
/// @throws Error(InvalidArgument) for a rate outside 1 to 768 kHz, Error(Audio) when libsoxr fails.
[[nodiscard]] AudioBuffer resample(AudioBuffer buffer, int rateHz);

} // namespace viva
