// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/run_service.h"

#include <QStringList>

namespace viva {

/// A run service without an engine: notes the commands it was given and says what the test tells
/// it.
class FakeRunService : public RunService {
    Q_OBJECT

public:
    explicit FakeRunService(std::filesystem::path folder = {}, QObject* parent = nullptr)
        : RunService(parent), m_folder(std::move(folder)) {}

    [[nodiscard]] std::filesystem::path projectFolder() const override { return m_folder; }
    void startRun(const TrainConfig& config, bool paused) override {
        started = config;
        commands << (paused ? "startPaused" : "start");
    }
    void resumeRun(RunId id) override { commands << QString("resume %1").arg(id); }
    void pause() override { commands << "pause"; }
    void proceed() override { commands << "proceed"; }
    void stepOnce() override { commands << "step"; }
    void stop() override { commands << "stop"; }
    void requestCheckpoint() override { commands << "checkpoint"; }
    void requestEvaluation() override { commands << "evaluate"; }

    void say(std::vector<TrainingEvent> events) {
        handleBatch(std::make_shared<const std::vector<TrainingEvent>>(std::move(events)));
    }
    void sayState(RunState state) { say({StateEvent{state, {}, -1}}); }
    void sayBegun(RunId id, const QString& name) { beginRun(id, name); }

    QStringList commands;
    TrainConfig started;

private:
    std::filesystem::path m_folder;
};

} // namespace viva
