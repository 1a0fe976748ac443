// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/voices.h"

#include "core/audio/audio_file.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/corpus/flite_engine.h"
#include "core/corpus/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

namespace viva {
namespace {

/// Words a minute that espeak-ng calls normal.
constexpr double kEspeakWordsPerMinute = 175;
constexpr int kEspeakPitch = 50; ///< its scale is 0 to 99

bool plainName(const std::string& name) {
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
                                  "WXYZ0123456789_+-") == std::string::npos;
}

std::filesystem::path festivalFolder(const std::string& name) {
    for (const char* group : {"english", "us"}) {
        const auto folder = std::filesystem::path("/usr/share/festival/voices") / group / name;
        std::error_code ignored;
        if (std::filesystem::is_directory(folder, ignored))
            return folder;
    }
    return {};
}

AudioBuffer speakWithEspeak(const Voice& voice, const std::string& text,
                            const SpeechOptions& options) {
    const TemporaryFile sound(".wav");
    const auto speed = std::lround(kEspeakWordsPerMinute / options.stretch);
    const auto pitch = std::clamp(std::lround(kEspeakPitch * options.pitch), 0L, 99L);
    const int code = runProgram({"espeak-ng", "-v", voice.name, "-s", std::to_string(speed), "-p",
                                 std::to_string(pitch), "-w", sound.path().string(), "--", text});
    if (code != 0)
        throw Error(ErrorCode::Audio,
                    fmt::format("espeak-ng: voice {} ended with code {} on \"{}\"", voice.name,
                                code, text));
    return readAudioFile(sound.path());
}

AudioBuffer speakWithFestival(const Voice& voice, const std::string& text,
                              const SpeechOptions& options) {
    std::string quoted;
    for (const char c : text) {
        if (c == '"' || c == '\\')
            quoted += '\\';
        quoted += c;
    }
    const TemporaryFile script(".scm");
    const TemporaryFile sound(".wav");
    writeFileAtomically(script.path(),
                        fmt::format("(voice_{})\n(Parameter.set 'Duration_Stretch {:.4f})\n"
                                    "(set! u (utt.synth (Utterance Text \"{}\")))\n"
                                    "(utt.save.wave u \"{}\" 'riff)\n",
                                    voice.name, options.stretch, quoted, sound.path().string()));
    // A small heap: festival's default takes 1.5 s to clear before it speaks.
    const int code = runProgram({"festival", "--heap", "1000000", "-b", script.path().string()});
    if (code != 0)
        throw Error(ErrorCode::Audio, fmt::format("festival: voice {} ended with code {} on \"{}\"",
                                                  voice.name, code, text));
    return readAudioFile(sound.path());
}

void checkRequest(const Voice& voice, const std::string& text, const SpeechOptions& options) {
    if (text.find_first_not_of(" \t\r\n") == std::string::npos)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("speak: the text for voice {} is empty; give it words", voice.id()));
    for (const double factor : {options.stretch, options.pitch})
        if (!(factor >= 0.5 && factor <= 2.0))
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("speak: stretch and pitch must be between 0.5 and 2, not {}", factor));
}

std::string cureFor(const Voice& voice) {
    if (voice.engine == "espeak-ng")
        return "install the package espeak-ng";
    if (voice.engine == "festival")
        return "install the packages festival and festvox-kdlpc16k, festvox-kallpc16k or "
               "festvox-us-slt-hts";
    if (voice.engine == "flite")
        return "flite has slt, rms, kal16 and awb here";
    return "known engines are flite, espeak-ng and festival";
}

} // namespace

bool voiceAvailable(const Voice& voice) {
    if (!plainName(voice.name))
        return false;
    if (voice.engine == "flite")
        return fliteHas(voice.name);
    if (voice.engine == "festival")
        return !findProgram("festival").empty() && !festivalFolder(voice.name).empty();
    if (voice.engine != "espeak-ng" || findProgram("espeak-ng").empty())
        return false;
    static std::mutex mutex;
    static std::map<std::string, bool> known;
    const std::scoped_lock lock(mutex);
    const auto [entry, isNew] = known.emplace(voice.name, false);
    if (isNew)
        entry->second = runProgram({"espeak-ng", "-q", "-v", voice.name, "--", "a"}) == 0;
    return entry->second;
}

AudioBuffer speak(const Voice& voice, const std::string& text, const SpeechOptions& options) {
    checkRequest(voice, text, options);
    if (!voiceAvailable(voice))
        throw Error(ErrorCode::NotFound, fmt::format("speak: voice {} is not on this machine; {}",
                                                     voice.id(), cureFor(voice)));
    AudioBuffer sound;
    if (voice.engine == "flite")
        sound = fliteSpeak(voice.name, text, options);
    else if (voice.engine == "festival")
        sound = speakWithFestival(voice, text, options);
    else
        sound = speakWithEspeak(voice, text, options);
    const bool silent = std::all_of(sound.samples.begin(), sound.samples.end(),
                                    [](float sample) { return std::abs(sample) < 1e-4f; });
    if (silent)
        throw Error(ErrorCode::Audio,
                    fmt::format("speak: voice {} gave silence for \"{}\"", voice.id(), text));
    return sound;
}

} // namespace viva
