// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/clip_recorder.h"

#include "core/base/error.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace viva {

struct ClipRecorder::Worker {
    // Shared
    Recorder recorder; ///< status() and resetClip() by all, the rest by the thread
    std::mutex mutex;
    std::condition_variable_any wake;
    std::deque<std::function<void()>> wishes;
    std::vector<RecordedTake> takes;
    std::vector<std::string> troubles;
    std::optional<AudioDeviceList> devices;
    // The thread's own
    bool recording = false;
    std::string device;
    bool listening = false;
    // Last: its thread uses the members above
    std::jthread thread{[this](std::stop_token stop) { run(stop); }};

    void post(std::function<void()> wish) {
        {
            const std::lock_guard lock(mutex);
            wishes.push_back(std::move(wish));
        }
        wake.notify_all();
    }

    void run(std::stop_token stop) {
        while (!stop.stop_requested()) {
            std::function<void()> wish;
            {
                std::unique_lock lock(mutex);
                const auto due = [&] { return !wishes.empty(); };
                if (recording)
                    wake.wait_for(lock, stop, std::chrono::milliseconds(50), due);
                else
                    wake.wait(lock, stop, due);
                if (!wishes.empty()) {
                    wish = std::move(wishes.front());
                    wishes.pop_front();
                }
            }
            try {
                if (wish)
                    wish();
                if (recording && recorder.status().state != RecorderState::Recording)
                    end(); // by itself: full disk, lost device
            } catch (...) {
                say(currentErrorInfo().text());
            }
        }
        if (recording)
            recorder.close(); // the take stays where it is and is found at the next start
    }

    void say(const std::string& trouble) {
        const std::lock_guard lock(mutex);
        troubles.push_back(trouble);
    }

    void listen(const std::string& name) {
        if (recording)
            end();
        device = name;
        listening = false;
        recorder.listen(name);
        listening = true;
    }

    void start(const std::filesystem::path& file) {
        if (recording)
            return;
        recorder.start(file);
        recording = true;
    }

    void end() {
        recording = false;
        const RecordedTake take = recorder.stop();
        const std::lock_guard lock(mutex);
        takes.push_back(take);
    }

    void release() {
        if (recording)
            end();
        listening = false;
        recorder.close();
    }

    void refresh() {
        if (recording)
            return;
        recorder.close();
        const AudioDeviceList list = listAudioDevices();
        {
            const std::lock_guard lock(mutex);
            devices = list;
        }
        if (listening)
            recorder.listen(device);
    }
};

ClipRecorder::ClipRecorder(QObject* parent)
    : QObject(parent), m_worker(std::make_unique<Worker>()) {
    m_timer.setInterval(33);
    connect(&m_timer, &QTimer::timeout, this, &ClipRecorder::poll);
    m_timer.start();
}

ClipRecorder::ClipRecorder(Quiet, QObject* parent) : QObject(parent) {}

ClipRecorder::~ClipRecorder() = default;

void ClipRecorder::refreshDevices() {
    m_worker->post([worker = m_worker.get()] { worker->refresh(); });
}

void ClipRecorder::listen(const QString& device) {
    m_worker->post(
        [worker = m_worker.get(), name = device.toStdString()] { worker->listen(name); });
}

void ClipRecorder::release() {
    m_worker->post([worker = m_worker.get()] { worker->release(); });
}

void ClipRecorder::start(const std::filesystem::path& file) {
    m_worker->post([worker = m_worker.get(), file] { worker->start(file); });
}

void ClipRecorder::stop() {
    m_worker->post([worker = m_worker.get()] {
        if (worker->recording)
            worker->end();
    });
}

void ClipRecorder::resetClip() {
    m_worker->recorder.resetClip();
}

void ClipRecorder::setStatus(const RecorderStatus& status) {
    m_status = status;
    emit statusChanged();
}

void ClipRecorder::setDevices(const QList<AudioDevice>& devices) {
    m_devices = devices;
    emit devicesChanged();
}

void ClipRecorder::poll() {
    std::vector<RecordedTake> takes;
    std::vector<std::string> troubles;
    std::optional<AudioDeviceList> devices;
    {
        const std::lock_guard lock(m_worker->mutex);
        takes.swap(m_worker->takes);
        troubles.swap(m_worker->troubles);
        devices.swap(m_worker->devices);
    }
    setStatus(m_worker->recorder.status());
    if (devices)
        setDevices(QList<AudioDevice>(devices->inputs.begin(), devices->inputs.end()));
    for (const RecordedTake& take : takes)
        emit takeEnded(take);
    for (const std::string& trouble : troubles)
        emit failed(QString::fromStdString(trouble));
}

} // namespace viva
