// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/optimizer.h"

#include "core/base/error.h"
#include "core/train/tensor_copies.h"

#include <fmt/format.h>

#include <cmath>

namespace viva {
namespace {

void requireSameShapes(const std::vector<torch::Tensor>& tensors,
                       const std::vector<torch::Tensor>& parameters, const char* what) {
    if (tensors.size() != parameters.size())
        throw Error(ErrorCode::ShapeMismatch, fmt::format("AdamW: {} {} for {} parameters",
                                                          tensors.size(), what, parameters.size()));
    for (std::size_t i = 0; i < tensors.size(); ++i)
        if (tensors[i].sizes() != parameters[i].sizes())
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("AdamW: {} {} is {}, its parameter is {}", what, i,
                                    c10::str(tensors[i].sizes()), c10::str(parameters[i].sizes())));
}

std::vector<torch::Tensor> zerosLike(const std::vector<torch::Tensor>& parameters) {
    std::vector<torch::Tensor> result;
    for (const auto& parameter : parameters)
        result.push_back(torch::zeros_like(parameter, torch::kFloat32).detach());
    return result;
}

} // namespace

double totalNorm(const std::vector<torch::Tensor>& tensors) {
    if (tensors.empty())
        return 0;
    const torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> norms;
    norms.reserve(tensors.size());
    for (const auto& tensor : tensors)
        norms.push_back(torch::linalg_vector_norm(tensor, 2, {}, false, torch::kDouble));
    return torch::linalg_vector_norm(torch::stack(norms)).item<double>();
}

AdamW::AdamW(std::vector<torch::Tensor> parameters, AdamWConfig config)
    : m_parameters(std::move(parameters)), m_config(config) {
    m_state.expAvg = zerosLike(m_parameters);
    m_state.expAvgSq = zerosLike(m_parameters);
    for (const auto& parameter : m_parameters)
        m_stepCounts.push_back(
            torch::zeros({}, parameter.options().dtype(torch::kFloat32)).detach());
}

double AdamW::step(std::vector<torch::Tensor>& gradients, double learningRate, double maxGradNorm) {
    requireSameShapes(gradients, m_parameters, "gradients");
    const torch::NoGradGuard noGrad;
    const double norm = totalNorm(gradients);
    if (!std::isfinite(norm))
        return norm;
    if (maxGradNorm > 0 && norm > maxGradNorm)
        for (auto& gradient : gradients)
            gradient.mul_(maxGradNorm / (norm + 1e-6));
    ++m_state.updates;
    for (auto& count : m_stepCounts)
        count.fill_(static_cast<double>(m_state.updates));
    at::_fused_adamw_(m_parameters, gradients, m_state.expAvg, m_state.expAvgSq, {}, m_stepCounts,
                      learningRate, m_config.beta1, m_config.beta2, m_config.weightDecay,
                      m_config.epsilon, /*amsgrad=*/false, /*maximize=*/false);
    return norm;
}

AdamWState AdamW::state() const {
    return {m_state.updates, copies(m_state.expAvg), copies(m_state.expAvgSq)};
}

void AdamW::restore(const AdamWState& state) {
    requireSameShapes(state.expAvg, m_parameters, "first moments");
    requireSameShapes(state.expAvgSq, m_parameters, "second moments");
    const torch::NoGradGuard noGrad;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        m_state.expAvg[i].copy_(state.expAvg[i]);
        m_state.expAvgSq[i].copy_(state.expAvgSq[i]);
    }
    m_state.updates = state.updates;
}

} // namespace viva
