// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/entropy_terms.h"
#include "core/train/grpo/weigh.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace viva {
namespace {

/// Groups of answers with 1, 2, 3 ... tokens; rewards rise with the answer, but in flat groups.
ScoredGroups scoredGroups(std::size_t groups, std::size_t answers, std::size_t flat = 99) {
    ScoredGroups scored;
    for (std::size_t g = 0; g < groups; ++g) {
        Group& group = scored.groups.emplace_back();
        for (std::size_t i = 0; i < answers; ++i) {
            Answer& answer = group.answers.emplace_back();
            answer.tokenIds.resize(i + 1);
            answer.reward = g == flat ? 1.0 : static_cast<double>(i);
        }
    }
    return scored;
}

/// The rows of some groups as one micro-batch.
Rollout rolloutOfGroups(const ScoredGroups& scored, const Slice& groups, int update = 0) {
    Rollout rollout;
    rollout.batch = {update, groups};
    std::int64_t width = 0;
    for (auto g = groups.first; g < groups.last; ++g)
        for (std::size_t i = 0; i < scored.groups[g].answers.size(); ++i) {
            rollout.rows.push_back({g, i});
            const auto length =
                static_cast<std::int64_t>(scored.groups[g].answers[i].tokenIds.size());
            rollout.answers.lengths.push_back(length);
            width = std::max(width, length);
        }
    rollout.samples = rollout.rows.size();
    rollout.answers.ids =
        torch::zeros({static_cast<std::int64_t>(rollout.rows.size()), width}, torch::kInt64);
    return rollout;
}

WeighedStep weighedAlone(const ScoredGroups& scored, const TrainConfig& config) {
    return weighStep(scored, {{rolloutOfGroups(scored, {0, scored.groups.size()})}},
                     planUpdates(scored.groups, config), config, 1);
}

TEST(Weigh, NeighbouringGroupsShareAnUpdateAndAMicroBatch) {
    TrainConfig config;
    config.gradientAccumulationSteps = 2;
    config.stepsPerGeneration = 4;
    const auto plan = planUpdates(scoredGroups(8, 2).groups, config);
    EXPECT_EQ(plan.updates, 2);
    for (std::size_t g = 0; g < 8; ++g)
        for (const auto& microBatch : plan.microBatches[g]) {
            EXPECT_EQ(microBatch.update, static_cast<int>(g / 4));
            EXPECT_EQ(microBatch.index, static_cast<std::int64_t>(g / 2));
        }
}

TEST(Weigh, WorkersDoNotChangeAnyRow) {
    TrainConfig config;
    config.gradientAccumulationSteps = 2;
    config.loss.lossType = LossType::Bnpo;
    const auto scored = scoredGroups(4, 3);
    const auto plan = planUpdates(scored.groups, config);
    const auto whole = weighedAlone(scored, config);
    const auto split =
        weighStep(scored, {{rolloutOfGroups(scored, {0, 1})}, {rolloutOfGroups(scored, {1, 4})}},
                  plan, config, 1);
    EXPECT_EQ(whole.tokens, split.tokens);
    EXPECT_TRUE(
        torch::equal(whole.batches[0][0].weights,
                     torch::cat({split.batches[0][0].weights, split.batches[1][0].weights})));
    EXPECT_TRUE(
        torch::equal(whole.batches[0][0].advantages,
                     torch::cat({split.batches[0][0].advantages, split.batches[1][0].advantages})));
}

TEST(Weigh, TruncatedAnswersAreMaskedAndCountInNoDivisor) {
    TrainConfig config;
    config.maskTruncatedCompletions = true;
    auto scored = scoredGroups(1, 3);
    scored.groups[0].answers[2].finished = false;
    const auto weighed = weighedAlone(scored, config);
    const auto& batch = weighed.batches[0][0];
    EXPECT_FALSE(batch.mask[2].any().item<bool>());
    EXPECT_EQ(batch.weights[2].item<double>(), 0);
    EXPECT_NEAR(batch.weights[0].item<double>(), 1.0 / 3, 1e-15); // 1 + 2 tokens are left
    EXPECT_NE(batch.advantages[2].item<double>(), 0);             // it is in the mean all the same
}

TEST(Weigh, AGroupWithoutVarianceIsLeftOutWhereThatIsAsked) {
    TrainConfig config;
    config.zeroVarianceGroups = ZeroVarianceGroups::Skip;
    const auto scored = scoredGroups(2, 2, 1);
    const auto weighed = weighedAlone(scored, config);
    EXPECT_EQ(weighed.skippedGroups, 1);
    EXPECT_EQ(weighed.tokens, std::vector<double>{3});
    EXPECT_FALSE(weighed.batches[0][0].mask.slice(0, 2).any().item<bool>());
    const PerMicroBatch<Rollout> rollouts{{rolloutOfGroups(scored, {1, 2})}};
    const auto flat = weighStep(scored, rollouts, planUpdates(scored.groups, config), config, 1);
    EXPECT_FALSE(anythingToLearn(flat, rollouts, 0));
}

TEST(Weigh, ReferencesBesideTheGroupShareTheCrossEntropy) {
    TrainConfig config;
    config.objective = Objective::RlSft;
    config.mixed.sftCoef = 0.5;
    auto scored = scoredGroups(2, 3);
    for (auto& group : scored.groups)
        group.answers[2].origin = AnswerOrigin::Reference; // 3 tokens each
    const auto weighed = weighedAlone(scored, config);
    EXPECT_EQ(weighed.sftTokenWeights, std::vector<double>{0.5 / 6});
    EXPECT_EQ(weighed.batches[0][0].sftTokenWeight, 0.5 / 6);
    EXPECT_EQ(weighed.tokens, std::vector<double>{6}); // of the samples
    EXPECT_EQ(weighed.groups[0].answers[2].advantage, 0);
}

TEST(EntropyTerms, AThresholdIsOfTheWholeMicroBatchOfTheLoss) {
    const TrainConfig config;
    const auto scored = scoredGroups(2, 2);
    const auto plan = planUpdates(scored.groups, config);
    const PerMicroBatch<Rollout> together{{rolloutOfGroups(scored, {0, 2})}};
    const PerMicroBatch<Rollout> apart{{rolloutOfGroups(scored, {0, 1})},
                                       {rolloutOfGroups(scored, {1, 2})}};
    // 6 tokens; the highest two are in the second group.
    const auto entropy = torch::tensor({{1.0, 9.0}, {2.0, 3.0}, {8.0, 9.0}, {4.0, 7.0}});
    const EntropyOptions options{.quantile = 0.34, .bonus = true, .coefficient = 0.6};
    const auto one =
        entropyTerms(weighStep(scored, together, plan, config, 1), together, {{entropy}}, options);
    const auto two = entropyTerms(weighStep(scored, apart, plan, config, 1), apart,
                                  {{entropy.slice(0, 0, 2)}, {entropy.slice(0, 2, 4)}}, options);
    EXPECT_EQ(one.tokens, 2);
    EXPECT_EQ(two.tokens, 2);
    const auto expected =
        torch::tensor({{false, false}, {false, false}, {true, false}, {false, true}});
    EXPECT_TRUE(torch::equal(one.batches[0][0].mask, expected));
    EXPECT_TRUE(
        torch::equal(torch::cat({two.batches[0][0].mask, two.batches[1][0].mask}), expected));
    EXPECT_NEAR(one.batches[0][0].weights[0].item<double>(), 0.3, 1e-15); // 0.6 over 2 tokens
}

} // namespace
} // namespace viva
