// SPDX-License-Identifier: GPL-3.0-or-later
// The phases one by one, as a step that is taken apart calls them.
#include "core/rl/entropy.h"
#include "core/train/grpo/metrics.h"
#include "tests/core/train/tiny_run.h"

#include <gtest/gtest.h>

#include <new>

namespace viva {
namespace {

using namespace testing_support;

TEST(Phases, OneByOneTheyGiveTheNumbersOfTheStep) {
    for (const auto objective : {Objective::Grpo, Objective::MpGrpo, Objective::RlSft}) {
        auto config = tinyTrainConfig();
        config.objective = objective;
        TinyRun run(config, 2);
        const auto events = run.run(1);

        TinyRun other(config, 2);
        const auto parts = other.parts();
        const StepContext context{config, parts, 1, 1};
        StepTimes times(2);
        std::vector<TrainExample> examples;
        for (const auto& event : only<GroupEvent>(events))
            for (std::size_t i = 0; i < other.examples.size(); ++i)
                if (other.examples.example(i).question.id == event.group.question.id)
                    examples.push_back(other.examples.example(i));
        auto sampled = collect(context, examples, {}, times, {}).value();
        auto scored = scoreGroups(groupsOf(sampled, 1, parts.texts), parts.score, config);
        const ReferencePolicy policy(config.reference, parts.decoder, *parts.adapter);
        const auto reference = scoreUnderReference(context, sampled, policy, times, {});
        const auto plan = planUpdates(scored.groups, config);
        const auto weighed = weighStep(std::move(scored), sampled.rollouts, plan, config, 1);
        EntropyControl entropy(config.entropy);
        int updates = 0;
        const auto count = [&](const std::vector<Gradients>&) { return ++updates; };
        auto update =
            updatePolicy(context, sampled, weighed, reference, entropy, count, times, {}).value();
        EXPECT_EQ(updates, 1);
        const FinishedStep finished{std::move(sampled), weighed, reference,
                                    std::move(update),  times,   0};
        const auto step = only<StepEvent>(events).front();
        for (const auto& [name, value] : grpoMetrics(finished, config))
            if (name != "grad_norm" && !name.starts_with("timing/")) {
                EXPECT_EQ(step.metric(name, -99), value) << nameOf(objective) << " " << name;
            }
        const auto groups = groupsWithLogProbs(finished);
        std::size_t g = 0;
        for (const auto& event : only<GroupEvent>(events)) {
            ASSERT_EQ(groups.at(g).answers.size(), event.group.answers.size());
            for (std::size_t i = 0; i < event.group.answers.size(); ++i) {
                EXPECT_EQ(groups[g].answers[i].advantage, event.group.answers[i].advantage);
                EXPECT_EQ(groups[g].answers[i].newLogProbs, event.group.answers[i].newLogProbs);
                EXPECT_EQ(groups[g].answers[i].refLogProbs, event.group.answers[i].refLogProbs);
            }
            ++g;
        }
        EXPECT_EQ(g, groups.size());
    }
}

TEST(Phases, AFullMemoryBehindTheUpdateDoesNotApplyItTwice) {
    const auto config = tinyTrainConfig();
    TinyRun plain(config);
    plain.run(1);
    TinyRun full(config);
    auto parts = full.parts();
    parts.texts.pieces = [](std::span<const std::int64_t>) -> std::vector<std::string> {
        throw std::bad_alloc(); // what the report asks for, when the update is done
    };
    const auto trainer = makeTrainer(config, parts);
    EXPECT_THROW(trainer->runStep([](const TrainingEvent&) {}, {}), std::bad_alloc);
    EXPECT_EQ(adapterDistance(plain.adapter, full.adapter), 0.0);
}

} // namespace
} // namespace viva
