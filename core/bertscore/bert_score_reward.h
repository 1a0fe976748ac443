// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choices.h"
#include "core/rewards/metrics/bert_score_options.h"
#include "core/rewards/reward_info.h"

#include <memory>
#include <string>

namespace viva {

/// BERTScore as a reward named "bertscore", in [-1, 1], by a BERT, RoBERTa or XLM-R folder in
/// Hugging Face format. scoreAll runs all texts in batches; embeddings of recent texts are kept.
/// Safe from any thread.
/// @param device "auto", "cpu" or "cuda": where the network runs
/// @throws Error(InvalidArgument | NotFound | Io | Format | ShapeMismatch | Device).
[[nodiscard]] std::unique_ptr<Reward> makeBertScoreReward(const BertScoreOptions& options,
                                                          Device device);

/// Services of the reward registry with BERTScore on a device.
[[nodiscard]] RewardServices rewardServices(Device device, TokenCounter countTokens = {});

} // namespace viva
