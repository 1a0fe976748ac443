// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/recorder.h"

#include "core/audio/wav_stream.h"
#include "core/base/error.h"
#include "core/base/spsc_ring.h"
#include "core/soundcard/audio_system.h"
#include "core/soundcard/input_device.h"

#include <fmt/format.h>
#include <portaudio.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace viva {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kWriterRest = 20ms;
constexpr double kRingSec = 8.0; // a disk may fall asleep
/// A device that gives nothing for so long is gone, whatever the system says.
constexpr auto kSilentDevice = 3s;

[[noreturn]] void fail(const std::string& what) {
    throw Error(ErrorCode::Audio, what);
}

std::optional<std::uint64_t> freeBytes(const std::filesystem::path& file) {
    std::error_code failure;
    const auto space = std::filesystem::space(file.parent_path(), failure);
    return failure ? std::nullopt : std::optional<std::uint64_t>(space.available);
}

} // namespace

struct Recorder::Impl {
    // Immutable
    std::uint64_t reserveBytes = kReserveBytes;
    // and while a stream runs
    std::optional<AudioSystem> system;
    std::optional<SpscRing<float>> ring;
    std::string device;
    int rateHz = 0;
    int channels = 0;
    double latencySec = 0;

    // Shared: with the callback
    std::atomic<bool> counting{false}; // a take runs
    std::atomic<std::int64_t> dropped{0};
    std::atomic<std::int64_t> heardFrames{0};
    // with any thread
    mutable std::mutex statusMutex;
    RecorderStatus shown;
    std::atomic<bool> clipReset{false};
    // between the writer and the owner: who holds it empties the ring
    std::mutex fileMutex;
    std::optional<LevelMeasure> measure;
    std::unique_ptr<WavStream> wav;
    std::optional<RecordedTake> ended; // by itself
    bool takeClipped = false;
    std::vector<float> block;
    bool lost = false;

    // The callback's own
    double nextAdcSec = 0;

    // Owner's own
    PaStream* stream = nullptr;
    std::jthread writer;

    static int callback(const void* input, void* /*output*/, unsigned long frames,
                        const PaStreamCallbackTimeInfo* time, PaStreamCallbackFlags flags,
                        void* self) {
        static_cast<Impl*>(self)->hear(static_cast<const float*>(input), frames, *time, flags);
        return paContinue;
    }

    void hear(const float* in, std::size_t frames, const PaStreamCallbackTimeInfo& time,
              PaStreamCallbackFlags flags) {
        const auto count = static_cast<std::int64_t>(frames);
        const bool take = counting.load(std::memory_order_relaxed);
        if ((flags & paInputOverflow) != 0 && take) {
            // The device lost some before us: as many as its clock went on.
            const double gap = (time.inputBufferAdcTime - nextAdcSec) * rateHz;
            const bool known = nextAdcSec > 0 && gap >= 1 && gap < 10.0 * rateHz;
            dropped.fetch_add(known ? static_cast<std::int64_t>(gap) : 1);
        }
        nextAdcSec = time.inputBufferAdcTime + static_cast<double>(frames) / rateHz;
        heardFrames.fetch_add(count, std::memory_order_relaxed);
        if (in != nullptr && ring->write({in, frames * static_cast<std::size_t>(channels)}))
            return;
        if (take)
            dropped.fetch_add(count);
    }

    void open(const std::string& name);
    void release();
    void run(const std::stop_token& stop);
    void drain();
    void endTake(TakeEnd end, const std::string& trouble);
    void publish(bool looksAtDisk);
    void checkDisk();
    void sayLost();
    [[nodiscard]] RecordedTake takeOf(TakeEnd end, const std::string& trouble) const;
};

