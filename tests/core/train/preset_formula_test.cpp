// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/preset.h"
#include "core/rewards/length_rewards.h"
#include "core/rl/grpo_loss.h"
#include "core/rl/sft_loss.h"
#include "core/train/grpo/update.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

// Every shipped preset against the formula of its source, worked out here with plain numbers: three
// sampled answers of 2, 1 and 3 tokens, and where the method takes one, a reference of 2 tokens.
namespace viva {
namespace {

using Rows = std::vector<std::vector<double>>;

const Rows kNew{{-.5, -1}, {-.2}, {-.7, -.3, -.1}, {-2, -.5}};
const Rows kOld{{-.8, -.9}, {-.2}, {-.95, -.3, -.35}, {7, 7}}; // of references nothing is known
const Rows kRef{{-.6, -1.1}, {-.25}, {-.9, -.2, -.3}, {-2.5, -.4}};
const Rows kEntropy{{1.5, .5}, {.75}, {.25, 2, 1}, {9, 9}};
const std::vector<double> kRewards{.2, .5, .8, 1};
constexpr int kLongest = 4;

TrainConfig presetOf(const std::string& name) {
    const auto folder = std::filesystem::path(VIVA_SOURCE_DIR) / "resources" / "configs";
    TrainConfig config = readTrainConfig(presetFile(folder, name));
    config.maxCompletionLength = kLongest;
    return config;
}

torch::Tensor padded(const Rows& rows, std::size_t count) {
    auto result = torch::full({static_cast<std::int64_t>(count), 3}, -50.0, torch::kDouble);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t t = 0; t < rows[i].size(); ++t)
            result[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(t)] = rows[i][t];
    return result;
}

/// The worked step: its scored group and its one micro-batch, the reference behind the samples
/// where one is taken.
struct WorkedStep {
    ScoredGroups scored;
    PerMicroBatch<Rollout> rollouts{{Rollout()}};

