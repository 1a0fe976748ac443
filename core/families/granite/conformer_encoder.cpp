// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/conformer_encoder.h"

#include "core/nn/shape_check.h"

#include <algorithm>

namespace viva {

ConformerEncoderImpl::ConformerEncoderImpl(const EncoderConfig& config) : m_config(config) {
    input_linear = register_module("input_linear", Affine(config.inputDim, config.hiddenDim));
    layers = register_module("layers", torch::nn::ModuleList());
    for (std::int64_t i = 0; i < config.numLayers; ++i) {
        ConformerBlock made(config);
        layers->push_back(made);
        m_blocks.push_back(made.get());
    }
    out = register_module("out", Affine(config.hiddenDim, config.outputDim));
    out_mid = register_module("out_mid", Affine(config.outputDim, config.hiddenDim));
}

ConformerBlockImpl& ConformerEncoderImpl::block(std::int64_t index) const {
    return *m_blocks.at(static_cast<std::size_t>(index));
}

bool ConformerEncoderImpl::captures(std::int64_t layer) const {
    const auto& list = m_config.catHiddenLayers;
    return std::find(list.begin(), list.end(), layer) != list.end();
}

torch::Tensor ConformerEncoderImpl::runBlock(std::int64_t index, const torch::Tensor& x,
                                             const ClipRows& rows) const {
    const auto blocks = AttentionBlocks::make(rows, m_config.contextSize, x.device());
    return block(index).forward(x, rows, blocks, NormMode{});
}

torch::Tensor ConformerEncoderImpl::midAddition(const torch::Tensor& x,
                                                torch::Tensor* logits) const {
    const torch::Tensor labels = out->forward(x);
    if (logits != nullptr)
        *logits = labels;
    return x + out_mid->forward(torch::softmax(labels, -1));
}

EncoderOutput ConformerEncoderImpl::forward(const torch::Tensor& features, const ClipRows& rows,
                                            const EncoderOptions& options) const {
    checkShape(features, {rows.frames(), m_config.inputDim}, "ConformerEncoder: features");
    const auto blocks = AttentionBlocks::make(rows, m_config.contextSize, features.device());
    EncoderOutput result;
    std::vector<torch::Tensor> captured;
    torch::Tensor h = input_linear->forward(features.to(input_linear->weight.scalar_type()));
    if (options.trace != nullptr)
        options.trace->inputLinear = h;
    if (captures(0))
        captured.push_back(h);
    for (std::int64_t number = 1; number <= m_config.numLayers; ++number) {
        h = block(number - 1).forward(h, rows, blocks, options.norm);
        if (options.trace != nullptr)
            options.trace->blocks.push_back(h);
        if (number == midBlock()) {
            h = midAddition(h, &result.midLogits);
            if (options.trace != nullptr)
                options.trace->mid = h;
        }
        if (captures(number))
            captured.push_back(h);
    }
    result.last = h;
    captured.push_back(h);
    result.frames = captured.size() == 1 ? h : torch::cat(captured, -1);
    return result;
}

} // namespace viva
