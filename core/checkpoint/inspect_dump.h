// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/speech/inference_session.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// What is run through a model to be looked at.
struct DumpRequest {
    ModelChoice model;
    std::filesystem::path clip;          ///< empty: text alone
    std::string question;                ///< laid out by the chat template
    std::optional<std::string> system{}; ///< replaces the template's own system turn
    bool bundled = true;                 ///< the checkpoint's own adapter is on
    std::filesystem::path output;
};

struct DumpResult {
    std::string prompt; ///< as it was tokenized, one audio placeholder
    std::vector<std::pair<std::string, std::vector<std::int64_t>>> tensors; ///< names and shapes
};

/// Runs one clip and prompt and writes every stage by name, so that anyone can hold it against
/// another implementation (float32, one clip, no padding):
///
///   ids [n]; features [frames, 2 mels]; encoder/input_linear, encoder/blockI (before the mid
///   addition), encoder/mid, encoder/final [frames, width]; projector/qformer_layerJ
///   [windows, queries, dim]; projector/out [tokens, hidden]; merged [n, hidden] (before
///   embedding_multiplier); lm/layerI, lm/norm [n, hidden]; logits [n, vocab] (divided by
///   logits_scaling; row r predicts token r + 1).
///
/// The prompt's text and what made the file are in its metadata.
/// @return no tensors when the stop token ended it.
/// @throws Error naming file and cure.
DumpResult dumpActivations(const DumpRequest& request,
                           const std::function<void(double)>& progress = {},
                           std::stop_token stop = {});

} // namespace viva
