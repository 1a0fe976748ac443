// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder.h"

#include <torch/torch.h>

namespace viva {

/// Answers to prompts of a PromptCache.
struct AnswerBatch {
    torch::Tensor ids; ///< [rows, maxTokens] int64 on the CPU, right-padded with anything
    std::vector<std::int64_t> lengths;  ///< tokens of each row, EOS included, 0 .. maxTokens
    std::vector<std::int64_t> promptOf; ///< row to prompt of the cache; any order
};

/// How likely given answers are.
struct AnswerScores {
    torch::Tensor
        logProbs; ///< [rows, maxTokens] float32, 0 in padding; carries the graph in grad mode
    torch::Tensor entropy; ///< same shape, nats; undefined unless asked for
};

struct ScoreOptions {
    bool wantEntropy = false;
    bool entropyGradient = false; ///< the entropy carries the graph too, for an entropy bonus
    /// Tokens whose vocabulary-wide logits are held at once; 0 picks about 16 M logits.
    std::int64_t tokensPerChunk = 0;
};

/// log softmax(logits / temperature)[token] for every token of every answer, given its prompt and
/// the tokens before it.
///
/// The prompt's keys and values are read where they lie, so the cost is the answers' tokens only;
/// the weights are those the cache was made with. Padding, the order of rows and what else is in
/// the batch do not matter. Gradients equal those of running prompt and answer as one causal row.
/// @throws Error(ShapeMismatch | InvalidArgument) when the batch does not fit the cache, or `state`
/// is not the one the cache was made under.
/// @source paper section 2; engine guide, "One GRPO step" 4.
[[nodiscard]] AnswerScores answerLogProbs(const Decoder& decoder, const PromptCache& prompts,
                                          const AnswerBatch& answers, AdapterState state,
                                          double temperature, const ScoreOptions& options = {});

/// log softmax(hidden weight^T * logitScale) at targets, chunk by chunk.
///
/// hidden [tokens, dim], weight [vocab, dim], targets [tokens] int64; result [tokens] float32. The
/// backward recomputes the logits of a chunk unless all of them were few enough to keep. `entropy`,
/// if given, receives [tokens] in nats, without graph unless `entropyGradient`.
[[nodiscard]] torch::Tensor tokenLogProbs(const torch::Tensor& hidden, const torch::Tensor& weight,
                                          const torch::Tensor& targets, double logitScale,
                                          std::int64_t tokensPerChunk = 0,
                                          torch::Tensor* entropy = nullptr,
                                          bool entropyGradient = false);

} // namespace viva
