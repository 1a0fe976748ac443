// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/lora_linear.h"

#include "core/base/error.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

namespace viva {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Where a part's tensors stand in the flat list that autograd sees.
struct PartPlan {
    std::int64_t column = 0, width = 0;
    std::int64_t weight = -1, bias = -1;
    struct Adapter {
        std::int64_t a = -1, b = -1;
        double scale = 1.0;
        std::int64_t column = 0, width = 0;
    };
    std::vector<Adapter> adapters;
    bool folded = false;
};

struct ProjectionPlan : torch::CustomClassHolder {
    std::vector<PartPlan> parts;
    std::int64_t width = 0;
    double factor = 1.0;
    bool onto = false;
};

std::vector<torch::Tensor> weightsOf(const ProjectionPlan& plan, at::TensorList tensors) {
    std::vector<torch::Tensor> weights;
    for (const PartPlan& part : plan.parts)
        weights.push_back(tensors[static_cast<std::size_t>(part.weight)]);
    return weights;
}

/// Parts side by side as one autograd node, optionally added onto a residual.
class ProjectFunction : public torch::autograd::Function<ProjectFunction> {
public:
    static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x,
                                 const torch::Tensor& residual, at::TensorList tensors,
                                 const c10::intrusive_ptr<ProjectionPlan>& plan) {
        variable_list saved{x};
        saved.insert(saved.end(), tensors.begin(), tensors.end());
        torch::Tensor y = base(*plan, x, residual, tensors);
        for (const PartPlan& part : plan->parts)
            if (!part.folded)
                addAdapters(*plan, part, x, tensors, y, saved);
        context->save_for_backward(saved);
        context->saved_data["plan"] = c10::IValue::make_capsule(plan);
        context->saved_data["count"] = static_cast<std::int64_t>(tensors.size());
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const auto plan = c10::static_intrusive_pointer_cast<ProjectionPlan>(
            context->saved_data["plan"].toCapsule());
        const auto count = static_cast<std::size_t>(context->saved_data["count"].toInt());
        const variable_list saved = context->get_saved_variables();
        const torch::Tensor dy = grads[0].contiguous();
        variable_list result(count + 3); // x, residual, tensors, plan
        const at::TensorList tensors(saved.data() + 1, count);
        if (context->needs_input_grad(0))
            result[0] = inputGradient(*plan, dy, tensors);
        if (plan->onto && context->needs_input_grad(1))
            result[1] = grads[0];
        weightGradients(*context, *plan, dy, saved[0], tensors, result);
        std::size_t reduced = count + 1;
        for (const PartPlan& part : plan->parts) {
            if (part.folded)
                foldedGradients(*plan, part, dy, saved, result);
            else
                for (const PartPlan::Adapter& adapter : part.adapters)
                    adapterGradients(*context, *plan, adapter, dy, saved, saved[reduced++], result);
        }
        return result;
    }

private:
    static torch::Tensor base(const ProjectionPlan& plan, const torch::Tensor& x,
                              const torch::Tensor& residual, at::TensorList tensors) {
        const std::vector<torch::Tensor> weights = weightsOf(plan, tensors);
        const torch::Tensor packed = packedView(weights);
        torch::Tensor y;
        if (plan.onto)
            y = torch::addmm(residual, x, weights[0].t(), 1.0, plan.factor);
        else if (packed.defined())
            y = torch::mm(x, packed.t());
        else {
            y = torch::empty({x.size(0), plan.width}, x.options());
            for (std::size_t i = 0; i < weights.size(); ++i) {
                torch::Tensor slice = y.narrow(1, plan.parts[i].column, plan.parts[i].width);
                torch::mm_out(slice, x, weights[i].t());
            }
        }
        for (const PartPlan& part : plan.parts)
            if (part.bias >= 0)
                y.narrow(1, part.column, part.width)
                    .add_(tensors[static_cast<std::size_t>(part.bias)], plan.factor);
        return y;
    }

    static void addAdapters(const ProjectionPlan& plan, const PartPlan& part,
                            const torch::Tensor& x, at::TensorList tensors, torch::Tensor& y,
                            variable_list& saved) {
        for (const PartPlan::Adapter& adapter : part.adapters) {
            const torch::Tensor a =
                tensors[static_cast<std::size_t>(adapter.a)].to(x.scalar_type());
            const torch::Tensor b =
                tensors[static_cast<std::size_t>(adapter.b)].to(x.scalar_type());
            torch::Tensor reduced = torch::mm(x, a.t());
            y.narrow(1, adapter.column, adapter.width)
                .addmm_(reduced, b.t(), 1.0, plan.factor * adapter.scale);
            saved.push_back(std::move(reduced));
        }
    }

