// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/engine/speech_engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace viva {

namespace fs = std::filesystem;

inline const fs::path kModels = fs::path(VIVA_GOLDEN_DIR) / "models";

inline std::string line(const std::string& clip, const std::string& split, const std::string& task,
                        const std::string& question, const std::string& reference) {
    return fmt::format(R"({{"id": "{0}", "audio": "{0}.wav", "split": "{1}", "tasks": [)"
                       R"({{"task": "{2}", "question": "{3}", "references": ["{4}"]}}]}})"
                       "\n",
                       clip, split, task, question, reference);
}

template<typename Event>
std::vector<Event> only(const std::vector<TrainingEvent>& events) {
    std::vector<Event> result;
    for (const auto& event : events)
        if (const auto* match = std::get_if<Event>(&event))
            result.push_back(*match);
    return result;
}

inline std::string answersOf(const std::vector<TrainingEvent>& events) {
    std::string text;
    for (const auto& event : only<GroupEvent>(events))
        for (const auto& answer : event.group.answers)
            text += fmt::format("{} {} {}: {}\n", event.group.step, event.group.question.id,
                                answer.reward, answer.text);
    return text;
}

/// A data folder with a few golden clips and a run on a golden model.
class Engine : public testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::temp_directory_path() /
                   fmt::format("viva_engine_{}_{}", getpid(),
                               testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(m_folder);
        fs::create_directories(m_folder / "data");
        for (const char* clip : {"cards", "austen", "chirp15", "chirp31"})
            fs::copy_file(kModels / "clips" / (std::string(clip) + ".wav"),
                          m_folder / "data" / (std::string(clip) + ".wav"));
        writeFileAtomically(manifest(),
                            line("cards", "train", "asr", "what is said?", "ten of clubs") +
                                line("chirp15", "train", "sqa", "what is it?", "a chirp") +
                                line("chirp31", "train", "sqa", "what was it?", "a long chirp") +
                                line("austen", "validation", "asr", "what is said?", "she was"));
        m_setup.config.model = (kModels / "g33-tied").string();
        m_setup.config.data.manifest = manifest().string();
        m_setup.config.data.evalSplits = {"validation"};
        m_setup.config.maxSteps = 4;
        m_setup.config.promptsPerStep = 2;
        m_setup.config.numGenerations = 4;
        m_setup.config.maxCompletionLength = 6;
        m_setup.config.learningRate = 1e-2;
        m_setup.config.device = Device::Cpu;
        m_setup.config.threads = 2;
        m_setup.config.lora.rank = 4;
        m_setup.runFolder = m_folder / "run";
        m_setup.cacheFolder = m_folder / "cache";
    }
    void TearDown() override { fs::remove_all(m_folder); }

    [[nodiscard]] fs::path manifest() const { return m_folder / "data" / "manifest.jsonl"; }
    [[nodiscard]] EventSink sink() {
        return [this](TrainingEvent event) { m_events.push_back(std::move(event)); };
    }
    [[nodiscard]] ErrorCode codeOfPrepare() {
        try {
            makeTrainingEngine(m_setup)->prepare(sink(), {});
        } catch (const Error& error) {
            EXPECT_FALSE(error.context().empty());
            return error.code();
        }
        ADD_FAILURE() << "prepared";
        return ErrorCode::Internal;
    }

    fs::path m_folder;
    RunSetup m_setup;
    std::vector<TrainingEvent> m_events;
};

} // namespace viva
