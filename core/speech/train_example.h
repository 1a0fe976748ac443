// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/question.h"

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace viva {

/// One example ready for the decoder: everything up to the projector is done.
struct TrainExample {
    Question question;
    torch::Tensor
        embeddings; ///< [time, hidden], audio and text merged, before embedding_multiplier;
                    ///< undefined where weights that make it are trained
    std::vector<std::int64_t> promptIds; ///< placeholders repeated; only where they are
    torch::Tensor audio;                 ///< [frames, width] at the cache's stage; likewise
    std::vector<std::int64_t> targetIds; ///< the first reference's tokens with EOS
    /// Tokens with EOS of every reference, the first again included; may be empty where only the
    /// first one is wanted.
    std::vector<std::vector<std::int64_t>> referenceIds;
};

/// Where examples come from. Called on the trainer's thread only.
class ExampleSource {
public:
    virtual ~ExampleSource() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    [[nodiscard]] virtual TrainExample example(std::size_t index) = 0;
};

/// Tokens back to text. Called from several threads at once.
struct AnswerTexts {
    /// An answer's text, special tokens left out.
    std::function<std::string(std::span<const std::int64_t>)> text;
    /// Each token's own text, for colouring.
    std::function<std::vector<std::string>(std::span<const std::int64_t>)> pieces;
};

} // namespace viva
