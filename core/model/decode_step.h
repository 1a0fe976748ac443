// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder.h"

#include <torch/torch.h>

#include <memory>
#include <vector>

namespace viva {

/// Answers that grow token by token over shared prompts. Rows are numbered 0, 1, ... among those
/// that are still running; the order given at construction is kept.
class DecodeStep {
public:
    virtual ~DecodeStep() = default;

    /// Logits [rows, vocab] float32, divided by logits_scaling, that follow the prompts alone.
    [[nodiscard]] virtual torch::Tensor first() = 0;
    /// The same after one more token a row.
    [[nodiscard]] virtual torch::Tensor next(const std::vector<std::int64_t>& ids) = 0;
    /// Lets every row go that is not listed (ascending).
    virtual void keepRows(const std::vector<std::int64_t>& rows) = 0;
};

/// What a DecodeStep is made for. `promptOf` is ascending; each row may get `capacity` tokens fed
/// back.
struct DecodePlan {
    std::vector<std::int64_t> promptOf;
    std::int64_t capacity = 0;
};

/// By kernels on plain memory; null unless everything is float32 on the CPU, folded and without
/// biases.
[[nodiscard]] std::unique_ptr<DecodeStep>
makeCpuDecodeStep(const Decoder& decoder, const PromptCache& prompts, const DecodePlan& plan);

/// By tensor operators, on any device and dtype.
[[nodiscard]] std::unique_ptr<DecodeStep>
makeTensorDecodeStep(const Decoder& decoder, const PromptCache& prompts, const DecodePlan& plan);

} // namespace viva
