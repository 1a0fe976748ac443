// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/objective/group_advantages.h"

#include "core/group/group_stats.h"

namespace viva {
namespace {

/// The rewards of one answer: its total, or its parts where each is scaled on its own.
std::vector<double> rewardsOf(const Answer& answer, bool byPart) {
    if (!byPart || answer.rewardParts.empty())
        return {answer.reward};
    std::vector<double> parts;
    for (const auto& [name, value] : answer.rewardParts)
        parts.push_back(value);
    return parts;
}

RewardTable tableOf(std::span<const Group> groups, const TrainConfig& config) {
    const bool byPart = config.advantage.aggregation == RewardAggregation::NormalizeThenSum;
    RewardTable table;
    for (const auto& group : groups) {
        auto& rows = table.groups.emplace_back();
        auto& marks = table.offPolicy.emplace_back();
        for (const auto& answer : group.answers)
            if (isMember(answer, config)) {
                rows.push_back(rewardsOf(answer, byPart));
                marks.push_back(isReference(answer));
            }
    }
    const auto parts = table.groups.empty() || table.groups.front().empty()
                           ? std::size_t{0}
                           : table.groups.front().front().size();
    if (byPart && parts >= config.rewards.size()) {
        for (const auto& reward : config.rewards)
            table.weights.push_back(reward.weight);
        table.weights.resize(parts, 1.0); // the punishment of over-long answers
    }
    return table;
}

} // namespace

AdvantageConfig advantageConfigOf(const TrainConfig& config) {
    AdvantageConfig result = config.advantage;
    // Beside the group references are imitated, not compared.
    if (config.objective == Objective::RlSft)
        result.baseline = AdvantageBaseline::OnPolicy;
    return result;
}

bool isMember(const Answer& answer, const TrainConfig& config) {
    return config.objective != Objective::RlSft || !isReference(answer);
}

void weighGroups(std::span<Group> groups, const TrainConfig& config) {
    const auto weighed = computeAdvantages(tableOf(groups, config), advantageConfigOf(config));
    for (std::size_t g = 0; g < groups.size(); ++g) {
        auto& group = groups[g];
        const auto& advantages = weighed.groups[g];
        group.rewardMean = advantages.mean;
        group.rewardStd = advantages.deviation;
        group.zeroVariance = advantages.zeroVariance;
        std::size_t member = 0;
        for (auto& answer : group.answers)
            if (isMember(answer, config))
                answer.advantage = advantages.advantages[member++];
    }
}

bool hasNoVariance(const Group& group, const TrainConfig& config) {
    std::vector<double> rewards;
    for (const auto& answer : group.answers)
        if (isMember(answer, config))
            rewards.push_back(answer.reward);
    return allEqual(rewards);
}

} // namespace viva