    [[nodiscard]] WeighedStep weighed(const TrainConfig& config) const {
        return weighStep(scored, rollouts, planUpdates(scored.groups, config), config, 1);
    }
};

WorkedStep workedStep(const TrainConfig& config, const std::vector<double>& rewards) {
    const std::size_t count = config.referencesPerGroup() > 0 ? 4 : 3;
    WorkedStep step;
    Group& group = step.scored.groups.emplace_back();
    Rollout& rollout = step.rollouts[0][0];
    rollout.batch.prompts = {0, 1};
    rollout.samples = 3;
    rollout.answers.ids = torch::zeros({static_cast<std::int64_t>(count), 3}, torch::kInt64);
    for (std::size_t i = 0; i < count; ++i) {
        Answer& answer = group.answers.emplace_back();
        answer.reward = rewards[i];
        answer.tokenIds.resize(kNew[i].size());
        answer.origin = i < 3 ? AnswerOrigin::Policy : AnswerOrigin::Reference;
        rollout.rows.push_back({0, i});
        rollout.answers.lengths.push_back(static_cast<std::int64_t>(kNew[i].size()));
    }
    if (count > 3)
        rollout.offPolicy = torch::tensor({false, false, false, true});
    return step;
}

/// The loss that training computes under the preset.
double lossOf(const TrainConfig& config, const WorkedStep& step) {
    const auto weighed = step.weighed(config);
    const auto& rollout = step.rollouts[0][0];
    const std::size_t count = rollout.rows.size();
    const auto entropy = entropyTerms(weighed, step.rollouts, {},
                                      {.bonus = config.entropy.coefficient != 0,
                                       .coefficient = config.entropy.coefficient,
                                       .updates = config.updatesPerGeneration()});
    const auto input = lossInput(rollout, weighed.batches[0][0], entropy.batches[0][0],
                                 {padded(kNew, count), padded(kEntropy, count)},
                                 {padded(kOld, count), padded(kRef, count)}, config);
    return grpoLoss(input, config.loss).loss.item<double>();
}

double lossOf(const std::string& preset) {
    const TrainConfig config = presetOf(preset);
    return lossOf(config, workedStep(config, kRewards));
}

/// (r_i - mean) / (max(std, floor) + eps) with the sample deviation; only centred for eps < 0.
std::vector<double> advantages(std::vector<double> rewards, double eps, double floor = 0) {
    const auto count = static_cast<double>(rewards.size());
    double mean = 0;
    for (const double reward : rewards)
        mean += reward / count;
    double squares = 0;
    for (const double reward : rewards)
        squares += (reward - mean) * (reward - mean);
    const double divisor = eps < 0 ? 1 : std::max(std::sqrt(squares / (count - 1)), floor) + eps;
    for (double& reward : rewards)
        reward = (reward - mean) / divisor;
    return rewards;
}

std::vector<double> threeAdvantages(double eps, double floor = 0) {
    return advantages({kRewards[0], kRewards[1], kRewards[2]}, eps, floor);
}

double clipped(double ratio, double advantage, double low, double high) {
    return std::min(ratio * advantage, std::clamp(ratio, 1 - low, 1 + high) * advantage);
}

double ratioOf(std::size_t i, std::size_t t) {
    return std::exp(kNew[i][t] - kOld[i][t]);
}

double k3(std::size_t i, std::size_t t) {
    const double d = kRef[i][t] - kNew[i][t];
    return std::exp(d) - d - 1;
}

/// sum_t min(s A, clip(s) A) - beta k3 of one sampled answer.
double sumOf(std::size_t i, double advantage, double beta, double low = .2, double high = .2) {
    double sum = 0;
    for (std::size_t t = 0; t < kNew[i].size(); ++t)
        sum += clipped(ratioOf(i, t), advantage, low, high) - beta * k3(i, t);
    return sum;
}

constexpr double kExact = 1e-12;

TEST(PresetFormula, PaperAndDemo) { // arXiv 2509.16990, eq. 1 and 3: one mean over all tokens
    const auto a = threeAdvantages(1e-4);
    const double sum = sumOf(0, a[0], .02) + sumOf(1, a[1], .02) + sumOf(2, a[2], .02);
    EXPECT_NEAR(lossOf("paper"), -sum / 6, kExact);
    EXPECT_NEAR(lossOf("demo"), -sum / 6, kExact);
}

TEST(PresetFormula, MpGrpo) { // arXiv 2509.16990, 3.2: the reference with pi_phi = 1, not clipped
    const auto a = advantages(kRewards, 1e-4);
    double sum = sumOf(0, a[0], .02) + sumOf(1, a[1], .02) + sumOf(2, a[2], .02);
    for (std::size_t t = 0; t < 2; ++t)
        sum += std::exp(kNew[3][t]) * a[3] - .02 * k3(3, t);
    EXPECT_NEAR(lossOf("mp_grpo"), -sum / 8, kExact);
}

TEST(PresetFormula, Trl) { // TRL 1.16.0, GRPOConfig: dapo, beta 0
    const auto a = threeAdvantages(1e-4);
    EXPECT_NEAR(lossOf("trl"), -(sumOf(0, a[0], 0) + sumOf(1, a[1], 0) + sumOf(2, a[2], 0)) / 6,
                kExact);
}

TEST(PresetFormula, Dapo) { // arXiv 2503.14476, eq. 8 (clip-higher, token mean) and 13 (over-long)
    TrainConfig config = presetOf("dapo");
    config.stepsPerGeneration = 1; // the worked step has one prompt
    config.softPunishCache = 2;
    std::vector<double> rewards(kRewards.begin(), kRewards.begin() + 3);
    for (std::size_t i = 0; i < 3; ++i)
        rewards[i] += overLengthPunishment(static_cast<std::int64_t>(kNew[i].size()), kLongest,
                                           config.softPunishCache);
    EXPECT_NEAR(rewards[2], .8 + (4.0 - 2 - 3) / 2, kExact);
    EXPECT_NEAR(rewards[0], .2, kExact);
    const auto a = advantages(rewards, 1e-4);
    const double sum =
        sumOf(0, a[0], 0, .2, .28) + sumOf(1, a[1], 0, .2, .28) + sumOf(2, a[2], 0, .2, .28);
    EXPECT_NEAR(lossOf(config, workedStep(config, rewards)), -sum / 6, kExact);
}

TEST(PresetFormula, DrGrpo) { // arXiv 2503.20783: no deviation, sums over a constant
    const auto a = threeAdvantages(-1);
    const double sum = sumOf(0, a[0], 0) + sumOf(1, a[1], 0) + sumOf(2, a[2], 0);
    EXPECT_NEAR(lossOf("dr_grpo"), -sum / (3 * kLongest), kExact);
}

TEST(PresetFormula, Gspo) { // arXiv 2507.18071, eq. 5 and 7: s_i = exp of the mean log ratio
    const auto a = threeAdvantages(1e-4);
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        double mean = 0;
        for (std::size_t t = 0; t < kNew[i].size(); ++t)
            mean += (kNew[i][t] - kOld[i][t]) / static_cast<double>(kNew[i].size());
        sum += clipped(std::exp(mean), a[i], 3e-4, 4e-4);
    }
    EXPECT_NEAR(lossOf("gspo"), -sum / 3, kExact);
}

TEST(PresetFormula, Luffy) { // arXiv 2504.14945: f(p) = p / (p + 0.1), sums over a constant
    const auto a = advantages(kRewards, -1);
    double sum = sumOf(0, a[0], 0) + sumOf(1, a[1], 0) + sumOf(2, a[2], 0);
    for (std::size_t t = 0; t < 2; ++t) {
        const double p = std::exp(kNew[3][t]);
        sum += p / (p + .1) * a[3];
    }
    const double entropy = (1.5 + .5 + .75 + .25 + 2 + 1) / 6; // of the samples
    EXPECT_NEAR(lossOf("luffy"), -sum / (4 * kLongest) - .01 * entropy, kExact);
}