    static torch::Tensor inputGradient(const ProjectionPlan& plan, const torch::Tensor& dy,
                                       at::TensorList tensors) {
        const std::vector<torch::Tensor> weights = weightsOf(plan, tensors);
        const torch::Tensor packed = packedView(weights);
        torch::Tensor dx = packed.defined() ? torch::mm(dy, packed) : torch::Tensor();
        if (!packed.defined())
            for (std::size_t i = 0; i < weights.size(); ++i) {
                const torch::Tensor slice = dy.narrow(1, plan.parts[i].column, plan.parts[i].width);
                if (dx.defined())
                    dx.addmm_(slice, weights[i]);
                else
                    dx = torch::mm(slice, weights[i]);
            }
        return plan.factor == 1.0 ? dx : dx.mul_(plan.factor);
    }

    static void weightGradients(const AutogradContext& context, const ProjectionPlan& plan,
                                const torch::Tensor& dy, const torch::Tensor& x,
                                at::TensorList tensors, variable_list& result) {
        for (const PartPlan& part : plan.parts) {
            const auto weight = static_cast<std::size_t>(part.weight) + 2;
            const torch::Tensor slice = dy.narrow(1, part.column, part.width);
            if (context.needs_input_grad(weight)) {
                result[weight] = torch::mm(slice.t(), x);
                if (plan.factor != 1.0)
                    result[weight].mul_(plan.factor);
            }
            const auto bias = static_cast<std::size_t>(part.bias) + 2;
            if (part.bias >= 0 && context.needs_input_grad(bias))
                result[bias] = slice.sum(0).mul_(plan.factor).to(tensors[bias - 2].scalar_type());
        }
    }

    static void adapterGradients(const AutogradContext& context, const ProjectionPlan& plan,
                                 const PartPlan::Adapter& adapter, const torch::Tensor& dy,
                                 const variable_list& saved, const torch::Tensor& reduced,
                                 variable_list& result) {
        const auto aAt = static_cast<std::size_t>(adapter.a),
                   bAt = static_cast<std::size_t>(adapter.b);
        const torch::Tensor& x = saved[0];
        const double scale = plan.factor * adapter.scale;
        const torch::Tensor slice = dy.narrow(1, adapter.column, adapter.width);
        const bool wantX = result[0].defined(), wantA = context.needs_input_grad(aAt + 2);
        if (context.needs_input_grad(bAt + 2))
            result[bAt + 2] = torch::mm(slice.t(), reduced).to(torch::kFloat32).mul_(scale);
        if (!wantX && !wantA)
            return;
        const torch::Tensor b = saved[bAt + 1].to(x.scalar_type());
        const torch::Tensor dReduced = torch::mm(slice, b).mul_(scale);
        if (wantX)
            result[0].addmm_(dReduced, saved[aAt + 1].to(x.scalar_type()));
        if (wantA)
            result[aAt + 2] = torch::mm(dReduced.t(), x).to(torch::kFloat32);
    }

    /// dA and dB of adapters that are in the weight: the factors A of a part stand side by side, so
    /// that each product with x is made once. The input's gradient came with the weight's.
    static void foldedGradients(const ProjectionPlan& plan, const PartPlan& part,
                                const torch::Tensor& dy, const variable_list& saved,
                                variable_list& result) {
        if (part.adapters.empty())
            return;
        const torch::Tensor& x = saved[0];
        std::vector<torch::Tensor> factors;
        for (const PartPlan::Adapter& adapter : part.adapters)
            factors.push_back(saved[static_cast<std::size_t>(adapter.a) + 1]);
        const torch::ScalarType type = x.scalar_type();
        const torch::Tensor a =
            (factors.size() == 1 ? factors[0] : torch::cat(factors, 0)).to(type);
        const torch::Tensor reduced = torch::mm(x, a.t());
        torch::Tensor dReduced = torch::empty_like(reduced);
        std::int64_t at = 0;
        for (std::size_t i = 0; i < factors.size(); ++i) {
            const PartPlan::Adapter& adapter = part.adapters[i];
            const auto bAt = static_cast<std::size_t>(adapter.b);
            const std::int64_t rank = factors[i].size(0);
            const double scale = plan.factor * adapter.scale;
            const torch::Tensor slice = dy.narrow(1, adapter.column, adapter.width);
            result[bAt + 2] =
                torch::mm(slice.t(), reduced.narrow(1, at, rank)).to(torch::kFloat32).mul_(scale);
            torch::Tensor place = dReduced.narrow(1, at, rank);
            torch::mm_out(place, slice, (saved[bAt + 1] * scale).to(type));
            at += rank;
        }
        const torch::Tensor dA = torch::mm(dReduced.t(), x).to(torch::kFloat32);
        at = 0;
        for (std::size_t i = 0; i < factors.size(); ++i) {
            result[static_cast<std::size_t>(part.adapters[i].a) + 2] =
                dA.narrow(0, at, factors[i].size(0));
            at += factors[i].size(0);
        }
    }
};

