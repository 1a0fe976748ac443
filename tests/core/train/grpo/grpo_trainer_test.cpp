// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/grpo_trainer.h"

#include "core/base/error.h"
#include "tests/core/train/tiny_run.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace viva {
namespace {

using namespace testing_support;

TEST(GrpoTrainer, TheSameSeedGivesTheSameRunBitForBit) {
    TinyRun first(tinyTrainConfig(), 2);
    TinyRun second(tinyTrainConfig(), 2);
    const auto a = first.run(4);
    const auto b = second.run(4);
    EXPECT_EQ(answersText(a), answersText(b));
    EXPECT_EQ(adapterDistance(first.adapter, second.adapter), 0.0);
    const auto stepsA = only<StepEvent>(a);
    const auto stepsB = only<StepEvent>(b);
    ASSERT_EQ(stepsA.size(), 4U);
    for (std::size_t i = 0; i < stepsA.size(); ++i)
        for (const char* name : {"loss", "kl", "reward", "grad_norm", "entropy"})
            EXPECT_EQ(stepsA[i].metric(name, -1), stepsB[i].metric(name, -2)) << name;
}

TEST(GrpoTrainer, AnotherSeedGivesOtherAnswers) {
    auto config = tinyTrainConfig();
    TinyRun first(config);
    config.seed = 6;
    TinyRun second(config);
    EXPECT_NE(answersText(first.run(1)), answersText(second.run(1)));
}

TEST(GrpoTrainer, TheNumberOfWorkersChangesNothingButRounding) {
    TinyRun one(tinyTrainConfig(), 1);
    TinyRun two(tinyTrainConfig(), 2);
    TinyRun three(tinyTrainConfig(), 3);
    const auto answers = answersText(one.run(1));
    EXPECT_EQ(answers, answersText(two.run(1)));
    EXPECT_EQ(answers, answersText(three.run(1)));
    EXPECT_LT(adapterDistance(one.adapter, two.adapter), 1e-5);
    EXPECT_LT(adapterDistance(one.adapter, three.adapter), 1e-5);
}

TEST(GrpoTrainer, AccumulationDoesNotChangeTheUpdate) {
    for (const auto lossType : {LossType::Dapo, LossType::Grpo, LossType::DrGrpo}) {
        auto config = tinyTrainConfig();
        config.loss.lossType = lossType;
        TinyRun whole(config);
        config.gradientAccumulationSteps = 4;
        TinyRun cut(config);
        EXPECT_EQ(answersText(whole.run(1)), answersText(cut.run(1)));
        EXPECT_LT(adapterDistance(whole.adapter, cut.adapter), 1e-5) << nameOf(lossType);
    }
}

TEST(GrpoTrainer, TheFirstInnerUpdateHasARatioOfExactlyOne) {
    TinyRun run(tinyTrainConfig(), 2);
    for (const auto& step : only<StepEvent>(run.run(2))) {
        EXPECT_EQ(step.metric("clip_ratio/region_mean", -1), 0.0);
        EXPECT_LT(step.metric("sampling/sampling_logp_difference/max", 1), 1e-4);
    }
}

TEST(GrpoTrainer, LaterInnerUpdatesMoveTheRatio) {
    auto config = tinyTrainConfig();
    config.numIterations = 3;
    config.learningRate = 0.1;
    config.loss.epsilon = 0.01;
    TinyRun run(config);
    double clipped = 0;
    for (const auto& step : only<StepEvent>(run.run(3)))
        clipped += step.metric("clip_ratio/region_mean");
    EXPECT_GT(clipped, 0.0);
}

TEST(GrpoTrainer, RaisesTheReward) {
    auto config = tinyTrainConfig();
    config.maxSteps = 30;
    config.promptsPerStep = 6;
    config.numGenerations = 8;
    config.learningRate = 3e-2;
    config.loss.beta = 0;
    TinyRun run(config, 2);
    const auto steps = only<StepEvent>(run.run(30));
    const auto meanOver = [&](std::size_t first, std::size_t last) {
        double sum = 0;
        for (auto i = first; i < last; ++i)
            sum += steps[i].metric("reward");
        return sum / static_cast<double>(last - first);
    };
    EXPECT_GT(meanOver(25, 30), meanOver(0, 3) + 0.15);
}

TEST(GrpoTrainer, ReportsGroupsWithEveryAnswerAndItsNumbers) {
    const auto config = tinyTrainConfig();
    TinyRun run(config);
    const auto groups = only<GroupEvent>(run.run(1));
    ASSERT_EQ(groups.size(), 4U);
    for (const auto& [group] : groups) {
        ASSERT_EQ(group.answers.size(), 4U);
        double sum = 0;
        for (const auto& answer : group.answers) {
            const auto tokens = answer.tokenIds.size();
            ASSERT_GT(tokens, 0U);
            EXPECT_LE(tokens, 8U);
            EXPECT_EQ(answer.tokens.size(), tokens);
            EXPECT_EQ(answer.logProbs.size(), tokens);
            EXPECT_EQ(answer.newLogProbs.size(), tokens);
            EXPECT_EQ(answer.refLogProbs.size(), tokens);
            // B of a fresh adapter is zero: policy and reference are the same network.
            for (std::size_t i = 0; i < tokens; ++i)
                EXPECT_NEAR(answer.newLogProbs[i], answer.refLogProbs[i], 1e-5);
            EXPECT_EQ(answer.finished, answer.tokenIds.back() == 1);
            EXPECT_FALSE(answer.reason.empty());
            sum += answer.advantage;
        }
        EXPECT_NEAR(sum, 0, 1e-9);
    }
}

TEST(GrpoTrainer, LogsTheNamesOfTrl) {
    TinyRun run(tinyTrainConfig());
    const auto step = only<StepEvent>(run.run(1)).front();
    std::set<std::string> names;
    for (const auto& [name, value] : step.metrics) {
        EXPECT_TRUE(std::isfinite(value)) << name;
        EXPECT_TRUE(names.insert(name).second) << name << " comes twice";
    }
    for (const char* name : {"loss",
                             "policy_loss",
                             "reward",
                             "reward_std",
                             "frac_reward_zero_std",
                             "rewards/even/mean",
                             "rewards/even/std",
                             "kl",
                             "kl_policy",
                             "entropy",
                             "clip_ratio/low_mean",
                             "clip_ratio/low_min",
                             "clip_ratio/high_mean",
                             "clip_ratio/high_max",
                             "clip_ratio/region_mean",
                             "completions/mean_length",
                             "completions/min_length",
                             "completions/max_length",
                             "completions/mean_terminated_length",
                             "completions/min_terminated_length",
                             "completions/max_terminated_length",
                             "completions/clipped_ratio",
                             "sampling/sampling_logp_difference/mean",
                             "sampling/sampling_logp_difference/max",
                             "grad_norm",
                             "learning_rate",
                             "epoch",
                             "step_time",
                             "num_tokens",
                             "tokens_per_second",
                             "timing/prefill",
                             "timing/generate",
                             "timing/reward",
                             "timing/reference",
                             "timing/update",
                             "timing/other",
                             "group_mix/low",
                             "group_mix/mixed",
                             "group_mix/high"})
        EXPECT_TRUE(names.contains(name)) << name;
}

TEST(GrpoTrainer, ChartsTheKlNowAndThenWhenBetaIsZero) {
    auto config = tinyTrainConfig();
    config.loss.beta = 0;
    TinyRun run(config);
    const auto steps = only<StepEvent>(run.run(6));
    EXPECT_NE(steps[0].metric("kl", -1), -1);
    EXPECT_EQ(steps[1].metric("kl", -1), -1);
    EXPECT_GT(steps[5].metric("kl", -1), 0);
}

TEST(GrpoTrainer, TriesAgainWithSmallerMicroBatchesWhenMemoryIsFull) {
    const auto config = tinyTrainConfig();
    TinyRun plain(config);
    TinyRun tight(config, 1, [](std::int64_t prompts) {
        if (prompts > 1)
            TORCH_CHECK_WITH(OutOfMemoryError, false, "no room for ", prompts, " prompts");
    });
    const auto expected = plain.run(2);
    const auto events = tight.run(2);
    const auto notes = only<NoteEvent>(events);
    ASSERT_EQ(notes.size(), 2U); // 4 prompts, then 2, then 1; the second step starts with 1
    EXPECT_NE(notes[1].text.find("1 prompt "), std::string::npos) << notes[1].text;
    EXPECT_EQ(answersText(events), answersText(expected));
    EXPECT_LT(adapterDistance(plain.adapter, tight.adapter), 1e-5);
}

TEST(GrpoTrainer, SaysWhatToLowerWhenNothingFits) {
    TinyRun run(tinyTrainConfig(), 1, [](std::int64_t) { throw std::bad_alloc(); });
    try {
        run.run(1);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::OutOfMemory);
        EXPECT_NE(std::string(error.what()).find("num_generations"), std::string::npos);
    }
    EXPECT_EQ(run.trainer->progress().step, 0);
}

