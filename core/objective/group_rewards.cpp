// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/objective/group_rewards.h"

#include "core/base/error.h"
#include "core/rewards/length_rewards.h"

#include <fmt/format.h>

namespace viva {

void setReward(Answer& answer, RewardedText reward) {
    answer.reward = reward.total;
    answer.rewardParts = std::move(reward.parts);
    answer.reason = std::move(reward.reason);
}

void punishOverlong(Group& group, const TrainConfig& config,
                    const std::function<std::int64_t(std::size_t)>& tokensOf) {
    const int cache = config.softPunishCache;
    if (cache <= 0)
        return;
    if (cache > config.maxCompletionLength)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("soft_punish_cache is {} and max_completion_length {}: the cache "
                                "must lie between 0 and that length",
                                cache, config.maxCompletionLength));
    std::vector<double> punishments;
    for (std::size_t i = 0; i < group.answers.size(); ++i)
        punishments.push_back(
            group.answers[i].origin == AnswerOrigin::Policy
                ? overLengthPunishment(tokensOf(i), config.maxCompletionLength, cache)
                : 0.0);
    for (std::size_t i = 0; i < group.answers.size(); ++i) {
        group.answers[i].reward += punishments[i];
        group.answers[i].rewardParts.emplace_back("soft_overlong", punishments[i]);
    }
}

void rewardGroups(std::span<Group> groups, const AnswerScorer& score, const TrainConfig& config) {
    std::vector<std::string> texts;
    std::vector<std::vector<std::string>> references;
    for (const Group& group : groups)
        for (const Answer& answer : group.answers) {
            texts.push_back(answer.text);
            references.push_back(group.question.references);
        }
    std::vector<RewardedText> rewards = score(texts, references);
    VIVA_ASSERT(rewards.size() == texts.size());
    auto next = rewards.begin();
    for (Group& group : groups) {
        for (Answer& answer : group.answers)
            setReward(answer, std::move(*next++));
        punishOverlong(group, config, [&group](std::size_t i) {
            return static_cast<std::int64_t>(group.answers[i].tokenIds.size());
        });
    }
}

} // namespace viva
