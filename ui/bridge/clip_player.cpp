// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/clip_player.h"

#include "core/audio/playback.h"
#include "core/base/error.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace viva {
namespace {

struct Wish {
    std::shared_ptr<const AudioBuffer> buffer; ///< null = be silent
    double fromSec = 0;
    double toSec = -1;
};

} // namespace

struct ClipPlayer::Worker {
    // Shared
    std::mutex mutex;
    std::condition_variable_any wake;
    std::optional<Wish> wish;
    std::string trouble;
    std::atomic<bool> playing{false};
    std::atomic<double> positionSec{0};
    // Last: its thread uses the members above
    std::jthread thread{[this](std::stop_token stop) { run(stop); }};

    void run(std::stop_token stop) {
        Player player;
        double endSec = -1;
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
            }
            try {
                if (next)
                    endSec = begin(player, *next);
                follow(player, endSec);
            } catch (...) {
                playing = false;
                const std::lock_guard lock(mutex);
                trouble = currentErrorInfo().text();
            }
        }
    }

    double begin(Player& player, const Wish& next) {
        player.stop();
        playing = false;
        if (!next.buffer)
            return -1;
        const double start = std::max(0.0, next.fromSec) * next.buffer->sampleRateHz;
        positionSec = next.fromSec;
        player.play(next.buffer, static_cast<std::size_t>(start));
        playing = true;
        return next.toSec;
    }

    void follow(Player& player, double endSec) {
        if (!playing)
            return;
        positionSec = player.positionSec();
        if (endSec >= 0 && positionSec >= endSec)
            player.stop();
        if (!player.isPlaying())
            playing = false;
    }
};

ClipPlayer::ClipPlayer(QObject* parent) : QObject(parent), m_worker(std::make_unique<Worker>()) {
    m_timer.setInterval(30);
    connect(&m_timer, &QTimer::timeout, this, &ClipPlayer::poll);
}

ClipPlayer::~ClipPlayer() = default;

void ClipPlayer::play(std::shared_ptr<const AudioBuffer> buffer, double fromSec, double toSec) {
    {
        const std::lock_guard lock(m_worker->mutex);
        m_worker->wish = Wish{std::move(buffer), fromSec, toSec};
        m_worker->trouble.clear();
    }
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
        waiting = m_worker->wish.has_value();
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
