// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/gradient_sum.h"

namespace viva {

Gradients gradientsOf(const torch::Tensor& loss, const std::vector<torch::Tensor>& parameters) {
    auto gradients = torch::autograd::grad({loss}, parameters, /*grad_outputs=*/{},
                                           /*retain_graph=*/c10::nullopt, /*create_graph=*/false,
                                           /*allow_unused=*/true);
    for (std::size_t i = 0; i < gradients.size(); ++i)
        // The fused update walks memory, so layouts must be those of the parameters.
        gradients[i] = gradients[i].defined() ? gradients[i].contiguous()
                                              : torch::zeros_like(parameters[i]).detach();
    return gradients;
}

void addGradients(Gradients& sum, Gradients gradients) {
    if (sum.empty()) {
        sum = std::move(gradients);
        return;
    }
    const torch::NoGradGuard noGrad;
    at::_foreach_add_(sum, gradients);
}

Gradients sumInOrder(std::vector<Gradients> byWorker) {
    Gradients sum;
    for (auto& gradients : byWorker)
        if (!gradients.empty())
            addGradients(sum, std::move(gradients));
    return sum;
}

} // namespace viva