void Recorder::Impl::open(const std::string& name) {
    const std::lock_guard lock(AudioSystem::mutex());
    system.emplace();
    const PaDeviceIndex index = findInput(name);
    const PaDeviceInfo* info = Pa_GetDeviceInfo(index);
    PaStreamParameters parameters{};
    parameters.device = index;
    parameters.sampleFormat = paFloat32;
    parameters.suggestedLatency = info->defaultHighInputLatency;
    double rate = 0;
    if (!findFormat(*info, parameters, rate))
        fail(fmt::format("the microphone \"{}\" takes no rate and channel count that was asked of "
                         "it; close programs that hold it, or choose another",
                         info->name));
    rateHz = static_cast<int>(std::lround(rate));
    channels = parameters.channelCount;
    ring.emplace(static_cast<std::size_t>(kRingSec * rateHz * channels));
    measure.emplace(rateHz, channels);
    block.resize(static_cast<std::size_t>(rateHz / 10 * channels));
    nextAdcSec = 0;
    heardFrames = 0;
    lost = false;
    PaError failure = Pa_OpenStream(&stream, &parameters, nullptr, rate,
                                    paFramesPerBufferUnspecified, paClipOff, &callback, this);
    if (failure == paNoError) {
        const PaStreamInfo* opened = Pa_GetStreamInfo(stream);
        latencySec = opened != nullptr ? opened->inputLatency : 0.0;
        failure = Pa_StartStream(stream);
    } else {
        stream = nullptr;
    }
    if (failure != paNoError)
        fail(fmt::format("the microphone \"{}\" does not start: {}; close programs that hold it, "
                         "or choose another",
                         info->name, Pa_GetErrorText(failure)));
    device = info->name;
    const std::lock_guard status(statusMutex);
    shown = {};
    shown.state = RecorderState::Listening;
    shown.device = device;
    shown.rateHz = rateHz;
    shown.channels = channels;
}

/// Gives the device back; the writer must have ended.
void Recorder::Impl::release() {
    if (stream != nullptr) {
        const std::lock_guard lock(AudioSystem::mutex());
        Pa_AbortStream(stream);
        Pa_CloseStream(stream);
        stream = nullptr;
    }
    system.reset();
    const std::lock_guard status(statusMutex);
    shown.state = RecorderState::Closed;
    shown.level = {};
}

RecordedTake Recorder::Impl::takeOf(TakeEnd end, const std::string& trouble) const {
    RecordedTake take;
    take.file = wav->path();
    take.device = device;
    take.rateHz = rateHz;
    take.channels = channels;
    take.frames = wav->frames();
    take.droppedFrames = dropped.load();
    take.clipped = takeClipped;
    take.end = end;
    take.trouble = trouble;
    return take;
}

/// Takes what the callback left, measures it and, in a take, writes it.
void Recorder::Impl::drain() {
    if (clipReset.exchange(false))
        measure->resetClip();
    while (const std::size_t got = ring->read(block)) {
        const std::span<const float> heard(block.data(), got);
        measure->add(heard);
        if (!wav)
            continue;
        takeClipped = takeClipped || std::any_of(heard.begin(), heard.end(), [](float sample) {
                          return std::abs(sample) >= LevelMeasure::kFullScale;
                      });
        const WavStream::Result result = wav->write(heard);
        if (result == WavStream::Result::DiskFull)
            endTake(TakeEnd::DiskFull, "the disk is full; what fitted was kept");
        else if (result == WavStream::Result::SizeLimit)
            endTake(TakeEnd::SizeLimit, "a WAV file holds no more than 4 GB; what fitted was kept");
    }
}

void Recorder::Impl::endTake(TakeEnd end, const std::string& trouble) {
    counting = false;
    const double sec = static_cast<double>(wav->frames()) / rateHz;
    const std::string text =
        trouble.empty() ? "" : fmt::format("Recording ended after {:.1f} s: {}", sec, trouble);
    ended = takeOf(end, text);
    wav->finish();
    wav.reset();
    const std::lock_guard status(statusMutex);
    shown.trouble = text;
    if (shown.state == RecorderState::Recording)
        shown.state = RecorderState::Listening;
}

/// Ends the take before the disk is so full that the project cannot note it any more.
void Recorder::Impl::checkDisk() {
    if (wav && freeBytes(wav->path()).value_or(reserveBytes + 1) <= reserveBytes)
        endTake(TakeEnd::DiskFull, "the disk is full; what fitted was kept");
}

void Recorder::Impl::publish(bool looksAtDisk) {
    const SoundLevel level = measure->level();
    const std::uint64_t space = wav && looksAtDisk ? freeBytes(wav->path()).value_or(0) : 0;
    const std::lock_guard status(statusMutex);
    shown.level = level;
    shown.droppedFrames = dropped.load();
    if (!wav)
        return;
    shown.recordedSec = static_cast<double>(wav->frames()) / rateHz;
    if (!looksAtDisk)
        return;
    shown.diskFreeBytes = space;
    const auto usable = static_cast<double>(space - std::min(space, reserveBytes));
    const double frames =
        std::min(static_cast<double>(wav->framesLeft()), usable / (3.0 * channels));
    shown.leftSec = frames / rateHz;
}

