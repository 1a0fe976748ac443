// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/device_list.h"

#include "core/soundcard/audio_system.h"

#include <portaudio.h>

#include <cmath>

namespace viva {

AudioDeviceList listAudioDevices() {
    const std::lock_guard lock(AudioSystem::mutex());
    const AudioSystem system;
    AudioDeviceList list;
    const PaDeviceIndex count = Pa_GetDeviceCount();
    for (PaDeviceIndex index = 0; index < count; ++index) {
        const PaDeviceInfo* info = Pa_GetDeviceInfo(index);
        if (info == nullptr)
            continue;
        const PaHostApiInfo* host = Pa_GetHostApiInfo(info->hostApi);
        AudioDevice device{info->name != nullptr ? info->name : "",
                           host != nullptr && host->name != nullptr ? host->name : "",
                           0,
                           static_cast<int>(std::lround(info->defaultSampleRate)),
                           0.0,
                           false};
        if (info->maxInputChannels > 0) {
            device.channels = info->maxInputChannels;
            device.latencySec = info->defaultLowInputLatency;
            device.isDefault = index == Pa_GetDefaultInputDevice();
            list.inputs.push_back(device);
        }
        if (info->maxOutputChannels > 0) {
            device.channels = info->maxOutputChannels;
            device.latencySec = info->defaultHighOutputLatency;
            device.isDefault = index == Pa_GetDefaultOutputDevice();
            list.outputs.push_back(device);
        }
    }
    return list;
}

} // namespace viva
