// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/audio_system.h"

#include "core/base/error.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <portaudio.h>

namespace viva {
namespace {

extern "C" {
using AlsaErrorHandler = void (*)(const char*, int, const char*, int, const char*, ...);
using AlsaSetErrorHandler = int (*)(AlsaErrorHandler);
using AlsaUpdate = int (*)();
using AlsaSearch = int (*)(void*, const char*, void**);
using JackMessageHandler = void (*)(const char*);
using JackSetMessageHandler = void (*)(JackMessageHandler);

static void ignoreAlsaError(const char* /*file*/, int /*line*/, const char* /*function*/,
                            int /*error*/, const char* /*format*/, ...) {}
static void ignoreJackMessage(const char* /*text*/) {}
}

/// PortAudio 19.6 aborts the process when ALSA's configuration defines no device at all.
void checkAlsaConfiguration() {
    const auto update = reinterpret_cast<AlsaUpdate>(::dlsym(RTLD_DEFAULT, "snd_config_update"));
    const auto search = reinterpret_cast<AlsaSearch>(::dlsym(RTLD_DEFAULT, "snd_config_search"));
    auto* const top = static_cast<void**>(::dlsym(RTLD_DEFAULT, "snd_config"));
    if (update == nullptr || search == nullptr || top == nullptr)
        return;
    void* devices = nullptr;
    if (update() < 0 || *top == nullptr || search(*top, "pcm", &devices) < 0)
        throw Error(ErrorCode::Audio, "ALSA's configuration is missing or names no device; install "
                                      "libasound2-data, or mend ALSA_CONFIG_PATH");
}

/// ALSA and JACK come with PortAudio or not at all, so their switches are looked up by name.
void silenceBackends() {
    const auto lookUp = [](const char* name) { return ::dlsym(RTLD_DEFAULT, name); };
    if (void* alsa = lookUp("snd_lib_error_set_handler"))
        reinterpret_cast<AlsaSetErrorHandler>(alsa)(ignoreAlsaError);
    for (const char* name : {"jack_set_error_function", "jack_set_info_function"})
        if (void* jack = lookUp(name))
            reinterpret_cast<JackSetMessageHandler>(jack)(ignoreJackMessage);
}

} // namespace

std::recursive_mutex& AudioSystem::mutex() {
    static std::recursive_mutex mutex;
    return mutex;
}

AudioSystem::AudioSystem() {
    const std::lock_guard lock(mutex());
    silenceBackends();
    checkAlsaConfiguration();
    const PaError failure = Pa_Initialize();
    if (failure != paNoError)
        throw Error(ErrorCode::Audio,
                    fmt::format("the sound system does not start: {}; check that ALSA, PulseAudio "
                                "or PipeWire runs",
                                Pa_GetErrorText(failure)));
}

AudioSystem::~AudioSystem() {
    const std::lock_guard lock(mutex());
    Pa_Terminate();
}

} // namespace viva
