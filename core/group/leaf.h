// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/objective_spec.h"

#include <cstdint>
#include <span>
#include <vector>

namespace viva {

/// One sampled answer as LEAF sees it.
struct LeafAnswer {
    std::vector<std::int64_t> tokenIds;
    std::vector<double> surprisals; ///< -log pi of each token, nats
    double reward = 0;
};

/// Tokens begin .. end - 1 share one advantage.
struct LeafSpan {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    double advantage = 0;
};

struct LeafResult {
    std::vector<std::int64_t> forks;          ///< boundaries, ascending
    std::vector<std::vector<LeafSpan>> spans; ///< one list an answer
};

/// Span advantages from the tree that answers with equal beginnings form.
///
/// Boundaries are the positions 1 <= p < length of highest surprisal over all answers, greedily, at
/// least max(2, min_length / (numForks + 1)) apart; boundary p splits tokens 0 .. p-1 from p ... At
/// each one answers with equal first p tokens form a node when they are two or more. With V the
/// mean reward below a node, root the prompt and n its number of answers:
///   span  = ((V(node) - V(root)) + (V(node) - V(parent))) / sqrt(n)
///   tail  = (r - V(root)) + (r - V(last node))
/// then a z-score over the spans of a prompt or of the batch, each counted once an answer.
/// A node's boundary may lie behind the end of a short answer. Prompts without answers stay empty.
/// @throws Error(InvalidArgument) when tokens and surprisals differ in number.
/// @source LEAF, arXiv 2606.07610, and its published code
[[nodiscard]] std::vector<LeafResult>
leafAdvantages(std::span<const std::vector<LeafAnswer>> prompts, const LeafConfig& config);

} // namespace viva
