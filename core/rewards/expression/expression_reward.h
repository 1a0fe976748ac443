// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/expression/expression.h"
#include "core/rewards/reward.h"
#include "core/rewards/text_length.h"

#include <memory>

namespace viva {

/// A score an expression may name.
struct NamedScore {
    std::string name;
    std::unique_ptr<Reward> reward; ///< absent: the name is known, but not made because not used
    ValueRange range{0.0, 1.0};
};

enum class OutOfUnit {
    Clamp, ///< values are brought into [0, 1], and the reason says so
    Refuse ///< an expression that may leave [0, 1] is no reward
};

/// Numbers of the texts that an expression may name: words, characters, tokens, lines of the
/// answer; reference_words, reference_characters, reference_tokens of the reference closest in
/// words; references, how many there are.
[[nodiscard]] std::span<const ExpressionName> textFeatures();

/// What is wrong with the expression of a reward "expression" that knows these further scores;
/// nullopt when nothing is. For checking while it is typed.
[[nodiscard]] std::optional<ExpressionProblem>
checkRewardExpression(std::string_view text, std::span<const std::string> scores = {});

/// A reward by formula, named "expression", in [0, 1]; a result that is no number counts as 0.
/// `scores` holds what the expression uses.
[[nodiscard]] std::unique_ptr<Reward> makeExpressionReward(std::string text,
                                                           std::unique_ptr<Expression> expression,
                                                           std::vector<NamedScore> scores,
                                                           TokenCounter countTokens);

} // namespace viva
