// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/engine/engine_fixture.h"

#include "core/audio/audio_file.h"
#include "core/checkpoint/merge_model.h"
#include "core/config/train_option.h"
#include "core/config/weight_pattern.h"
#include "core/families/speech_family.h"
#include "core/model/log_probs.h"
#include "core/model/trained_weights.h"
#include "core/speech/collator.h"
#include "core/speech/inference_session.h"
#include "core/speech/prompt_maker.h"
#include "core/speech/speech_examples.h"
#include "core/train/gradient_sum.h"

#include <cmath>
#include <map>

namespace viva {
namespace {

TEST(WeightPattern, StarsMarksAndModules) {
    const std::string name = "language_model.model.layers.12.mlp.up_proj.weight";
    for (const char* yes : {"*", "language_model", "language_model.model.layers.12", "*.up_proj.*",
                            "language_model.model.layers.1?.*", "*weight", name.c_str()})
        EXPECT_TRUE(fitsPattern(name, yes)) << yes;
    for (const char* no : {"", "language", "language_model.model.layers.1", "*.down_proj.*",
                           "language_model.model.layers.?.*", "*bias", "projector"})
        EXPECT_FALSE(fitsPattern(name, no)) << no;
}

/// The loss of one answer to one clip, with everything that hears in the graph.
class PromptGradients : public testing::Test {
protected:
    PromptGradients() : m_model(openSpeechModel(kModels / "g33-tied")) {
        const auto features =
            m_model->features(readAudioForModel(kModels / "clips" / "cards.wav", 16000));
        m_example.audio = features;
        const PromptMaker maker(*m_model, AudioStage::Features);
        m_example.promptIds =
            m_model->buildPrompt(m_model->promptText("what is said?"), maker.audioTokens(features))
                .ids;
        m_example.targetIds = answerTokens(*m_model, "ten of clubs");
    }

    [[nodiscard]] torch::Tensor loss() const {
        const std::span<const TrainExample> examples(&m_example, 1);
        const PromptMaker maker(*m_model, AudioStage::Features);
        const AdapterState state{.bundled = true, .trained = false};
        const auto cache = m_model->decoder()->prefill(maker.prompts(examples), state);
        return -answerLogProbs(m_model->decoder(), cache, collateTargets(examples), state, 1.0)
                    .logProbs.sum();
    }

