// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

namespace viva {

/// Names are TRL's / transformers': adam_beta1, adam_beta2, adam_epsilon, weight_decay.
struct AdamWConfig {
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weightDecay = 0.0;
};

/// The optimizer's memory, beside the parameters it belongs to.
struct AdamWState {
    std::int64_t updates = 0;
    std::vector<torch::Tensor> expAvg;   ///< first moments, shaped as the parameters
    std::vector<torch::Tensor> expAvgSq; ///< second moments
};

/// AdamW with decoupled weight decay over a fixed list of float32 parameters, one fused update a
/// step.
///   p <- p - lr (wd p + mHat / (sqrt(vHat) + eps))
/// @source Loshchilov and Hutter, arXiv 1711.05101, algorithm 2
class AdamW {
public:
    AdamW(std::vector<torch::Tensor> parameters, AdamWConfig config);

    /// Scales the gradients to a norm of at most maxGradNorm (0 = off), then updates in place.
    /// Gradients are shaped as the parameters and may be changed. Returns the norm before clipping.
    /// A norm that is not finite leaves everything as it was.
    /// @throws Error(ShapeMismatch)
    double step(std::vector<torch::Tensor>& gradients, double learningRate, double maxGradNorm);

    /// Copies, so that later steps do not change it.
    [[nodiscard]] AdamWState state() const;
    /// @throws Error(ShapeMismatch) naming the first tensor that does not fit.
    void restore(const AdamWState& state);
    [[nodiscard]] const std::vector<torch::Tensor>& parameters() const { return m_parameters; }

private:
    std::vector<torch::Tensor> m_parameters;
    AdamWConfig m_config;
    AdamWState m_state;
    std::vector<torch::Tensor> m_stepCounts;
};

/// Euclidean norm over all tensors together, in double precision.
[[nodiscard]] double totalNorm(const std::vector<torch::Tensor>& tensors);

} // namespace viva
