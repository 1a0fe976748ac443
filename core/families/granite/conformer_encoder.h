// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/granite/conformer_block.h"

#include <vector>

namespace viva {

/// What happens inside one pass, for comparing with reference numbers.
struct EncoderTrace {
    torch::Tensor inputLinear;         ///< [frames, dim]
    std::vector<torch::Tensor> blocks; ///< [frames, dim] each, before the mid addition
    torch::Tensor mid;                 ///< [frames, dim], after it; undefined for a single block
};

struct EncoderOptions {
    NormMode norm; ///< frozen statistics unless the encoder itself is trained
    EncoderTrace* trace = nullptr;
};

struct EncoderOutput {
    torch::Tensor frames;    ///< [frames, outputWidth]
    torch::Tensor last;      ///< [frames, dim]: the last block's output alone
    torch::Tensor midLogits; ///< [frames, outputDim]; undefined for a single block
};

/// Conformer encoder with block-local attention and a self-conditioning CTC head in the middle.
///
/// Features [frames, inputDim] of one or several clips, packed as in ClipRows (no padding); 20 ms a
/// frame, no subsampling. Each clip gets the numbers it would get alone. No dropout. After block
/// number L / 2 (counted from 1): h += out_mid(softmax(out(h))). With captured layers the output is
/// [captured ..., last] side by side.
/// @source Granite specification section 4; names follow the checkpoint (prefix "encoder.").
class ConformerEncoderImpl : public torch::nn::Module {
public:
    explicit ConformerEncoderImpl(const EncoderConfig& config);

    /// @throws Error(ShapeMismatch) when features and rows do not fit.
    [[nodiscard]] EncoderOutput forward(const torch::Tensor& features, const ClipRows& rows,
                                        const EncoderOptions& options = {}) const;

    /// One block by its index from 0, without the mid addition.
    [[nodiscard]] torch::Tensor runBlock(std::int64_t index, const torch::Tensor& x,
                                         const ClipRows& rows) const;
    /// h + out_mid(softmax(out(h))); `logits`, if given, receives out(h).
    [[nodiscard]] torch::Tensor midAddition(const torch::Tensor& x,
                                            torch::Tensor* logits = nullptr) const;
    /// Number (from 1) of the block with the mid addition behind it; 0: none.
    [[nodiscard]] std::int64_t midBlock() const { return m_config.numLayers / 2; }

    [[nodiscard]] const EncoderConfig& config() const { return m_config; }
    [[nodiscard]] ConformerBlockImpl& block(std::int64_t index) const;

    Affine input_linear{nullptr};
    torch::nn::ModuleList layers{nullptr}; ///< of ConformerBlock
    Affine out{nullptr};                   ///< CTC labels; label 0 is the blank
    Affine out_mid{nullptr};

private:
    [[nodiscard]] bool captures(std::int64_t layer) const;

    EncoderConfig m_config;
    std::vector<ConformerBlockImpl*> m_blocks; ///< the modules of `layers`
};
TORCH_MODULE(ConformerEncoder);

} // namespace viva
