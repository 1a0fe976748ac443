// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/flite_engine.h"

#include "core/base/error.h"

#include <flite/flite.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

extern "C" {
cst_voice* register_cmu_us_slt(const char* folder);
cst_voice* register_cmu_us_rms(const char* folder);
cst_voice* register_cmu_us_kal16(const char* folder);
cst_voice* register_cmu_us_awb(const char* folder);
}

namespace viva {
namespace {

using Register = cst_voice* (*)(const char*);

constexpr std::array<std::pair<const char*, Register>, 4> kVoices{{
    {"slt", register_cmu_us_slt},
    {"rms", register_cmu_us_rms},
    {"kal16", register_cmu_us_kal16},
    {"awb", register_cmu_us_awb},
}};
/// The pitch is changed in two ways: statistical voices take a factor, diphone voices a mean in Hz.
constexpr float kKalPitchHz = 95.0f;
constexpr unsigned kNoiseSeed = 1;

struct WaveDeleter {
    void operator()(cst_wave* wave) const { delete_wave(wave); }
};

} // namespace

bool fliteHas(const std::string& name) {
    for (const auto& [known, make] : kVoices)
        if (name == known)
            return true;
    return false;
}

AudioBuffer fliteSpeak(const std::string& name, const std::string& text,
                       const SpeechOptions& options) {
    static std::mutex mutex;
    static std::map<std::string, cst_voice*> voices; // live as long as flite itself: to the end
    const std::scoped_lock lock(mutex);
    static const int started = flite_init();
    (void)started;
    cst_voice*& voice = voices[name];
    if (!voice)
        for (const auto& [known, make] : kVoices)
            if (name == known)
                voice = make(nullptr);
    if (!voice)
        throw Error(ErrorCode::Audio, fmt::format("flite: voice {} cannot be set up", name));
    flite_feat_set_float(voice->features, "duration_stretch", static_cast<float>(options.stretch));
    flite_feat_set_float(voice->features, "f0_shift", static_cast<float>(options.pitch));
    if (name == "kal16")
        flite_feat_set_float(voice->features, "int_f0_target_mean",
                             kKalPitchHz * static_cast<float>(options.pitch));
    std::srand(kNoiseSeed);
    const std::unique_ptr<cst_wave, WaveDeleter> wave(flite_text_to_wave(text.c_str(), voice));
    if (!wave || wave->num_samples <= 0)
        throw Error(ErrorCode::Audio, fmt::format("flite: voice {} failed on \"{}\"", name, text));
    AudioBuffer sound;
    sound.sampleRateHz = wave->sample_rate;
    sound.samples.reserve(static_cast<std::size_t>(wave->num_samples));
    for (int i = 0; i < wave->num_samples; ++i)
        sound.samples.push_back(static_cast<float>(wave->samples[i]) / 32768.0f);
    return sound;
}

} // namespace viva
