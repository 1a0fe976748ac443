// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/question.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// Who wrote an answer.
enum class AnswerOrigin {
    Policy,    ///< sampled from the policy in training
    Reference, ///< the ground truth, as a member of the group (MP-GRPO)
    Human
};

/// One member of a group. Per-token vectors all have tokenIds.size() entries or are empty.
struct Answer {
    std::string text;
    std::vector<std::int64_t> tokenIds;
    std::vector<std::string> tokens; ///< each token's text, for colouring
    std::vector<float> logProbs;     ///< under the policy it was sampled from, nats
    std::vector<float> newLogProbs;  ///< under the policy in the update's forward pass
    std::vector<float> refLogProbs;  ///< under the reference policy; empty when not computed
    double reward = 0;               ///< weighted total, as the advantage sees it
    std::vector<std::pair<std::string, double>> rewardParts; ///< by reward name, unweighted
    std::string reason; ///< why the reward is what it is, in words
    double advantage = 0;
    bool finished = true; ///< ended with EOS rather than at the length limit
    AnswerOrigin origin = AnswerOrigin::Policy;
};

/// Whether an answer is a ground truth and not a sample.
[[nodiscard]] inline bool isReference(const Answer& answer) {
    return answer.origin == AnswerOrigin::Reference;
}

/// One prompt and its answers.
struct Group {
    std::int64_t step = 0; ///< 1-based optimiser step
    int index = 0;         ///< position within the step
    Question question;
    std::vector<Answer> answers;
    double rewardMean = 0;
    double rewardStd = 0;
    bool zeroVariance = false;
};

} // namespace viva