TEST(GrpoTrainer, AStopBeforeTheUpdateChangesNothing) {
    auto config = tinyTrainConfig();
    config.numIterations = 3;
    std::stop_source stop;
    std::atomic<int> calls = 0;
    // Sampling announces the micro-batch and so does the second inner update: by then the first one
    // has been applied and must be taken back.
    TinyRun run(config, 1, [&](std::int64_t) {
        if (++calls == 2)
            stop.request_stop();
    });
    TinyRun untouched(config);
    int events = 0;
    EXPECT_FALSE(run.trainer->runStep([&](const TrainingEvent&) { ++events; }, stop.get_token()));
    EXPECT_EQ(events, 0);
    EXPECT_EQ(run.trainer->progress().step, 0);
    EXPECT_EQ(adapterDistance(run.adapter, untouched.adapter), 0.0);
}

/// A step whose gradient is what the test wants.
class FixedGradientTrainer final : public Trainer {
public:
    FixedGradientTrainer(const TrainConfig& config, TrainerParts parts, float value)
        : Trainer(config, std::move(parts)), m_value(value) {}

private:
    std::optional<StepEnd> attempt(const std::vector<TrainExample>&,
                                   const std::stop_token&) override {
        Gradients gradients;
        for (const auto& parameter : parts().parameters())
            gradients.push_back(torch::full_like(parameter, m_value).detach());
        StepReport report;
        report.metrics.emplace_back("grad_norm", applyUpdate({std::move(gradients)}));
        return [report] { return report; };
    }
    float m_value;
};

