// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention/attention.h"

#include "core/base/error.h"
#include "core/nn/attention/attention_cpu.h"
#include "core/nn/attention/attention_padded.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What forward and backward of one call share beside tensors.
struct AttentionPlan : torch::CustomClassHolder {
    TokenRows rows;
    AttentionShape shape;
    std::vector<std::int64_t> prefixLengths;
    torch::Tensor cos, sin;
    std::int64_t keyTime = 0; ///< 0: keys and values are not returned

    [[nodiscard]] kernels::AttentionTask task(const torch::Tensor& qkv, const torch::Tensor& keys,
                                              const torch::Tensor& values) const {
        kernels::AttentionTask task;
        task.rows = &rows;
        task.shape = shape;
        task.qkv = const_cast<float*>(qkv.const_data_ptr<float>());
        task.cos = cos.const_data_ptr<float>();
        task.sin = sin.const_data_ptr<float>();
        if (keys.dim() == 4) {
            task.prefixKeys = keys.const_data_ptr<float>();
            task.prefixValues = values.const_data_ptr<float>();
            task.prefixTime = keys.size(2);
            task.prefixLengths = &prefixLengths;
        }
        return task;
    }
};

torch::Tensor headsOf(const AttentionPlan& plan, const kernels::AttentionTask& task, bool values,
                      const torch::Tensor& like) {
    torch::Tensor out = torch::empty(
        {plan.rows.rows(), plan.shape.kvHeads, plan.keyTime, plan.shape.headDim}, like.options());
    kernels::copyHeads(task, values, plan.keyTime, out.mutable_data_ptr<float>());
    return out;
}

variable_list runForward(const AttentionPlan& plan, const torch::Tensor& qkv,
                         const torch::Tensor& keys, const torch::Tensor& values,
                         torch::Tensor& probabilities) {
    kernels::AttentionTask task = plan.task(qkv, keys, values);
    probabilities = torch::empty({kernels::probabilityCount(task)}, qkv.options());
    task.probabilities = probabilities.mutable_data_ptr<float>();
    torch::Tensor output =
        torch::empty({qkv.size(0), plan.shape.heads * plan.shape.headDim}, qkv.options());
    kernels::attentionForward(task, output.mutable_data_ptr<float>());
    variable_list results{output};
    if (plan.keyTime > 0) {
        results.push_back(headsOf(plan, task, false, qkv));
        results.push_back(headsOf(plan, task, true, qkv));
    }
    return results;
}

/// The float32 CPU kernels as one autograd node.
class AttentionFunction : public torch::autograd::Function<AttentionFunction> {
public:
    static variable_list forward(AutogradContext* context, const torch::Tensor& qkv,
                                 const torch::Tensor& keys, const torch::Tensor& values,
                                 const c10::intrusive_ptr<AttentionPlan>& plan) {
        torch::Tensor probabilities;
        variable_list results = runForward(*plan, qkv, keys, values, probabilities);
        context->save_for_backward({qkv.detach(), keys, values, probabilities});
        context->saved_data["plan"] = c10::IValue::make_capsule(plan);
        context->set_materialize_grads(false);
        return results;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const auto plan = c10::static_intrusive_pointer_cast<AttentionPlan>(
            context->saved_data["plan"].toCapsule());
        const variable_list saved = context->get_saved_variables();
        kernels::AttentionTask task = plan->task(saved[0], saved[1], saved[2]);
        task.probabilities = saved[3].mutable_data_ptr<float>();
        variable_list held = contiguous(*plan, grads, saved[0]);
        torch::Tensor dQkv = torch::empty_like(saved[0]), dKeys, dValues;
        kernels::AttentionGradients out;
        out.dOutput = held[0].const_data_ptr<float>();
        out.dKeys = held[1].defined() ? held[1].const_data_ptr<float>() : nullptr;
        out.dValues = held[2].defined() ? held[2].const_data_ptr<float>() : nullptr;
        out.keyTime = plan->keyTime;
        out.dQkv = dQkv.mutable_data_ptr<float>();
        if (saved[1].defined() && context->needs_input_grad(1)) {
            dKeys = torch::zeros_like(saved[1]);
            out.dPrefixKeys = dKeys.mutable_data_ptr<float>();
        }
        if (saved[2].defined() && context->needs_input_grad(2)) {
            dValues = torch::zeros_like(saved[2]);
            out.dPrefixValues = dValues.mutable_data_ptr<float>();
        }
        kernels::attentionBackward(task, out);
        return {dQkv, dKeys, dValues, torch::Tensor()};
    }

private:
    /// Gradients of output, keys, values: dense, the output's never undefined.
    static variable_list contiguous(const AttentionPlan& plan, const variable_list& grads,
                                    const torch::Tensor& qkv) {
        variable_list held(3);
        for (std::size_t i = 0; i < grads.size(); ++i)
            if (grads[i].defined())
                held[i] = grads[i].contiguous();
        if (!held[0].defined())
            held[0] =
                torch::zeros({qkv.size(0), plan.shape.heads * plan.shape.headDim}, qkv.options());
        return held;
    }
};

