// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/group_stats.h"
#include "core/verify/losses/loss_case_torch.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace viva::losses {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double deviationOfPresent(std::vector<double> values) {
    std::erase_if(values, [](double value) { return std::isnan(value); });
    return values.size() < 2 ? kNaN : deviationOf(values, DeviationKind::Sample);
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
    return count > 0 ? sum / count : kNaN;
}

torch::Tensor verifyAdvantages(const LossCase& item, LossLines& lines, Curves& curves) {
    const auto rewards = item.tensor("rewards_per_func").to(torch::kDouble).contiguous();
    const auto perGroup = item.inputs.at("num_generations").get<std::int64_t>();
    RewardTable table;
    if (!item.isNull("reward_weights"))
        table.weights = item.options.at("reward_weights").get<std::vector<double>>();
    std::vector<std::vector<double>> columns(static_cast<std::size_t>(rewards.size(1)));
    for (std::int64_t row = 0; row < rewards.size(0); ++row) {
        if (row % perGroup == 0)
            table.groups.emplace_back();
        const auto* first = rewards.const_data_ptr<double>() + row * rewards.size(1);
        table.groups.back().emplace_back(first, first + rewards.size(1));
        for (std::size_t k = 0; k < columns.size(); ++k)
            columns[k].push_back(first[k]);
    }
    AdvantageConfig config;
    config.scale = choiceFromName<ScaleRewards>("scale_rewards", item.text("scale_rewards"));
    config.aggregation = choiceFromName<RewardAggregation>(
        "multi_objective_aggregation", item.text("multi_objective_aggregation"));
    const auto step = computeAdvantages(table, config);
    std::vector<double> totals;
    std::vector<double> advantages;
    for (const auto& group : step.groups) {
        totals.insert(totals.end(), group.totals.begin(), group.totals.end());
        advantages.insert(advantages.end(), group.advantages.begin(), group.advantages.end());
    }
    const auto got = torch::tensor(advantages, torch::kDouble);
    lines.add("advantages", item.id, got, item.wanted("advantages"), item.tolerance());
    curves["reward"] = {meanOfPresent(totals)};
    curves["reward_std"] = {deviationOfPresent(totals)};
    curves["frac_reward_zero_std"] = {step.fracRewardZeroStd};
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const auto name = "rewards/" + item.inputs.at("reward_names").at(k).get<std::string>();
        curves[name + "/mean"] = {meanOfPresent(columns[k])};
        curves[name + "/std"] = {deviationOfPresent(columns[k])};
    }
    return got;
}

std::vector<std::int64_t> lengthCurves(const LossCase& item, Curves& curves) {
    auto lengths = item.inputs.at("completion_lengths").get<std::vector<std::int64_t>>();
    const auto truncated = item.inputs.at("truncated").get<std::vector<bool>>();
    std::vector<double> all;
    std::vector<double> ended;
    double tokens = 0;
    for (std::size_t row = 0; row < lengths.size(); ++row) {
        double own = static_cast<double>(lengths[row]);
        if (item.inputs.contains("tool_mask") && !item.inputs.at("tool_mask").is_null()) {
            own = 0;
            for (std::size_t t = 0; t < static_cast<std::size_t>(lengths[row]); ++t)
                own += numberOf(item.inputs.at("tool_mask").at(row).at(t));
        }
        all.push_back(own);
        if (!truncated[row])
            ended.push_back(own);
        tokens += own + item.inputs.at("prompt_lengths").at(row).get<double>();
    }
    curves["completions/clipped_ratio"] = {1 - static_cast<double>(ended.size()) /
                                                   static_cast<double>(all.size())};
    curves["num_tokens"] = {item.training ? tokens : 0};
    if (ended.empty())
        ended.push_back(0);
    for (const auto& [suffix, values] :
         {std::pair("_length", &all), std::pair("_terminated_length", &ended)}) {
        curves[std::string("completions/mean") + suffix] = {meanOf(*values)};
        curves[std::string("completions/min") + suffix] = {std::ranges::min(*values)};
        curves[std::string("completions/max") + suffix] = {std::ranges::max(*values)};
    }
    return lengths;
}

} // namespace viva::losses
