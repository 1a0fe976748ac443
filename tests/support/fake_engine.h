// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/checkpoint_folder.h"
#include "core/run/training_engine.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace viva::test {

/// How a FakeEngine behaves, and what it was asked; shared with the test while the session runs.
struct FakeScript {
    std::int64_t totalSteps = 10;
    std::chrono::microseconds stepTime{0};
    std::chrono::microseconds prepareTime{0};
    std::int64_t failAtStep = 0;   ///< throws in this step
    std::int64_t giveUpAtStep = 0; ///< returns false once without being asked to stop
    bool failInPrepare = false;
    bool failInMaking = false;
    bool failInSaving = false;
    int groupsPerStep = 1;
    std::filesystem::path runFolder; ///< checkpoints go here; empty = memory only
    bool resume = false;

    mutable std::mutex mutex;
    std::vector<std::string> calls;       ///< guarded
    std::vector<std::thread::id> threads; ///< guarded
    std::atomic<bool> destroyed{false};

    void note(const std::string& call) {
        const std::lock_guard lock(mutex);
        calls.push_back(call);
        threads.push_back(std::this_thread::get_id());
    }
    [[nodiscard]] std::vector<std::string> noted() const {
        const std::lock_guard lock(mutex);
        return calls;
    }
    [[nodiscard]] int count(const std::string& call) const {
        int out = 0;
        for (const std::string& entry : noted())
            out += entry == call ? 1 : 0;
        return out;
    }
};

/// An engine without a model: sleeps, counts, and sends the events a real one would send. What it
/// "learns" depends on the step alone, so that a resumed run equals an unbroken one.
class FakeEngine final : public TrainingEngine {
public:
    explicit FakeEngine(FakeScript& script) : m_script(script) {
        m_script.note("make");
        if (m_script.failInMaking)
            throw Error(ErrorCode::NotFound, "no model here");
    }
    ~FakeEngine() override {
        m_script.note("destroy");
        m_script.destroyed = true;
    }

    void prepare(const EventSink& sink, std::stop_token stop) override {
        m_script.note("prepare");
        for (int i = 0; i < 4; ++i) {
            sink(StateEvent{RunState::Preparing, "encoding clips", i / 4.0});
            pause(m_script.prepareTime / 4, stop);
            if (stop.stop_requested())
                return;
        }
        if (m_script.failInPrepare)
            throw Error(ErrorCode::Format, "broken weights");
        if (m_script.resume)
            restore();
        RunInfoEvent info;
        info.device = "fake";
        info.dtype = "float32";
        info.totalSteps = m_script.totalSteps;
        info.firstStep = m_done + 1;
        sink(info);
    }
    [[nodiscard]] std::int64_t stepsDone() const override { return m_done; }
    [[nodiscard]] std::int64_t totalSteps() const override { return m_script.totalSteps; }

    bool runStep(const EventSink& sink, std::stop_token stop) override {
        m_script.note("step");
        const std::int64_t step = m_done + 1;
        pause(m_script.stepTime, stop);
        if (stop.stop_requested())
            return false;
        if (step == m_script.failAtStep)
            throw Error(ErrorCode::OutOfMemory, "step does not fit");
        if (step == m_script.giveUpAtStep && !m_gaveUp) {
            m_gaveUp = true;
            sink(NoteEvent{step, "not enough memory for one group; lower num_generations"});
            return false;
        }
        m_done = step;
        for (int i = 0; i < m_script.groupsPerStep; ++i)
            sink(GroupEvent{group(step, i)});
        sink(stepEvent(step));
        return true;
    }
    void evaluate(bool full, const EventSink& sink, std::stop_token stop) override {
        m_script.note(full ? "evaluate full" : "evaluate");
        if (stop.stop_requested())
            return;
        EvaluationRow row{"validation", "sqa", "greedy",
                          20,           1,     {{"bleu", 40.0 + static_cast<double>(m_done)}}};
        sink(EvaluationEvent{m_done, {row}});
    }
    void saveCheckpoint(const EventSink& sink) override {
        m_script.note("save");
        if (m_script.failInSaving)
            throw Error(ErrorCode::Io, "no space for the checkpoint");
        std::filesystem::path folder = "memory";
        if (!m_script.runFolder.empty()) {
            folder = checkpointFolder(m_script.runFolder, m_done);
            std::filesystem::create_directories(folder);
            std::ofstream(folder / kTrainerStateFile) << m_done;
        }
        sink(CheckpointEvent{m_done, folder.string()});
    }

    [[nodiscard]] static Group group(std::int64_t step, int index) {
        Group out;
        out.step = step;
        out.index = index;
        out.question.id = "clip" + std::to_string(index);
        out.question.clip = "/clips/a.wav";
        out.question.task = "sqa";
        out.question.text = "Where is the key?";
        out.question.references = {"In the kitchen."};
        for (int i = 0; i < 2; ++i) {
            Answer answer;
            answer.text = "answer " + std::to_string(i);
            answer.tokenIds = {5, 300 + step, 2};
            answer.tokens = {"ans", "wer", ""};
            answer.logProbs = {-0.5F, -1.25F, -0.125F};
            answer.reward = 0.25 * i;
            answer.rewardParts = {{"bleu", 0.25 * i}};
            answer.advantage = i == 0 ? -0.7 : 0.7;
            out.answers.push_back(std::move(answer));
        }
        out.rewardMean = 0.125;
        out.rewardStd = 0.177;
        return out;
    }
    [[nodiscard]] StepEvent stepEvent(std::int64_t step) const {
        StepEvent event;
        event.step = step;
        event.totalSteps = m_script.totalSteps;
        event.trainSec = 0.5 * static_cast<double>(step);
        event.tokens = 12 * step;
        event.samples = 2 * step;
        event.metrics = {{"reward", 0.5 + 0.001 * static_cast<double>(step)}, {"kl", 0.01}};
        return event;
    }

private:
    static void pause(std::chrono::microseconds time, const std::stop_token& stop) {
        const auto end = std::chrono::steady_clock::now() + time;
        while (!stop.stop_requested() && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    void restore() {
        if (const auto newest = newestCheckpoint(m_script.runFolder))
            std::ifstream(*newest / kTrainerStateFile) >> m_done;
    }

    FakeScript& m_script;
    std::int64_t m_done = 0;
    bool m_gaveUp = false;
};

inline EngineFactory fakeFactory(FakeScript& script) {
    return [&script]() -> std::unique_ptr<TrainingEngine> {
        return std::make_unique<FakeEngine>(script);
    };
}

} // namespace viva::test
