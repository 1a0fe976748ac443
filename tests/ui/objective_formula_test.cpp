// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/configure/objective_formula.h"

#include "core/config/train_config.h"

#include <gtest/gtest.h>

#include <functional>

namespace viva {
namespace {

TEST(ObjectiveFormula, StrikesOutTheKlTermAtBetaZero) {
    TrainConfig config;
    const QString with = objectiveFormula(config, lightColors());
    EXPECT_FALSE(with.contains("line-through"));
    EXPECT_TRUE(with.contains("0.02"));
    config.loss.beta = 0;
    EXPECT_TRUE(objectiveFormula(config, lightColors()).contains("line-through"));
}

TEST(ObjectiveFormula, ShowsClippingOnlyWhereItActs) {
    TrainConfig config;
    EXPECT_FALSE(objectiveFormula(config, lightColors()).contains("min("));
    config.numIterations = 2;
    EXPECT_TRUE(objectiveFormula(config, lightColors()).contains("min("));
    config.objective = Objective::Sft;
    EXPECT_FALSE(objectiveFormula(config, lightColors()).contains("KL"));
}

TEST(ObjectiveFormula, TellsTwoRewardsOfOneNameApart) {
    TrainConfig config;
    config.rewards = {{"bleu"}, {"bleu", 0.5, R"({"tokenize": "char"})"}};
    EXPECT_TRUE(objectiveFormula(config, lightColors()).contains("bleu#2"));
}

TEST(ObjectiveFormula, ShowsWhatReferencesAdd) {
    TrainConfig config;
    EXPECT_FALSE(objectiveFormula(config, lightColors()).contains("references"));
    config.objective = Objective::MpGrpo;
    EXPECT_TRUE(objectiveFormula(config, lightColors()).contains("never clipped"));
    config.loss.shaping = OffPolicyShaping::Luffy;
    EXPECT_TRUE(objectiveFormula(config, lightColors()).contains("0.1"));
    config.objective = Objective::RlSft;
    EXPECT_TRUE(objectiveFormula(config, lightColors()).contains("SFT"));
}

TEST(ObjectiveFormula, HasATermForEveryLoss) {
    QStringList seen;
    for (const LossType loss : {LossType::Dapo, LossType::Cispo, LossType::Sapo, LossType::Vespo,
                                LossType::Gmpo, LossType::Luspo, LossType::PaddedLength}) {
        TrainConfig config;
        config.loss.lossType = loss;
        config.numIterations = 2;
        const QString formula = objectiveFormula(config, lightColors());
        EXPECT_FALSE(seen.contains(formula)) << nameOf(loss);
        seen << formula;
    }
}

TEST(ObjectiveFormula, ShowsEveryFurtherTermThatActs) {
    TrainConfig config;
    const auto formula = [&config] { return objectiveFormula(config, lightColors()); };
    const QString plain = formula();
    EXPECT_TRUE(plain.contains("<i>H</i></span>")); // greyed
    const auto changes = [&](const QString& part) {
        const bool before = plain.contains(part);
        const bool after = formula().contains(part);
        config = TrainConfig();
        return !before && after;
    };
    config.entropy.coefficient = 0.037;
    EXPECT_TRUE(changes("0.037"));
    config.entropy.adaptive = true;
    EXPECT_TRUE(changes("c moves towards"));
    config.advantage.floor = 0.333;
    EXPECT_TRUE(changes("max(std, "));
    config.advantage.aggregation = RewardAggregation::NormalizeThenSum;
    EXPECT_TRUE(changes("mean<sub>k</sub>"));
    config.credit = Credit::Leaf;
    EXPECT_TRUE(changes("V(parent)"));
    config.softPunishCache = 41;
    EXPECT_TRUE(changes("41"));
    config.loss.unbiasedKl = true;
    EXPECT_NE(formula(), plain);
}

TEST(ObjectiveFormula, NotesSayWhatActsWithoutATerm) {
    const auto notes = [](const std::function<void(TrainConfig&)>& change) {
        TrainConfig config;
        change(config);
        return objectiveNotes(config).size();
    };
    const auto plain = notes([](TrainConfig&) {});
    EXPECT_GT(notes([](auto& c) { c.zeroVarianceGroups = ZeroVarianceGroups::Skip; }), plain);
    EXPECT_GT(notes([](auto& c) { c.zeroVarianceGroups = ZeroVarianceGroups::Resample; }), plain);
    EXPECT_GT(notes([](auto& c) { c.maskTruncatedCompletions = true; }), plain);
    EXPECT_GT(notes([](auto& c) { c.loss.offPolicyMaskThreshold = 1; }), plain);
    EXPECT_GT(notes([](auto& c) { c.topEntropyQuantile = 0.2; }), plain);
    EXPECT_GT(notes([](auto& c) { c.sampler.correction = true; }), plain);
    EXPECT_GT(notes([](auto& c) { c.reference.sync = true; }), plain);
}

} // namespace
} // namespace viva
