// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/input_device.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

/// Sound servers claim as many channels as they can mix; they are asked for one.
constexpr int kMostRealChannels = 8;

} // namespace

PaDeviceIndex findInput(const std::string& name) {
    if (name.empty()) {
        const PaDeviceIndex device = Pa_GetDefaultInputDevice();
        if (device == paNoDevice)
            throw Error(
                ErrorCode::Audio,
                "there is no microphone; plug one in or switch it on, and check that the sound "
                "server runs");
        return device;
    }
    for (PaDeviceIndex index = 0; index < Pa_GetDeviceCount(); ++index) {
        const PaDeviceInfo* info = Pa_GetDeviceInfo(index);
        if (info != nullptr && info->maxInputChannels > 0 && name == info->name)
            return index;
    }
    throw Error(
        ErrorCode::Audio,
        fmt::format("the microphone \"{}\" is not there; plug it in or choose another", name));
}

bool findFormat(const PaDeviceInfo& info, PaStreamParameters& parameters, double& rateHz) {
    const int own = info.maxInputChannels > kMostRealChannels ? 1 : info.maxInputChannels;
    for (const double rate : {info.defaultSampleRate, 48000.0, 44100.0, 16000.0})
        for (const int channels : {own, 1, 2}) {
            parameters.channelCount = std::min(channels, info.maxInputChannels);
            if (Pa_IsFormatSupported(&parameters, nullptr, rate) == paFormatIsSupported) {
                rateHz = rate;
                return true;
            }
        }
    return false;
}

} // namespace viva
