// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/training_engine.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/session/inference_session.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

const fs::path kModels = fs::path(VIVA_GOLDEN_DIR) / "models";

std::string line(const std::string& clip, const std::string& split, const std::string& task,
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

std::string answersOf(const std::vector<TrainingEvent>& events) {
    std::string text;
    for (const auto& event : only<GroupEvent>(events))
        for (const auto& answer : event.group.answers)
            text += fmt::format("{} {} {}: {}\n", event.group.step, event.group.exampleId,
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
        m_setup.config.device = "cpu";
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

TEST_F(Engine, PreparesStepsEvaluatesAndSaves) {
    const auto engine = makeTrainingEngine(m_setup);
    engine->prepare(sink(), {});
    const auto infos = only<RunInfoEvent>(m_events);
    ASSERT_EQ(infos.size(), 1U);
    EXPECT_EQ(infos[0].device, "CPU, 2 threads");
    EXPECT_EQ(infos[0].examples, 3);
    EXPECT_EQ(infos[0].firstStep, 1);
    EXPECT_GT(infos[0].trainableParameters, 0);
    EXPECT_GT(infos[0].totalParameters, infos[0].trainableParameters);

    EXPECT_TRUE(engine->runStep(sink(), {}));
    EXPECT_EQ(engine->stepsDone(), 1);
    const auto groups = only<GroupEvent>(m_events);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].group.answers.size(), 4U);
    EXPECT_TRUE(fs::exists(groups[0].group.clipPath));
    EXPECT_FALSE(groups[0].group.question.empty());

    engine->evaluate(true, sink(), {});
    const auto evaluations = only<EvaluationEvent>(m_events);
    ASSERT_EQ(evaluations.size(), 1U);
    EXPECT_EQ(evaluations[0].step, 1);
    std::map<std::string, int> items;
    for (const auto& row : evaluations[0].rows) {
        EXPECT_EQ(row.split, "validation");
        EXPECT_EQ(row.task, "asr");
        items[row.decoding] += row.items;
    }
    EXPECT_EQ(items, (std::map<std::string, int>{{"greedy", 1}, {"sampled", 1}}));

    engine->saveCheckpoint(sink());
    const auto checkpoints = only<CheckpointEvent>(m_events);
    ASSERT_EQ(checkpoints.size(), 1U);
    EXPECT_TRUE(fs::exists(fs::path(checkpoints[0].path) / "adapter_model.safetensors"));
}

TEST_F(Engine, ResumesBitForBitFromDisk) {
    const auto straight = makeTrainingEngine(m_setup);
    straight->prepare(sink(), {});
    for (int i = 0; i < 2; ++i)
        straight->runStep(sink(), {});
    straight->saveCheckpoint(sink());
    m_events.clear();
    for (int i = 0; i < 2; ++i)
        straight->runStep(sink(), {});
    const auto expected = m_events;

    m_events.clear();
    m_setup.resume = true;
    const auto resumed = makeTrainingEngine(m_setup);
    resumed->prepare(sink(), {});
    EXPECT_EQ(resumed->stepsDone(), 2);
    EXPECT_EQ(only<RunInfoEvent>(m_events).front().firstStep, 3);
    for (int i = 0; i < 2; ++i)
        resumed->runStep(sink(), {});
    EXPECT_EQ(answersOf(m_events), answersOf(expected));
    const auto steps = only<StepEvent>(m_events);
    const auto expectedSteps = only<StepEvent>(expected);
    ASSERT_EQ(steps.size(), expectedSteps.size());
    for (std::size_t i = 0; i < steps.size(); ++i)
        for (const char* name : {"loss", "kl", "grad_norm", "learning_rate", "num_tokens"})
            EXPECT_EQ(steps[i].metric(name, -1), expectedSteps[i].metric(name, -2)) << name;
}

TEST_F(Engine, TunesOnReferencesToo) {
    m_setup.config.objective = "sft";
    m_setup.config.maxSteps = 12;
    const auto engine = makeTrainingEngine(m_setup);
    engine->prepare(sink(), {});
    for (int i = 0; i < 12; ++i)
        engine->runStep(sink(), {});
    const auto steps = only<StepEvent>(m_events);
    EXPECT_LT(steps.back().metric("loss"), steps.front().metric("loss"));
}

TEST_F(Engine, HearsEveryClipOnce) {
    makeTrainingEngine(m_setup)->prepare(sink(), {});
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(m_setup.cacheFolder))
        files += entry.path().extension() == ".safetensors" ? 1 : 0;
    EXPECT_EQ(files, 4U);
    // A damaged entry is heard again rather than believed.
    for (const auto& entry : fs::recursive_directory_iterator(m_setup.cacheFolder))
        if (entry.is_regular_file())
            writeFileAtomically(entry.path(), "broken");
    makeTrainingEngine(m_setup)->prepare(sink(), {});
}

TEST_F(Engine, AStopLeavesPreparationEarly) {
    std::stop_source stop;
    stop.request_stop();
    const auto engine = makeTrainingEngine(m_setup);
    engine->prepare(sink(), stop.get_token());
    EXPECT_FALSE(engine->runStep(sink(), {}));
    EXPECT_TRUE(only<RunInfoEvent>(m_events).empty());
}

TEST_F(Engine, SaysWhatIsWrongWithTheSetup) {
    const auto good = m_setup;
    m_setup.config.model = (m_folder / "nowhere").string();
    EXPECT_EQ(codeOfPrepare(), ErrorCode::NotFound);
    m_setup = good;
    m_setup.config.data.trainSplit = "practice";
    EXPECT_EQ(codeOfPrepare(), ErrorCode::InvalidArgument);
    m_setup = good;
    m_setup.config.lora.targets = {"z_proj"};
    EXPECT_EQ(codeOfPrepare(), ErrorCode::InvalidArgument);
    m_setup = good;
    m_setup.config.data.manifest = (m_folder / "data" / "none.jsonl").string();
    EXPECT_EQ(codeOfPrepare(), ErrorCode::NotFound);
}

TEST_F(Engine, ATrainedAdapterAnswersInAnInferenceSession) {
    m_setup.config.objective = "sft"; // whose gradient is never zero
    m_setup.config.learningRate = 0.1;
    const auto engine = makeTrainingEngine(m_setup);
    engine->prepare(sink(), {});
    for (int i = 0; i < 4; ++i)
        engine->runStep(sink(), {});
    engine->saveCheckpoint(sink());
    ModelChoice choice;
    choice.modelFolder = kModels / "g33-tied";
    choice.device = "cpu";
    choice.threads = 1;
    InferenceSession base(choice);
    choice.adapterFolder = only<CheckpointEvent>(m_events).front().path;
    InferenceSession tuned(choice);
    const auto clip = m_folder / "data" / "cards.wav";
    GenerationConfig generation;
    generation.maxCompletionLength = 8;
    const auto first = base.answer(clip, "what is said?", generation, 3, 7);
    ASSERT_EQ(first.size(), 3U);
    EXPECT_EQ(first, base.answer(clip, "what is said?", generation, 3, 7));
    EXPECT_NE(first, base.answer(clip, "what is said?", generation, 3, 8));
    EXPECT_NE(first, tuned.answer(clip, "what is said?", generation, 3, 7));
    generation.greedy = true;
    EXPECT_EQ(base.answer(clip, "what is said?", generation, 1, 7).size(), 1U);
    EXPECT_THROW((void)base.answer(clip, "what is said?", generation, 2, 7), Error);
    EXPECT_NE(base.description().find("CPU, 1 thread"), std::string::npos);
}

} // namespace
} // namespace viva