    std::unique_ptr<SpeechModel> m_model;
    TrainExample m_example;
};

TEST_F(PromptGradients, AgreeWithFiniteDifferencesFromEncoderToHead) {
    const std::vector<std::string> names{"encoder.input_linear.bias",
                                         "encoder.layers.0.attn.to_q.weight",
                                         "encoder.out_mid.weight",
                                         "projector.query",
                                         "projector.linear.weight",
                                         "language_model.model.embed_tokens.weight",
                                         "language_model.model.layers.1.input_layernorm.weight",
                                         "language_model.model.layers.0.self_attn.q_proj.weight",
                                         "language_model.model.norm.weight"};
    const auto weights = weightsThatFit(*m_model, names);
    ASSERT_EQ(weights.size(), names.size());
    std::vector<torch::Tensor> parameters;
    for (const auto& [name, tensor] : weights) {
        parameters.push_back(tensor);
        parameters.back().set_requires_grad(true);
    }
    const auto gradients = gradientsOf(loss(), parameters);
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        // Along the gradient's own direction the loss must change by its norm.
        const double norm = gradients[i].norm().item<double>();
        ASSERT_GT(norm, 0) << weights[i].first;
        const torch::Tensor direction = gradients[i] / norm;
        const torch::Tensor before = parameters[i].clone();
        const double step = 1e-3 * std::max(1.0, before.norm().item<double>());
        parameters[i].copy_(before + direction * step);
        const double up = loss().item<double>();
        parameters[i].copy_(before - direction * step);
        const double down = loss().item<double>();
        parameters[i].copy_(before);
        EXPECT_NEAR((up - down) / (2 * step) / norm, 1.0, 0.03) << weights[i].first;
    }
}

TEST_F(PromptGradients, TheFrozenPartsStayWhatTheyWere) {
    const auto weights = weightsThatFit(*m_model, {"*"});
    const double before = loss().item<double>();
    const auto frozen = frozenReference(*m_model, weights);
    {
        const torch::NoGradGuard noGrad;
        for (const auto& [name, tensor] : weights)
            torch::Tensor(tensor).mul_(1.05);
    }
    EXPECT_GT(std::abs(loss().item<double>() - before), 1e-3);
    const std::span<const TrainExample> examples(&m_example, 1);
    const PromptMaker maker(*frozen, AudioStage::Features);
    const AdapterState state{.bundled = true, .trained = false};
    const auto cache = frozen->decoder()->prefill(maker.prompts(examples), state);
    const auto same =
        -answerLogProbs(frozen->decoder(), cache, collateTargets(examples), state, 1.0)
             .logProbs.sum();
    EXPECT_NEAR(same.item<double>(), before, 1e-5 * std::abs(before));
}

TEST_F(PromptGradients, APatternThatFitsNothingIsNamed) {
    try {
        (void)weightsThatFit(*m_model, {"projector", "decoder.*"});
        ADD_FAILURE() << "was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        EXPECT_NE(std::string(error.what()).find("decoder.*"), std::string::npos);
    }
}

class WholeWeights : public Engine, public testing::WithParamInterface<const char*> {
protected:
    void SetUp() override {
        Engine::SetUp();
        m_setup.config.lora.rank = 0;
        m_setup.config.learningRate = 1e-3;
        std::string patterns = GetParam();
        if (patterns.starts_with("lora,")) {
            m_setup.config.lora.rank = 4;
            patterns.erase(0, 5);
        }
        setOption(m_setup.config, "trainable", patterns);
    }
};

TEST_P(WholeWeights, TheReferenceHoldsStillAndARunResumesBitForBit) {
    m_setup.config.rewards = {
        {"length", 1.0, R"({"unit": "characters", "min": 1, "max": 1, "slack": 100})"}};
    const auto straight = makeTrainingEngine(m_setup);
    straight->prepare(sink(), {});
    for (int i = 0; i < 2; ++i)
        straight->runStep(sink(), {});
    const auto first = only<StepEvent>(m_events);
    EXPECT_NEAR(first[0].metric("kl"), 0.0, 1e-6) << "policy and reference begin as one";
    EXPECT_GT(first[0].metric("grad_norm"), 0.0);
    EXPECT_GT(first[1].metric("kl"), 1e-7) << "and part with the first update";
    straight->saveCheckpoint(sink());
    m_events.clear();
    for (int i = 0; i < 2; ++i)
        straight->runStep(sink(), {});
    const auto expected = m_events;
    m_events.clear();
    m_setup.resume = true;
    const auto resumed = makeTrainingEngine(m_setup);
    resumed->prepare(sink(), {});
    for (int i = 0; i < 2; ++i)
        resumed->runStep(sink(), {});
    EXPECT_EQ(answersOf(m_events), answersOf(expected));
    const auto steps = only<StepEvent>(m_events), wanted = only<StepEvent>(expected);
    for (std::size_t i = 0; i < steps.size(); ++i)
        for (const char* name : {"loss", "kl", "grad_norm"})
            EXPECT_EQ(steps[i].metric(name, -1), wanted[i].metric(name, -2)) << name;
}

TEST_P(WholeWeights, WhatWasTrainedAnswersAloneAndMerged) {
    m_setup.config.objective = Objective::Sft;
    m_setup.config.learningRate = 3e-3;
    const auto engine = makeTrainingEngine(m_setup);
    engine->prepare(sink(), {});
    EXPECT_GT(only<RunInfoEvent>(m_events).front().trainableParameters, 0);
    for (int i = 0; i < 6; ++i)
        engine->runStep(sink(), {});
    const auto steps = only<StepEvent>(m_events);
    EXPECT_LT(steps.back().metric("loss"), steps.front().metric("loss"));
    engine->saveCheckpoint(sink());
    const fs::path checkpoint = only<CheckpointEvent>(m_events).front().path;

    const MergeResult merged =
        mergeAdapter({kModels / "g33-tied", checkpoint, m_folder / "merged"});
    EXPECT_GT(merged.replacedWeights, 0);
    const auto answersWith = [&](const fs::path& model, const fs::path& adapter) {
        ModelChoice choice{model, adapter, Device::Cpu, Dtype::Float32, 1};
        GenerationConfig generation;
        generation.maxCompletionLength = 8;
        return InferenceSession(choice).answer(m_folder / "data" / "cards.wav", "what is said?",
                                               generation, 4, 7);
    };
    const auto tuned = answersWith(kModels / "g33-tied", checkpoint);
    EXPECT_NE(tuned, answersWith(kModels / "g33-tied", {}));
    EXPECT_EQ(tuned, answersWith(m_folder / "merged", {}));
}

INSTANTIATE_TEST_SUITE_P(Parts, WholeWeights,
                         testing::Values("projector", "lora,projector", "encoder.layers.1",
                                         "lora,language_model.model.layers.0,*norm.weight", "*"));

TEST_F(Engine, TheReferenceOfA3xModelIsBasePlusBundled) {
    // At step 1 the new adapter adds nothing, so policy and reference agree only when the
    // reference has the bundled adapter, in whatever way it is kept.
    for (const auto& patterns : {"", "language_model.model.norm"}) {
        m_events.clear();
        setOption(m_setup.config, "trainable", patterns);
        const auto engine = makeTrainingEngine(m_setup);
        engine->prepare(sink(), {});
        engine->runStep(sink(), {});
        EXPECT_NEAR(only<StepEvent>(m_events)[0].metric("kl"), 0.0, 1e-6);
        const auto groups = only<GroupEvent>(m_events);
        for (const auto& answer : groups[0].group.answers)
            for (std::size_t i = 0; i < answer.refLogProbs.size(); ++i)
                EXPECT_NEAR(answer.refLogProbs[i], answer.logProbs[i], 1e-4);
    }
    // And the bundled adapter does change what it computes.
    fs::copy(kModels / "g33-tied", m_folder / "bare", fs::copy_options::recursive);
    fs::remove(m_folder / "bare" / "adapter_config.json");
    fs::remove(m_folder / "bare" / "adapter_model.safetensors");
    const auto first = only<GroupEvent>(m_events)[0].group.answers[0];
    m_setup.config.model = (m_folder / "bare").string();
    m_events.clear();
    const auto engine = makeTrainingEngine(m_setup);
    engine->prepare(sink(), {});
    engine->runStep(sink(), {});
    EXPECT_NE(first.refLogProbs[0], only<GroupEvent>(m_events)[0].group.answers[0].refLogProbs[0]);
}

TEST_F(Engine, CountsWhatItTrains) {
    const auto trained = [&](std::int64_t rank, const std::string& patterns) {
        m_events.clear();
        m_setup.config.lora.rank = rank;
        setOption(m_setup.config, "trainable", patterns);
        makeTrainingEngine(m_setup)->prepare(sink(), {});
        return only<RunInfoEvent>(m_events).front();
    };
    const auto lora = trained(4, "");
    const auto both = trained(4, "projector.linear");
    EXPECT_EQ(both.totalParameters, lora.totalParameters);
    const auto model = openSpeechModel(kModels / "g33-tied");
    EXPECT_EQ(both.trainableParameters - lora.trainableParameters,
              weightsThatFit(*model, {"projector.linear"})[0].second.numel() +
                  weightsThatFit(*model, {"projector.linear"})[1].second.numel());
    EXPECT_EQ(trained(0, "projector.linear").trainableParameters,
              both.trainableParameters - lora.trainableParameters);
}

TEST_F(Engine, RefusesToTrainNothingAndToFollowWholeWeights) {
    m_setup.config.lora.rank = 0;
    EXPECT_EQ(codeOfPrepare(), ErrorCode::InvalidArgument);
    m_setup.config.trainable = {"projector"};
    m_setup.config.reference.sync = true;
    EXPECT_EQ(codeOfPrepare(), ErrorCode::InvalidArgument);
    m_setup.config.reference.sync = false;
    m_setup.config.trainable = {"nothing.*"};
    EXPECT_EQ(codeOfPrepare(), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace viva
