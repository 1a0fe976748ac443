// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

namespace viva {

/// One gradient a parameter.
using Gradients = std::vector<torch::Tensor>;

/// d loss / d parameters, without touching .grad, so that several threads may differentiate with
/// respect to the same parameters. Parameters the loss does not reach get zeros.
[[nodiscard]] Gradients gradientsOf(const torch::Tensor& loss,
                                    const std::vector<torch::Tensor>& parameters);

/// sum += gradients; an empty sum takes the gradients over.
void addGradients(Gradients& sum, Gradients gradients);

/// Adds up one sum a worker in the order of workers, whatever order they finished in. Workers that
/// had nothing to do (an empty sum) are left out. Empty when nobody had.
[[nodiscard]] Gradients sumInOrder(std::vector<Gradients> byWorker);

} // namespace viva
