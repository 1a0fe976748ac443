// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

namespace viva {

/// The same values in tensors of their own, outside any graph.
[[nodiscard]] inline std::vector<torch::Tensor> copies(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> result;
    result.reserve(tensors.size());
    for (const auto& tensor : tensors)
        result.push_back(tensor.detach().clone());
    return result;
}

} // namespace viva
