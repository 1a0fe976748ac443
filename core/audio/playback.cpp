// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/playback.h"

#include "core/audio/audio_system.h"
#include "core/audio/resampler.h"
#include "core/base/error.h"

#include <fmt/format.h>
#include <portaudio.h>

#include <algorithm>
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
    std::shared_ptr<const AudioBuffer> buffer; // at the stream's rate
    int channels = 1;
    double latencySec = 0.0;
    std::size_t startSample = 0;

    // Shared with the callback.
    std::atomic<std::size_t> next{0};
    std::atomic<double> zeroTimeSec{kNotStarted}; // the stream's clock when sample 0 is heard
    std::atomic<int> underruns{0};
    static_assert(std::atomic<double>::is_always_lock_free);

    // Own thread only.
    PaStream* stream = nullptr;
    double lastPositionSec = 0.0;

    static int callback(const void* /*input*/, void* output, unsigned long frames,
                        const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                        void* self) {
        return static_cast<Impl*>(self)->fill(static_cast<float*>(output), frames, time, flags);
    }

    int fill(float* out, std::size_t frames, const PaStreamCallbackTimeInfo* time,
             PaStreamCallbackFlags flags) {
        const std::size_t first = next.load(std::memory_order_relaxed);
        const std::size_t count = std::min(frames, buffer->samples.size() - first);
        const auto width = static_cast<std::size_t>(channels);
        const float* in = buffer->samples.data() + first;
        for (std::size_t frame = 0; frame < count; ++frame)
            std::fill_n(out + frame * width, width, in[frame]);
        std::fill(out + count * width, out + frames * width, 0.0F);
        // Some systems leave the time of hearing empty or in the past.
        const double heard = std::max(time->outputBufferDacTime, time->currentTime) > 0.0
                                 ? std::max(time->outputBufferDacTime, time->currentTime)
                                 : Pa_GetStreamTime(stream) + latencySec;
        zeroTimeSec.store(heard - static_cast<double>(first) / buffer->sampleRateHz,
                          std::memory_order_release);
        next.store(first + count, std::memory_order_relaxed);
        if ((flags & paOutputUnderflow) != 0)
            underruns.fetch_add(1, std::memory_order_relaxed);
        return first + count == buffer->samples.size() ? paComplete : paContinue;
    }

    void open(const std::shared_ptr<const AudioBuffer>& wanted, std::size_t start);
    void close();
    [[nodiscard]] double position() const;
};

void Player::Impl::open(const std::shared_ptr<const AudioBuffer>& wanted, std::size_t start) {
    const PaDeviceIndex device = findOutput(deviceName);
    const PaDeviceInfo* info = Pa_GetDeviceInfo(device);
    PaStreamParameters parameters{};
    parameters.device = device;
    parameters.channelCount = std::min(2, info->maxOutputChannels);
    parameters.sampleFormat = paFloat32;
    parameters.suggestedLatency = info->defaultHighOutputLatency;
    channels = parameters.channelCount;
    buffer = wanted;
    startSample = start;
    if (Pa_IsFormatSupported(nullptr, &parameters, wanted->sampleRateHz) != paFormatIsSupported) {
        const int rate = static_cast<int>(info->defaultSampleRate);
        buffer = std::make_shared<const AudioBuffer>(resample(*wanted, rate));
        startSample =
            std::min(buffer->samples.size(), static_cast<std::size_t>(static_cast<double>(start) *
                                                                      rate / wanted->sampleRateHz));
    }
    next = startSample;
    zeroTimeSec = kNotStarted;
    underruns = 0;
    PaError failure = Pa_OpenStream(&stream, nullptr, &parameters, buffer->sampleRateHz,
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
    const double rate = buffer->sampleRateHz;
    const double first = static_cast<double>(startSample) / rate;
    const double zero = zeroTimeSec.load(std::memory_order_acquire);
    if (zero == kNotStarted)
        return first;
    const double handedOver = static_cast<double>(next.load(std::memory_order_relaxed)) / rate;
    return std::clamp(Pa_GetStreamTime(stream) - zero, first, std::max(first, handedOver));
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
    if (!buffer || buffer->samples.empty())
        throw Error(ErrorCode::InvalidArgument, "Player: the buffer to play holds no samples");
    stop();
    m_impl->lastPositionSec = static_cast<double>(startSample) / buffer->sampleRateHz;
    if (startSample >= buffer->samples.size()) {
        m_impl->lastPositionSec = buffer->durationSec();
        return;
    }
    const std::lock_guard lock(AudioSystem::mutex());
    m_impl->system.emplace();
    try {
        m_impl->open(buffer, startSample);
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
    m_impl->lastPositionSec = m_impl->buffer->durationSec();
    return false;
}

double Player::positionSec() const {
    return m_impl->position();
}

int Player::underruns() const {
    return m_impl->underruns.load(std::memory_order_relaxed);
}

} // namespace viva
