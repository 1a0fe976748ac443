// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_listener.h"
#include "core/store/records.h"

#include <filesystem>
#include <functional>
#include <memory>

namespace viva {

/// The listener that keeps a run: copies each event into a queue and writes batches on a thread and a
/// connection of its own, so that a slow or full disk never slows training. Every event is kept, in
/// order. When writing fails (disk full) it says so once through `onTrouble`, keeps the newest events
/// in memory up to a limit, tries again, and what is on disk stays readable.
class RunRecorder final : public TrainingListener {
public:
    using TroubleHandler = std::function<void(const ErrorInfo&)>;

    RunRecorder(std::filesystem::path projectFolder, RunId run, TroubleHandler onTrouble = {});
    ~RunRecorder() override; ///< blocks until everything is written

    void onEvent(const TrainingEvent& event) override; ///< never blocks
    void flush();                                      ///< blocks until what was sent is written
    [[nodiscard]] bool healthy() const;                ///< never blocks

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