void Recorder::Impl::sayLost() {
    lost = true;
    drain();
    if (wav)
        endTake(TakeEnd::DeviceLost,
                "the microphone went away; what was heard until then was kept");
    const std::lock_guard status(statusMutex);
    shown.state = RecorderState::Lost;
    shown.level = {};
    if (shown.trouble.empty())
        shown.trouble = fmt::format("The microphone \"{}\" went away; plug it in again or choose "
                                    "another",
                                    shown.device);
}

void Recorder::Impl::run(const std::stop_token& stop) {
    auto lastHeard = Clock::now();
    auto lastUpdate = lastHeard;
    std::int64_t frames = -1;
    while (!stop.stop_requested()) {
        std::this_thread::sleep_for(kWriterRest);
        const auto now = Clock::now();
        if (const std::int64_t heard = heardFrames.load(); heard != frames) {
            frames = heard;
            lastHeard = now;
        }
        const std::lock_guard lock(fileMutex);
        if (lost)
            continue;
        try {
            drain();
            const bool due = now - lastUpdate > 500ms;
            if (due) {
                lastUpdate = now;
                if (wav)
                    wav->update(true);
                checkDisk();
            }
            publish(due);
            if (Pa_IsStreamActive(stream) != 1 || now - lastHeard > kSilentDevice)
                sayLost();
        } catch (...) {
            const std::string trouble = currentErrorInfo().text();
            if (wav) {
                ended = takeOf(TakeEnd::DiskFull, trouble);
                wav.reset();
            }
            const std::lock_guard status(statusMutex);
            shown.trouble = trouble;
            shown.state = RecorderState::Listening;
        }
    }
}

Recorder::Recorder(std::uint64_t reserveBytes) : m_impl(std::make_unique<Impl>()) {
    m_impl->reserveBytes = reserveBytes;
}

Recorder::~Recorder() {
    close();
}

void Recorder::listen(const std::string& device) {
    close();
    try {
        m_impl->open(device);
    } catch (...) {
        m_impl->release();
        throw;
    }
    m_impl->writer =
        std::jthread([impl = m_impl.get()](const std::stop_token& stop) { impl->run(stop); });
}

void Recorder::start(const std::filesystem::path& file) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.fileMutex);
    if (impl.stream == nullptr || impl.lost)
        throw Error(ErrorCode::InvalidArgument, "Recorder: nothing is listened to; listen first");
    if (impl.wav)
        throw Error(ErrorCode::InvalidArgument, "Recorder: a recording runs already; stop it");
    const auto space = freeBytes(file);
    if (space && *space <= impl.reserveBytes)
        throw Error(ErrorCode::Io,
                    fmt::format("the disk of {} has {:.1f} MB left, too little to record; make "
                                "room on it",
                                file.parent_path().string(), static_cast<double>(*space) / 1e6));
    impl.drain(); // what was heard before belongs to nobody
    impl.wav = std::make_unique<WavStream>(file, impl.rateHz, impl.channels);
    impl.ended.reset();
    impl.takeClipped = false;
    impl.dropped = 0;
    impl.counting = true;
    {
        const std::lock_guard status(impl.statusMutex);
        impl.shown.state = RecorderState::Recording;
        impl.shown.recordedSec = 0;
        impl.shown.trouble.clear();
    }
    impl.publish(true);
}

RecordedTake Recorder::stop() {
    Impl& impl = *m_impl;
    bool running = false;
    {
        const std::lock_guard lock(impl.fileMutex);
        running = impl.wav != nullptr;
    }
    if (running) // the last word is still on its way from the device
        std::this_thread::sleep_for(
            std::chrono::duration<double>(std::clamp(impl.latencySec, 0.0, 0.25) + 0.02));
    const std::lock_guard lock(impl.fileMutex);
    if (impl.wav) {
        impl.drain();
        if (impl.wav)
            impl.endTake(TakeEnd::Stopped, "");
    }
    if (!impl.ended)
        throw Error(ErrorCode::InvalidArgument, "Recorder: nothing was recorded; start first");
    RecordedTake take = std::move(*impl.ended);
    impl.ended.reset();
    return take;
}

void Recorder::close() {
    Impl& impl = *m_impl;
    if (impl.stream == nullptr)
        return;
    {
        const std::lock_guard lock(impl.fileMutex);
        if (impl.wav) {
            impl.drain();
            if (impl.wav)
                impl.endTake(TakeEnd::Stopped, "");
        }
    }
    impl.writer.request_stop();
    impl.writer.join();
    impl.release();
}

void Recorder::resetClip() {
    m_impl->clipReset = true;
}

RecorderStatus Recorder::status() const {
    const std::lock_guard lock(m_impl->statusMutex);
    return m_impl->shown;
}

} // namespace viva
