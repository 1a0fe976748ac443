// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/advantages.h"
#include "core/train/grpo/metrics.h"
#include "core/verify/losses/trainer_step_torch.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace viva::losses {
namespace {

/// TRL's share of groups without variance where it looks at the batch as a whole. The trainer's
/// chart counts groups there too.
double zeroVarianceOfBatch(const LossCase& item, const TrainerStep& step) {
    const auto rewards = item.inputs.at("rewards_per_func");
    const auto perGroup = item.inputs.at("num_generations").get<std::size_t>();
    RewardTable table;
    if (!item.isNull("reward_weights"))
        table.weights = item.options.at("reward_weights").get<std::vector<double>>();
    for (std::size_t row = 0; row < rewards.size(); ++row) {
        if (row % perGroup == 0)
            table.groups.emplace_back();
        auto& values = table.groups.back().emplace_back();
        for (const json& value : rewards.at(row))
            values.push_back(numberOf(value));
    }
    return computeAdvantages(table, step.config.advantage).fracRewardZeroStd;
}

/// Completions and their prompts; nothing in an evaluation.
double tokensOf(const LossCase& item, const TrainerStep& step) {
    double tokens = 0;
    std::size_t row = 0;
    for (const auto& group : step.weighed.groups)
        for (const auto& answer : group.answers)
            tokens += static_cast<double>(answer.tokenIds.size()) +
                      item.inputs.at("prompt_lengths").at(row++).get<double>();
    return item.training ? tokens : 0;
}

} // namespace

double meanOfPresent(const std::vector<double>& values) {
    double sum = 0;
    double count = 0;
    for (const double value : values)
        if (!std::isnan(value)) {
            sum += value;
            ++count;
        }
    return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

Curves groupCurves(const LossCase& item, const TrainerStep& step) {
    Curves curves;
    const auto& groups = step.weighed.groups;
    for (const auto& metrics : {rewardMetrics(groups), lengthMetrics(groups)})
        for (const auto& [name, value] : metrics)
            if (!name.starts_with("group_mix/") && name != "reward_best" && name != "reward_worst")
                curves[name] = {value};
    // Training always has every reward; with one alone in its group TRL's deviation is no number.
    const bool missing = std::ranges::any_of(groups, [](const Group& group) {
        return std::ranges::any_of(group.answers,
                                   [](const Answer& answer) { return std::isnan(answer.reward); });
    });
    if (missing || step.config.advantage.scale == ScaleRewards::Batch ||
        step.config.advantage.aggregation == RewardAggregation::NormalizeThenSum)
        curves["frac_reward_zero_std"] = {zeroVarianceOfBatch(item, step)};
    curves["num_tokens"] = {tokensOf(item, step)};
    return curves;
}

} // namespace viva::losses
