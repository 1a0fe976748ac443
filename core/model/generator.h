// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/config/generation_config.h"
#include "core/model/decoder.h"

#include <torch/torch.h>

#include <span>
#include <stop_token>

namespace viva {

/// Sampled answers; row = prompt * answersPerPrompt + i.
struct Generated {
    torch::Tensor ids;                 ///< [rows, maxTokens] int64, pad id behind each length
    std::vector<std::int64_t> lengths; ///< EOS included
    std::vector<bool> finished; ///< ended by EOS; false: truncated by maxCompletionLength or a stop
    torch::Tensor
        logProbs; ///< [rows, maxTokens] float32: of the distribution that was sampled, 0 in padding
    torch::Tensor fullLogProbs; ///< same, at the temperature but before top-k, top-p, min-p; what
                                ///< answerLogProbs gives for the same answer (to 1e-4 in float32)
    bool stopped = false;       ///< the stop token ended it early
};

/// Samples answersPerPrompt answers to every prompt of the cache, without graph.
///
/// All rows decode as one batch; the prompt's keys and values are shared; a row leaves when it
/// ends. One uniform number a token is drawn from the row's own stream (greedy draws none), so the
/// outcome does not depend on what else is in the batch. maxTokens of the result is the longest
/// answer.
/// @param rowStreams one stream a row, advanced by the tokens drawn.
/// @throws Error(InvalidArgument) for settings out of range, Error(ShapeMismatch) when streams and
/// rows differ or `state` is not the one the cache was made under.
[[nodiscard]] Generated generate(const Decoder& decoder, const PromptCache& prompts,
                                 int answersPerPrompt, const GenerationConfig& config,
                                 std::span<Rng> rowStreams, AdapterState state,
                                 std::stop_token stop = {});

} // namespace viva
