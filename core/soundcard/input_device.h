// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <portaudio.h>

#include <string>

namespace viva {

/// The microphone of this name, or the default one; internal to core/audio. PortAudio must be up.
/// @throws Error(Audio) when it is not there.
[[nodiscard]] PaDeviceIndex findInput(const std::string& name);

/// Fills in the device's own channels and rate, or what it takes instead; false when it takes
/// nothing.
[[nodiscard]] bool findFormat(const PaDeviceInfo& info, PaStreamParameters& parameters,
                              double& rateHz);

} // namespace viva