TEST(PresetFormula, LeafGrpo) { // arXiv 2606.07610, its baseline: deviation at least 1/3
    const auto a = threeAdvantages(1e-6, 1.0 / 3);
    const double sum = sumOf(0, a[0], .02) + sumOf(1, a[1], .02) + sumOf(2, a[2], .02);
    EXPECT_NEAR(lossOf("leaf_grpo"), -sum / 6, kExact);
}

TEST(PresetFormula, Leaf) { // arXiv 2606.07610: spans of the answers' tree, z-score by prompt
    const TrainConfig config = presetOf("leaf");
    const std::vector<double> rewards{1, .5, 0};
    WorkedStep step = workedStep(config, rewards);
    auto& answers = step.scored.groups[0].answers;
    // The first two begin alike with two tokens, the third stands alone.
    const std::vector<std::vector<std::int64_t>> tokens{{1, 2, 3}, {1, 2, 4}, {7, 8, 9}};
    const Rows logs{{-.1, -.1, -2}, {-.1, -.1, -1}, {-.1, -.1, -.1}};
    for (std::size_t i = 0; i < 3; ++i) {
        answers[i].tokenIds = tokens[i];
        answers[i].logProbs.assign(logs[i].begin(), logs[i].end());
        step.rollouts[0][0].answers.lengths[i] = 3;
    }
    const auto weighed = step.weighed(config);
    const WeighedBatch& batch = weighed.batches[0][0];
    // Root 0.5, the node of the first two 0.75: spans node, tail, node, tail, and the lone answer.
    const double node = 2 * .25 / std::sqrt(2.0);
    const std::vector<double> spans{node, .5 + .25, node, 0 - .25, 2 * -.5};
    double mean = 0;
    for (const double span : spans)
        mean += span / 5;
    double squares = 0;
    for (const double span : spans)
        squares += (span - mean) * (span - mean);
    const double deviation = std::sqrt(squares / 4);
    const auto z = [&](std::size_t span) { return (spans[span] - mean) / deviation; };
    const Rows expected{{z(0), z(0), z(1)}, {z(2), z(2), z(3)}, {z(4), z(4), z(4)}};
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t t = 0; t < 3; ++t)
            EXPECT_NEAR(batch.advantages[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(t)]
                            .item<double>(),
                        expected[i][t], 1e-9)
                << i << " " << t;
    for (std::int64_t i = 0; i < 3; ++i) // token mean, as GRPO here has it
        EXPECT_NEAR(batch.weights[i].item<double>(), 1.0 / 9, kExact);
    EXPECT_EQ(config.loss.beta, .02);
}

TEST(PresetFormula, R1Aqa) { // arXiv 2503.11197: GRPO of DeepSeekMath, a mean in each answer
    const auto a = threeAdvantages(1e-4);
    const double sum = sumOf(0, a[0], .04) / 2 + sumOf(1, a[1], .04) / 1 + sumOf(2, a[2], .04) / 3;
    EXPECT_NEAR(lossOf("r1_aqa"), -sum / 3, kExact);
}

TEST(PresetFormula, RlSft) { // arXiv 2504.14945, RL w/ SFT loss: L_GRPO + 0.1 L_SFT
    const auto a = threeAdvantages(1e-4);
    const double sum = sumOf(0, a[0], .02) + sumOf(1, a[1], .02) + sumOf(2, a[2], .02);
    EXPECT_NEAR(lossOf("rl_sft"), -sum / 6 + .1 * (2 + .5) / 2, kExact);
}

TEST(PresetFormula, Sft) { // cross entropy over the tokens of the references, EOS included
    EXPECT_EQ(presetOf("sft").objective, Objective::Sft);
    EXPECT_EQ(presetOf("paper_sft").objective, Objective::Sft);
    const auto mask = torch::tensor({{true, true, false}});
    EXPECT_NEAR(sftLoss(padded({kNew[3]}, 1), mask, 2).item<double>(), (2 + .5) / 2, kExact);
}

TEST(PresetFormula, CoversEveryPreset) {
    std::set<std::string> names;
    for (const PresetInfo& preset :
         listPresets(std::filesystem::path(VIVA_SOURCE_DIR) / "resources" / "configs"))
        names.insert(preset.name);
    EXPECT_EQ(names, (std::set<std::string>{"paper", "demo", "mp_grpo", "trl", "dapo", "dr_grpo",
                                            "gspo", "luffy", "leaf_grpo", "leaf", "r1_aqa",
                                            "rl_sft", "sft", "paper_sft"}));
}

} // namespace
} // namespace viva
