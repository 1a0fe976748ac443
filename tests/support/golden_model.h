// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"
#include "core/nn/safetensors.h"
#include "core/nn/weight_loader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace viva::test {

inline std::filesystem::path goldenModel(const std::string& name) {
    return std::filesystem::path(VIVA_GOLDEN_DIR) / "models" / name;
}

/// Copies the stored weights of one part by name; a missing one throws.
inline void fillFrom(const CheckpointWeights& weights, const torch::nn::Module& module,
                     const std::string& prefix) {
    const torch::NoGradGuard noGrad;
    for (const auto& target : weightTargets(module, prefix))
        if (target.required)
            torch::Tensor(target.tensor).copy_(weights.tensor(target.name));
}

inline double maxDifference(const torch::Tensor& a, const torch::Tensor& b) {
    EXPECT_EQ(a.sizes(), b.sizes());
    return a.sizes() == b.sizes() ? (a - b).abs().max().item<double>() : 1e9;
}

} // namespace viva::test
