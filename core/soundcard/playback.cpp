// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/playback.h"

#include "core/audio/resampler.h"
#include "core/base/error.h"
#include "core/soundcard/audio_system.h"

#include <fmt/format.h>
#include <portaudio.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <optional>
#include <utility>

namespace viva {
namespace {

constexpr double kNotStarted = -std::numeric_limits<double>::infinity();

[[noreturn]] void fail(const std::string& what) {
    throw Error(ErrorCode::Audio, what);
}

PaDeviceIndex findOutput(const std::string& name) {
    if (name.empty()) {
        const PaDeviceIndex device = Pa_GetDefaultOutputDevice();
        if (device == paNoDevice)
            fail("there is no sound output; plug in or switch on a loudspeaker or headphones, and "
                 "check that the sound server runs");
        return device;
    }
    for (PaDeviceIndex index = 0; index < Pa_GetDeviceCount(); ++index) {
        const PaDeviceInfo* info = Pa_GetDeviceInfo(index);
        if (info != nullptr && info->maxOutputChannels > 0 && name == info->name)
            return index;
    }
    fail(fmt::format("the sound output \"{}\" is not there; plug it in or choose another", name));
}

} // namespace

struct Player::Impl {
    // Immutable while a stream runs.
    std::string deviceName;
    std::optional<AudioSystem> system;
    std::optional<PlaySource> source; // at the stream's rate
    int rateHz = 0;
    int channels = 1;
    double latencySec = 0.0;

    // Shared with the callback.
    std::atomic<std::size_t> played{0};           // samples handed over
    std::atomic<double> zeroTimeSec{kNotStarted}; // the stream's clock when the first is heard
    std::atomic<int> underruns{0};
    static_assert(std::atomic<double>::is_always_lock_free);

    // Own thread only.
    PaStream* stream = nullptr;
    double lastPositionSec = 0.0;
    double endSec = 0.0;

    static int callback(const void* /*input*/, void* output, unsigned long frames,
                        const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                        void* self) {
        return static_cast<Impl*>(self)->fill(static_cast<float*>(output), frames, time, flags);
    }

    int fill(float* out, std::size_t frames, const PaStreamCallbackTimeInfo* time,
             PaStreamCallbackFlags flags) {
        const std::size_t before = played.load(std::memory_order_relaxed);
        const auto width = static_cast<std::size_t>(channels);
        std::array<float, 1024> mono;
        std::size_t done = 0;
        bool over = false;
        while (done < frames && !over) {
            const std::size_t want = std::min(mono.size(), frames - done);
            const std::size_t got = source->fill({mono.data(), want});
            for (std::size_t frame = 0; frame < got; ++frame)
                std::fill_n(out + (done + frame) * width, width, mono[frame]);
            done += got;
            over = got < want;
        }
        std::fill(out + done * width, out + frames * width, 0.0F);
        // Some systems leave the time of hearing empty or in the past.
        const double heard = std::max(time->outputBufferDacTime, time->currentTime) > 0.0
                                 ? std::max(time->outputBufferDacTime, time->currentTime)
                                 : Pa_GetStreamTime(stream) + latencySec;
        zeroTimeSec.store(heard - static_cast<double>(before) / rateHz, std::memory_order_release);
        played.store(before + done, std::memory_order_relaxed);
        if ((flags & paOutputUnderflow) != 0)
            underruns.fetch_add(1, std::memory_order_relaxed);
        return over ? paComplete : paContinue;
    }

    void open(std::shared_ptr<const AudioBuffer> buffer, const PlayRange& range);
    void close();
    [[nodiscard]] double position() const;
};

void Player::Impl::open(std::shared_ptr<const AudioBuffer> buffer, const PlayRange& range) {
    const PaDeviceIndex device = findOutput(deviceName);
    const PaDeviceInfo* info = Pa_GetDeviceInfo(device);
    PaStreamParameters parameters{};
    parameters.device = device;
    parameters.channelCount = std::min(2, info->maxOutputChannels);
    parameters.sampleFormat = paFloat32;
    parameters.suggestedLatency = info->defaultHighOutputLatency;
    channels = parameters.channelCount;
    if (Pa_IsFormatSupported(nullptr, &parameters, buffer->sampleRateHz) != paFormatIsSupported)
        buffer = std::make_shared<const AudioBuffer>(
            resample(*buffer, static_cast<int>(info->defaultSampleRate)));
    rateHz = buffer->sampleRateHz;
    source.emplace(std::move(buffer), range);
    played = 0;
    zeroTimeSec = kNotStarted;
    underruns = 0;
    PaError failure = Pa_OpenStream(&stream, nullptr, &parameters, rateHz,
                                    paFramesPerBufferUnspecified, paNoFlag, &Impl::callback, this);
    if (failure == paNoError) {
        const PaStreamInfo* opened = Pa_GetStreamInfo(stream);
        latencySec = opened != nullptr ? opened->outputLatency : 0.0;
        failure = Pa_StartStream(stream);
    } else {
        stream = nullptr;
    }
    if (failure != paNoError)
        fail(fmt::format("the sound output \"{}\" does not start: {}; close programs that hold it, "
                         "or choose another",
                         info->name, Pa_GetErrorText(failure)));
}

double Player::Impl::position() const {
    if (stream == nullptr)
        return lastPositionSec;
    const double zero = zeroTimeSec.load(std::memory_order_acquire);
    if (zero == kNotStarted)
        return source->placeSec(0);
    const double handedOver = static_cast<double>(played.load(std::memory_order_relaxed)) / rateHz;
    return source->placeSec(std::clamp(Pa_GetStreamTime(stream) - zero, 0.0, handedOver));
}

void Player::Impl::close() {
    if (stream != nullptr) {
        const std::lock_guard lock(AudioSystem::mutex());
        lastPositionSec = position();
        Pa_AbortStream(stream);
        Pa_CloseStream(stream);
        stream = nullptr;
    }
    system.reset();
}

Player::Player(std::string deviceName) : m_impl(std::make_unique<Impl>()) {
    m_impl->deviceName = std::move(deviceName);
}

Player::~Player() {
    m_impl->close();
}

void Player::play(std::shared_ptr<const AudioBuffer> buffer, std::size_t startSample) {
    PlayRange range;
    if (buffer && buffer->sampleRateHz > 0)
        range.startSec = static_cast<double>(startSample) / buffer->sampleRateHz;
    play(std::move(buffer), range);
}

void Player::play(std::shared_ptr<const AudioBuffer> buffer, const PlayRange& range) {
    const PlaySource check(buffer, range);
    stop();
    const double whole = buffer->durationSec();
    m_impl->endSec = range.toSec < 0 ? whole : std::min(range.toSec, whole);
    m_impl->lastPositionSec = std::min(range.startSec, m_impl->endSec);
    if (check.empty())
        return;
    const std::lock_guard lock(AudioSystem::mutex());
    m_impl->system.emplace();
    try {
        m_impl->open(std::move(buffer), range);
    } catch (...) {
        m_impl->close();
        throw;
    }
}

void Player::stop() {
    m_impl->close();
}

bool Player::isPlaying() {
    if (m_impl->stream == nullptr)
        return false;
    if (Pa_IsStreamActive(m_impl->stream) == 1)
        return true;
    m_impl->close();
    m_impl->lastPositionSec = m_impl->endSec;
    return false;
}

double Player::positionSec() const {
    return m_impl->position();
}

int Player::underruns() const {
    return m_impl->underruns.load(std::memory_order_relaxed);
}

} // namespace viva