void checkCall(const torch::Tensor& qkv, const TokenRows& rows, const AttentionShape& shape,
               const SharedPrefix* prefix) {
    if (shape.kvHeads <= 0 || shape.heads % shape.kvHeads != 0)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("ropeAttention: {} heads cannot share {} key/value heads",
                                shape.heads, shape.kvHeads));
    if (qkv.dim() != 2 || qkv.size(0) != rows.tokens() || qkv.size(1) != shape.qkvWidth())
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("ropeAttention: qkv is {}, {} tokens of width {} were announced",
                                shapeText(qkv.sizes()), rows.tokens(), shape.qkvWidth()));
    const bool fits =
        prefix == nullptr
            ? rows.prefixOf.empty()
            : static_cast<std::int64_t>(rows.prefixOf.size()) == rows.rows() &&
                  prefix->keys.size(0) == static_cast<std::int64_t>(prefix->lengths.size());
    if (!fits)
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("ropeAttention: {} rows name {} prompts, the prefix holds {}",
                                rows.rows(), rows.prefixOf.size(),
                                prefix == nullptr ? 0 : prefix->lengths.size()));
}

std::int64_t positionsNeeded(const TokenRows& rows, const SharedPrefix* prefix) {
    std::int64_t longest = 0;
    if (prefix != nullptr)
        for (const std::int64_t length : prefix->lengths)
            longest = std::max(longest, length);
    return std::max<std::int64_t>(longest + rows.longest(), 1);
}

} // namespace

AttentionResult ropeAttention(const torch::Tensor& qkv, const TokenRows& rows,
                              const AttentionShape& shape, const RopeTable& rope,
                              const SharedPrefix* prefix, bool wantKeysValues) {
    checkCall(qkv, rows, shape, prefix);
    const auto [cos, sin] = rope.upTo(positionsNeeded(rows, prefix));
    if (!qkv.device().is_cpu() || qkv.scalar_type() != torch::kFloat32)
        return paddedAttention(qkv, rows, shape, {cos, sin}, prefix, wantKeysValues);
    auto plan = c10::make_intrusive<AttentionPlan>();
    plan->rows = rows;
    plan->shape = shape;
    plan->cos = cos;
    plan->sin = sin;
    plan->keyTime = wantKeysValues ? std::max<std::int64_t>(rows.longest(), 1) : 0;
    // Inputs of a node must be tensors; an empty one stands for no prefix.
    torch::Tensor keys = torch::empty({0}, qkv.options()), values = keys;
    if (prefix != nullptr) {
        plan->prefixLengths = prefix->lengths;
        keys = prefix->keys.contiguous();
        values = prefix->values.contiguous();
    }
    const variable_list results = AttentionFunction::apply(qkv.contiguous(), keys, values, plan);
    if (!wantKeysValues)
        return {results[0], {}, {}};
    return {results[0], results[1], results[2]};
}

} // namespace viva
