// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_listener.h"
#include "core/store/records.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace viva {

/// How a recorder batches; the defaults suit a run.
struct RecorderLimits {
    std::size_t batch = 256;                       ///< events that are written at once
    std::chrono::milliseconds interval{200};       ///< or so often
    std::chrono::milliseconds retryInterval{2000}; ///< after the disk refused
    std::size_t keep = 8192; ///< events kept in memory while it refuses; groups are dropped first
};

/// The listener that keeps a run: copies each event into a queue and writes batches on a thread and
/// a connection of its own, so that a slow or full disk never slows training. Every event is kept,
/// in order. When writing fails (disk full) it says so once through `onTrouble`, keeps the newest
/// events in memory up to a limit, tries again, and what is on disk stays readable. When a run is
/// resumed, its RunInfoEvent makes the store forget the steps after the checkpoint, so that none is
/// there twice.
class RunRecorder final : public TrainingListener {
public:
    using TroubleHandler = std::function<void(const ErrorInfo&)>;

    /// `onTrouble` is called on the recorder's thread.
    /// @throws Error as ProjectStore::open.
    RunRecorder(std::filesystem::path projectFolder, RunId run, TroubleHandler onTrouble = {},
                RecorderLimits limits = {});
    ~RunRecorder() override; ///< blocks until everything is written

    void onEvent(const TrainingEvent& event) override; ///< never blocks
    void flush();                       ///< blocks until what was sent is written or refused
    [[nodiscard]] bool healthy() const; ///< never blocks
    [[nodiscard]] std::uint64_t dropped() const; ///< events that were lost; never blocks long

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
