// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/evaluation_report.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace viva {

/// Answers all questions of one pass, in their order, with a seed of its own.
using AnswerFunction = std::function<std::vector<std::string>(std::span<const Question> questions,
                                                              int pass, std::uint64_t seed)>;

struct EvaluationOptions {
    std::string decoding = "sampled"; ///< for the report: "greedy" or "sampled"
    int passes = 1;                   ///< each with a seed of its own
    std::uint64_t seed = 0;           ///< pass p is asked with seed + p
    bool byVoice = false;             ///< summaries for each voice as well
    EvalMetricOptions metrics;
    BootstrapOptions bootstrap; ///< 0 resamples: no intervals
};

/// Asks every item `passes` times and scores the answers. Torch-free: who answers is up to
/// `answer`, whose exceptions (a stop among them) pass through.
/// @throws Error(InvalidArgument) when passes is below 1, an item has no reference, or `answer`
/// returns another number of answers than there are items.
[[nodiscard]] EvaluationReport evaluate(std::span<const EvalItem> items,
                                        const AnswerFunction& answer,
                                        const EvaluationOptions& options = {});

/// Scores answers that exist: answers[pass][item]. @throws as evaluate.
[[nodiscard]] EvaluationReport scoreAnswers(std::span<const EvalItem> items,
                                            std::span<const std::vector<std::string>> answers,
                                            const EvaluationOptions& options = {});

} // namespace viva
