// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/rms_norm.h"

#include "core/base/error.h"
#include "core/nn/cpu_kernels.h"

#include <fmt/format.h>

namespace viva {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

bool kernelFits(const torch::Tensor& x, const torch::Tensor& weight) {
    return x.device().is_cpu() && x.scalar_type() == torch::kFloat32 &&
           weight.scalar_type() == torch::kFloat32;
}

/// The CPU kernels as one autograd node.
class RmsNormFunction : public torch::autograd::Function<RmsNormFunction> {
public:
    static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input,
                                 const torch::Tensor& weight, double eps) {
        const torch::Tensor x = input.contiguous();
        const std::int64_t dim = x.size(-1), rows = x.numel() / dim;
        torch::Tensor y = torch::empty_like(x);
        torch::Tensor rstd = torch::empty({rows}, x.options());
        kernels::rmsNorm(x.const_data_ptr<float>(), weight.const_data_ptr<float>(),
                         y.mutable_data_ptr<float>(), rstd.mutable_data_ptr<float>(), rows, dim,
                         static_cast<float>(eps));
        context->save_for_backward({x, weight, rstd});
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const variable_list saved = context->get_saved_variables();
        const torch::Tensor dy = grads[0].contiguous();
        const torch::Tensor& x = saved[0];
        torch::Tensor dx = torch::empty_like(x);
        torch::Tensor dWeight;
        if (context->needs_input_grad(1))
            dWeight = torch::zeros_like(saved[1]);
        kernels::rmsNormBackward(dy.const_data_ptr<float>(), x.const_data_ptr<float>(),
                                 saved[1].const_data_ptr<float>(), saved[2].const_data_ptr<float>(),
                                 dx.mutable_data_ptr<float>(),
                                 dWeight.defined() ? dWeight.mutable_data_ptr<float>() : nullptr,
                                 saved[2].numel(), x.size(-1));
        return {dx, dWeight, torch::Tensor()};
    }
};

} // namespace

torch::Tensor rmsNorm(const torch::Tensor& x, const torch::Tensor& weight, double eps) {
    if (x.dim() == 0 || x.size(-1) != weight.numel())
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("rmsNorm: the last axis of x has {} values and the weight {}",
                                x.dim() == 0 ? 0 : x.size(-1), weight.numel()));
    if (kernelFits(x, weight))
        return RmsNormFunction::apply(x, weight.contiguous(), eps);
    const torch::Tensor wide = x.to(torch::kFloat32);
    const torch::Tensor factor = (wide.square().mean(-1, true) + eps).rsqrt();
    return (wide * factor).to(x.scalar_type()) * weight;
}

RmsNormImpl::RmsNormImpl(std::int64_t dim, double eps)
    : weight(register_parameter("weight", torch::ones({dim}), false)), m_eps(eps) {}

torch::Tensor RmsNormImpl::forward(const torch::Tensor& x) const {
    return rmsNorm(x, weight, m_eps);
}

} // namespace viva