void checkPart(const torch::Tensor& x, const LinearPart& part) {
    if (x.dim() != 2 || part.weight.dim() != 2 || x.size(1) != part.weight.size(1))
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("projectParts: input {} does not fit weight {}",
                                shapeText(x.sizes()), shapeText(part.weight.sizes())));
}

bool hasDropout(const std::vector<LinearPart>& parts) {
    for (const LinearPart& part : parts)
        for (const LowRank& adapter : part.adapters)
            if (adapter.dropout > 0.0)
                return true;
    return false;
}

/// Plain operators, for the rare run with adapter dropout.
torch::Tensor projectWithDropout(const torch::Tensor& x, const std::vector<LinearPart>& parts) {
    std::vector<torch::Tensor> outputs;
    for (const LinearPart& part : parts) {
        torch::Tensor y = torch::linear(x, part.weight, part.bias);
        for (const LowRank& adapter : part.adapters) {
            const torch::Tensor dropped = torch::dropout(x, adapter.dropout, true);
            const torch::Tensor reduced = torch::linear(dropped, adapter.a.to(x.scalar_type()));
            y = y + torch::linear(reduced, adapter.b.to(x.scalar_type())) * adapter.scale;
        }
        outputs.push_back(y);
    }
    return outputs.size() == 1 ? outputs[0] : torch::cat(outputs, 1);
}

torch::Tensor runProject(const torch::Tensor& input, const torch::Tensor& residual,
                         const std::vector<LinearPart>& parts, double factor) {
    const torch::Tensor x = input.contiguous();
    auto plan = c10::make_intrusive<ProjectionPlan>();
    plan->factor = factor;
    plan->onto = residual.defined();
    std::vector<torch::Tensor> tensors;
    const auto put = [&](const torch::Tensor& tensor) {
        tensors.push_back(tensor);
        return static_cast<std::int64_t>(tensors.size()) - 1;
    };
    for (const LinearPart& part : parts) {
        checkPart(x, part);
        PartPlan place;
        place.column = plan->width;
        place.width = part.weight.size(0);
        place.weight = put(part.weight);
        if (part.bias.defined())
            place.bias = put(part.bias);
        for (const LowRank& adapter : part.adapters) {
            const std::int64_t a = put(adapter.a);
            place.adapters.push_back(
                {a, put(adapter.b), adapter.scale, place.column + adapter.row, adapter.b.size(0)});
        }
        place.folded = part.folded;
        plan->width += place.width;
        plan->parts.push_back(std::move(place));
    }
    // Inputs of a node must be tensors; an empty one stands for none.
    const torch::Tensor onto = plan->onto ? residual : torch::empty({0}, x.options());
    return ProjectFunction::apply(x, onto, at::TensorList(tensors), plan);
}

} // namespace

torch::Tensor projectParts(const torch::Tensor& x, const std::vector<LinearPart>& parts) {
    if (parts.empty())
        throw Error(ErrorCode::InvalidArgument, "projectParts: no parts were given");
    if (hasDropout(parts))
        return projectWithDropout(x, parts);
    return runProject(x, {}, parts, 1.0);
}

torch::Tensor projectOnto(const torch::Tensor& residual, const torch::Tensor& x,
                          const LinearPart& part, double factor) {
    if (hasDropout({part}))
        return residual + projectWithDropout(x, {part}) * factor;
    return runProject(x, residual, {part}, factor);
}

} // namespace viva
