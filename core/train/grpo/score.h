// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/group/group.h"
#include "core/objective/answer_scorer.h"
#include "core/train/grpo/collect.h"
#include "core/train/grpo/reference_policy.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace viva {

/// The groups of a step, one a prompt; every answer has its reward, none its advantage yet.
struct ScoredGroups {
    std::vector<Group> groups;
};

/// log pi_ref of every answer: [rows, time] a micro-batch.
using ReferenceScores = PerMicroBatch<torch::Tensor>;

/// The answers of a step by prompt, samples before references; without rewards.
[[nodiscard]] std::vector<Group> groupsOf(const SampledStep& step, std::int64_t number,
                                          const AnswerTexts& texts);

/// Phase 2: all answers of the groups in one call, as rewards over a network or over many texts
/// want it; with the punishment of over-long answers where the configuration has one.
[[nodiscard]] ScoredGroups scoreGroups(std::vector<Group> groups, const AnswerScorer& score,
                                       const TrainConfig& config);

/// Phase 2, beside the rewards: the answers under the reference policy. nullopt when stopped.
[[nodiscard]] std::optional<ReferenceScores> scoreUnderReference(const StepContext& context,
                                                                 const SampledStep& step,
                                                                 const ReferencePolicy& reference,
                                                                 StepTimes& times,
                                                                 const std::stop_token& stop);

/// The answers under the policy as it is now, outside the graph; with entropies on the CPU.
[[nodiscard]] AnswerScores scoreWithoutGraph(const StepContext& context, const SampledStep& step,
                                             int worker, const Rollout& rollout);

} // namespace viva
