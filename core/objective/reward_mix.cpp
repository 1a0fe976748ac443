// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/objective/reward_mix.h"

#include "core/rewards/reward_registry.h"

namespace viva {

AnswerScorer
oneByOne(std::function<RewardedText(const std::string&, const std::vector<std::string>&)> score) {
    return [score = std::move(score)](std::span<const std::string> answers,
                                      std::span<const std::vector<std::string>> references) {
        std::vector<RewardedText> results;
        for (std::size_t i = 0; i < answers.size(); ++i)
            results.push_back(score(answers[i], references[i]));
        return results;
    };
}

void addScores(std::span<RewardedText> texts, const RewardScores& scores, bool labelled) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        RewardedText& text = texts[i];
        const RewardBreakdown& score = scores.answers[i];
        text.total += scores.weight * score.value;
        text.parts.emplace_back(scores.label, score.value);
        if (!text.reason.empty())
            text.reason += "; ";
        text.reason += labelled ? scores.label + ": " + score.reason : score.reason;
    }
}

RewardMix::RewardMix(const std::vector<RewardSpec>& specs, const RewardServices& services) {
    // One reward may stand there twice with other options; records go by label.
    const std::vector<std::string> labels = rewardLabels(specs);
    for (std::size_t i = 0; i < specs.size(); ++i)
        m_rewards.push_back({labels[i], specs[i].weight,
                             makeReward(specs[i].name, specs[i].optionsJson, services)});
}

std::vector<RewardScores>
RewardMix::scoresOf(std::span<const std::string> answers,
                    std::span<const std::vector<std::string>> references) const {
    std::vector<RewardScores> out;
    for (const MixedReward& member : m_rewards)
        out.push_back({member.label, member.weight, member.reward->scoreAll(answers, references)});
    return out;
}

std::vector<RewardedText>
RewardMix::score(std::span<const std::string> answers,
                 std::span<const std::vector<std::string>> references) const {
    std::vector<RewardedText> texts(answers.size());
    for (const RewardScores& scores : scoresOf(answers, references))
        addScores(texts, scores, m_rewards.size() > 1);
    return texts;
}

AnswerScorer makeAnswerScorer(const std::vector<RewardSpec>& specs,
                              const RewardServices& services) {
    return [mix = std::make_shared<const RewardMix>(specs, services)](
               std::span<const std::string> answers,
               std::span<const std::vector<std::string>> references) {
        return mix->score(answers, references);
    };
}

} // namespace viva
