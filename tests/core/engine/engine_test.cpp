// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/engine/engine_fixture.h"

#include "core/speech/inference_session.h"

#include <map>

namespace viva {
namespace {

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
    EXPECT_TRUE(fs::exists(groups[0].group.question.clip));
    EXPECT_FALSE(groups[0].group.question.text.empty());

    engine->evaluate(true, sink(), {});
    const auto evaluations = only<EvaluationEvent>(m_events);
    ASSERT_EQ(evaluations.size(), 1U);
    EXPECT_EQ(evaluations[0].step, 1);
    std::map<std::string, int> items;
    for (const auto& row : evaluations[0].rows) {
        EXPECT_EQ(row.split, "validation");
        EXPECT_EQ(row.task, "asr");
        items[row.decoding] += row.items;
        for (const char* metric : {"bleu", "sentence_bleu", "wer", "cer", "exact_match"})
            EXPECT_TRUE(row.metric(metric)) << metric << " of a transcript";
        // The golden model has random weights: hardly a word is right.
        EXPECT_GT(row.metric("wer").value(), 0.5);
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
    m_setup.config.objective = Objective::Sft;
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
    m_setup.config.objective = Objective::Sft; // whose gradient is never zero
    m_setup.config.learningRate = 0.1;
    const auto engine = makeTrainingEngine(m_setup);
    engine->prepare(sink(), {});
    for (int i = 0; i < 4; ++i)
        engine->runStep(sink(), {});
    engine->saveCheckpoint(sink());
    ModelChoice choice;
    choice.modelFolder = kModels / "g33-tied";
    choice.device = Device::Cpu;
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
