// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/clip_player.h"

#include "core/audio/sound_source.h"
#include "core/base/error.h"
#include "core/soundcard/playback.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace viva {
namespace {

constexpr double kMostReadSec = 600.0;

struct Wish {
    std::shared_ptr<const AudioBuffer> buffer; ///< null and no path = be silent
    std::filesystem::path path;
    double offsetSec = 0;
    PlayRange range;
};

/// A part of a file that was read.
struct Part {
    std::filesystem::path path;
    double fromSec = 0; ///< in the file
    double toSec = 0;
    bool toEnd = false;
    std::shared_ptr<const AudioBuffer> buffer;
};

} // namespace

struct ClipPlayer::Worker {
    // Shared
    std::mutex mutex;
    std::condition_variable_any wake;
    std::optional<Wish> wish;
    std::string trouble;
    bool beginning = false; ///< a wish was taken and the device is being opened
    std::atomic<bool> playing{false};
    std::atomic<double> positionSec{0};
    // Last: its thread uses the members above
    std::jthread thread{[this](std::stop_token stop) { run(stop); }};

    void run(std::stop_token stop) {
        Player player;
        Part part;
        std::optional<Wish> now;
        while (!stop.stop_requested()) {
            std::optional<Wish> next;
            {
                std::unique_lock lock(mutex);
                const auto due = [&] { return wish.has_value(); };
                if (playing)
                    wake.wait_for(lock, stop, std::chrono::milliseconds(15), due);
                else
                    wake.wait(lock, stop, due);
                next = std::exchange(wish, std::nullopt);
                beginning = next.has_value();
            }
            try {
                if (next) {
                    now = std::move(next);
                    begin(player, *now, part);
                    const std::lock_guard lock(mutex);
                    beginning = false;
                }
                if (now)
                    follow(player, *now, part);
            } catch (...) {
                playing = false;
                const std::lock_guard lock(mutex);
                beginning = false;
                trouble = currentErrorInfo().text();
            }
        }
    }

    void begin(Player& player, const Wish& next, Part& part) {
        player.stop();
        playing = false;
        if (!next.buffer && next.path.empty()) {
            part = {};
            return;
        }
        positionSec = next.range.startSec;
        if (next.buffer) {
            part = {{}, 0, next.buffer->durationSec(), true, next.buffer};
            player.play(next.buffer, next.range);
        } else {
            read(next, part);
            PlayRange range = next.range;
            const double shift = part.fromSec - next.offsetSec;
            range.startSec -= shift;
            range.fromSec -= shift;
            if (range.toSec >= 0)
                range.toSec -= shift;
            player.play(part.buffer, range);
        }
        playing = true;
    }

    /// Sees to it that the part holds what is to be heard, or the first ten minutes of it.
    static void read(const Wish& next, Part& part) {
        const PlayRange& range = next.range;
        const double from = next.offsetSec +
                            (range.loop ? std::min(range.fromSec, range.startSec) : range.startSec);
        const double to = range.toSec < 0 ? -1 : next.offsetSec + range.toSec;
        const bool there = part.buffer && part.path == next.path && part.fromSec <= from &&
                           (part.toEnd || (to >= 0 && to <= part.toSec));
        if (there)
            return;
        // Short files whole, so that the next click needs no reading.
        const SoundSource probe(next.path);
        const bool whole = probe.durationSec() <= kMostReadSec;
        const double first = whole ? 0 : from;
        const double end = to < 0 ? probe.durationSec() : std::min(to, probe.durationSec());
        const double last = whole ? probe.durationSec() : std::min(end, first + kMostReadSec);
        const SoundSource source(next.path, first, last);
        auto buffer = std::make_shared<AudioBuffer>();
        buffer->sampleRateHz = source.sampleRateHz();
        buffer->samples.resize(static_cast<std::size_t>(source.sampleCount()));
        source.read(0, buffer->samples);
        part = {next.path, first, last, last >= probe.durationSec() - 1e-6, std::move(buffer)};
    }

    void follow(Player& player, Wish& now, Part& part) {
        if (!playing)
            return;
        const double shift = now.path.empty() ? 0 : part.fromSec - now.offsetSec;
        positionSec = player.positionSec() + shift;
        if (player.isPlaying())
            return;
        playing = false;
        const double heardSec = part.toSec - now.offsetSec;
        const bool more = !now.path.empty() && !part.toEnd && !now.range.loop &&
                          (now.range.toSec < 0 || heardSec < now.range.toSec - 1e-6);
        if (!more || !part.buffer)
            return;
        now.range.startSec = heardSec;
        begin(player, now, part);
    }
};

ClipPlayer::ClipPlayer(QObject* parent) : QObject(parent), m_worker(std::make_unique<Worker>()) {
    m_timer.setInterval(30);
    connect(&m_timer, &QTimer::timeout, this, &ClipPlayer::poll);
}

ClipPlayer::~ClipPlayer() = default;

void ClipPlayer::play(std::shared_ptr<const AudioBuffer> buffer, double fromSec, double toSec) {
    PlayRange range;
    range.startSec = std::max(0.0, fromSec);
    range.toSec = toSec;
    {
        const std::lock_guard lock(m_worker->mutex);
        m_worker->wish = Wish{std::move(buffer), {}, 0, range};
        m_worker->trouble.clear();
    }
    begin();
}

void ClipPlayer::playFile(const std::filesystem::path& path, double offsetSec,
                          const PlayRange& range) {
    {
        const std::lock_guard lock(m_worker->mutex);
        m_worker->wish = Wish{nullptr, path, offsetSec, range};
        m_worker->trouble.clear();
    }
    begin();
}

void ClipPlayer::begin() {
    m_worker->wake.notify_all();
    m_playing = true;
    m_timer.start();
    emit playingChanged(true);
}

void ClipPlayer::stop() {
    {
        const std::lock_guard lock(m_worker->mutex);
        m_worker->wish = Wish{};
    }
    m_worker->wake.notify_all();
}

void ClipPlayer::poll() {
    bool waiting = false;
    std::string trouble;
    {
        const std::lock_guard lock(m_worker->mutex);
        waiting = m_worker->wish.has_value() || m_worker->beginning;
        trouble.swap(m_worker->trouble);
    }
    if (m_worker->playing)
        emit positionChanged(m_worker->positionSec);
    else if (!waiting) {
        m_timer.stop();
        m_playing = false;
        emit playingChanged(false);
    }
    if (!trouble.empty())
        emit failed(QString::fromStdString(trouble));
}

} // namespace viva