TEST(GrpoTrainer, AGradientThatIsNoNumberIsSaidAndLeftOut) {
    const auto config = tinyTrainConfig();
    TinyRun run(config);
    TinyRun untouched(config);
    TrainerParts parts;
    parts.decoder = run.decoder;
    parts.adapter = &run.adapter;
    parts.examples = &run.examples;
    parts.pool = &run.pool;
    FixedGradientTrainer trainer(config, parts, std::numeric_limits<float>::quiet_NaN());
    std::vector<TrainingEvent> events;
    EXPECT_TRUE(trainer.runStep([&](const TrainingEvent& event) { events.push_back(event); }, {}));
    EXPECT_EQ(only<NoteEvent>(events).size(), 1U);
    const auto step = only<StepEvent>(events).front();
    EXPECT_EQ(step.metric("grad_norm", -1), -1);
    for (const auto& [name, value] : step.metrics)
        EXPECT_TRUE(std::isfinite(value)) << name;
    EXPECT_EQ(adapterDistance(run.adapter, untouched.adapter), 0.0);
}

TEST(GrpoTrainer, ScoresAStepInOneCallWithTheValuesOfOneByOne) {
    const auto config = tinyTrainConfig();
    const auto groupsWith = [&config](const AnswerScorer& score) {
        TinyRun run(config, 2);
        TrainerParts parts;
        parts.decoder = run.decoder;
        parts.adapter = &run.adapter;
        parts.examples = &run.examples;
        parts.pool = &run.pool;
        parts.texts = {[](auto ids) { return std::to_string(ids.size()) + " tokens"; },
                       [](auto ids) { return std::vector<std::string>(ids.size()); }};
        parts.score = score;
        parts.eosTokenIds = {1};
        std::vector<TrainingEvent> events;
        makeTrainer(config, parts)
            ->runStep([&](TrainingEvent event) { events.push_back(std::move(event)); }, {});
        return only<GroupEvent>(events);
    };
    const auto one = [](const std::string& answer, const std::vector<std::string>& references) {
        const double value = 0.1 * static_cast<double>(answer.front() - '0') +
                             0.01 * static_cast<double>(references.size());
        return RewardedText{value, {{"digits", value}}, "why " + answer};
    };
    int calls = 0;
    std::size_t asked = 0;
    const auto together = groupsWith([&](auto answers, auto references) {
        ++calls;
        asked += answers.size();
        return oneByOne(one)(answers, references);
    });
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(asked, static_cast<std::size_t>(config.promptsPerStep) *
                         static_cast<std::size_t>(config.numGenerations));
    std::size_t seen = 0;
    for (const auto& event : together)
        for (const auto& answer : event.group.answers) {
            const auto alone = one(answer.text, event.group.question.references);
            EXPECT_EQ(answer.reward, alone.total);
            EXPECT_EQ(answer.rewardParts, alone.parts);
            EXPECT_EQ(answer.reason, alone.reason);
            ++seen;
        }
    EXPECT_EQ(seen, asked);
}

TEST(GrpoTrainer, EqualRewardsLeaveTheAdapterAlone) {
    auto config = tinyTrainConfig();
    config.loss.beta = 0;
    TinyRun run(config);
    TinyRun untouched(config);
    TrainerParts parts;
    parts.decoder = run.decoder;
    parts.adapter = &run.adapter;
    parts.examples = &run.examples;
    parts.pool = &run.pool;
    parts.texts = {[](auto) { return std::string("x"); },
                   [](auto ids) { return std::vector<std::string>(ids.size()); }};
    parts.score = oneByOne([](const std::string&, const std::vector<std::string>&) {
        return RewardedText{0.1, {}, {}};
    });
    parts.eosTokenIds = {1};
    const auto trainer = makeTrainer(config, parts);
    StepEvent step;
    trainer->runStep(
        [&](const TrainingEvent& event) {
            if (const auto* match = std::get_if<StepEvent>(&event))
                step = *match;
        },
        {});
    EXPECT_EQ(step.metric("grad_norm", -1), 0.0);
    EXPECT_EQ(step.metric("frac_reward_zero_std", -1), 1.0);
    EXPECT_EQ(adapterDistance(run.adapter, untouched.adapter), 0.0);
}

} // namespace
} // namespace viva
