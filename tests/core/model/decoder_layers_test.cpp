// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/decoder_block.h"
#include "core/nn/attention/rope.h"
#include "core/nn/cpu_kernels.h"
#include "core/nn/lora_linear.h"
#include "core/nn/rms_norm.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva::test {
namespace {

double difference(const torch::Tensor& a, const torch::Tensor& b) {
    EXPECT_EQ(a.sizes(), b.sizes());
    return (a - b).abs().max().item<double>();
}

torch::Tensor leaf(std::vector<std::int64_t> sizes) {
    return torch::randn(sizes).set_requires_grad(true);
}

TEST(RmsNorm, EqualsItsFormulaWithGradients) {
    torch::manual_seed(1);
    const torch::Tensor x = leaf({7, 33}), weight = leaf({33}), probe = torch::randn({7, 33});
    const torch::Tensor y = rmsNorm(x, weight, 1e-3);
    const torch::Tensor plain = x * (x.square().mean(-1, true) + 1e-3).rsqrt() * weight;
    EXPECT_LT(difference(y, plain), 2e-6);
    const auto own = torch::autograd::grad({(y * probe).sum()}, {x, weight});
    const auto wanted = torch::autograd::grad({(plain * probe).sum()}, {x, weight});
    EXPECT_LT(difference(own[0], wanted[0]), 5e-6);
    EXPECT_LT(difference(own[1], wanted[1]), 1e-5);
}

TEST(RmsNorm, RefusesAnotherWidth) {
    EXPECT_THROW((void)rmsNorm(torch::zeros({2, 5}), torch::ones({6}), 1e-5), Error);
}

TEST(RmsNorm, CastsBackBeforeTheWeight) {
    const torch::Tensor x = torch::randn({4, 16}).to(torch::kBFloat16);
    const torch::Tensor weight = (torch::rand({16}) + 0.5).to(torch::kBFloat16);
    const torch::Tensor wide = x.to(torch::kFloat32);
    const torch::Tensor wanted =
        (wide * (wide.square().mean(-1, true) + 1e-5).rsqrt()).to(torch::kBFloat16) * weight;
    EXPECT_TRUE(torch::equal(rmsNorm(x, weight, 1e-5), wanted));
}

TEST(SwiGlu, EqualsItsFormulaWithGradients) {
    torch::manual_seed(2);
    const torch::Tensor x = (torch::randn({5, 38}) * 8).set_requires_grad(true);
    const torch::Tensor probe = torch::randn({5, 19});
    const torch::Tensor y = swiGlu(x);
    const torch::Tensor plain = torch::silu(x.narrow(1, 0, 19)) * x.narrow(1, 19, 19);
    EXPECT_LT(difference(y, plain) / plain.abs().max().item<double>(), 1e-6);
    const auto own = torch::autograd::grad({(y * probe).sum()}, {x});
    const auto wanted = torch::autograd::grad({(plain * probe).sum()}, {x});
    EXPECT_LT(difference(own[0], wanted[0]) / wanted[0].abs().max().item<double>(), 1e-6);
}

TEST(Kernels, ProductTakesStridesAndTransposes) {
    const torch::Tensor a = torch::randn({6, 9}), b = torch::randn({9, 5});
    const torch::Tensor at = a.t().contiguous(), bt = b.t().contiguous();
    const torch::Tensor c = torch::randn({6, 8});
    const torch::Tensor wanted = 0.5 * a.mm(b) + 2.0 * c.narrow(1, 0, 5);
    for (const bool left : {false, true})
        for (const bool right : {false, true}) {
            torch::Tensor out = c.clone();
            kernels::gemm(
                6, 5, 9, 0.5F,
                {left ? at.const_data_ptr<float>() : a.const_data_ptr<float>(), left ? 6 : 9, left},
                {right ? bt.const_data_ptr<float>() : b.const_data_ptr<float>(), right ? 9 : 5,
                 right},
                2.0F, out.mutable_data_ptr<float>(), 8);
            EXPECT_LT(difference(out.narrow(1, 0, 5), wanted), 1e-5);
            EXPECT_TRUE(torch::equal(out.narrow(1, 5, 3), c.narrow(1, 5, 3)));
        }
}

TEST(Kernels, SoftmaxLogEqualsLibrary) {
    torch::Tensor logits = torch::randn({101}) * 30;
    const torch::Tensor wanted = torch::softmax(logits * 0.7, -1);
    const double normaliser = torch::logsumexp(logits * 0.7, 0).item<double>();
    EXPECT_NEAR(kernels::softmaxLog(logits.mutable_data_ptr<float>(), 101, 0.7F), normaliser, 1e-5);
    EXPECT_LT(difference(logits, wanted), 1e-6);
}

TEST(Rope, TurnsPairsHalfAHeadApart) {
    const RopeTable rope(8, 100.0, 4);
    const auto [cos, sin] = rope.upTo(10); // beyond what is kept
    EXPECT_EQ(cos.size(0), 10);
    const torch::Tensor x = torch::randn({10, 2, 8});
    const torch::Tensor y = applyRope(x, cos, sin);
    const double angle = 9 * std::pow(100.0, -4.0 / 8.0); // position 9, pair 2
    const auto a = x[9][1][2].item<double>(), b = x[9][1][6].item<double>();
    EXPECT_NEAR(y[9][1][2].item<double>(), a * std::cos(angle) - b * std::sin(angle), 1e-5);
    EXPECT_NEAR(y[9][1][6].item<double>(), b * std::cos(angle) + a * std::sin(angle), 1e-5);
    EXPECT_TRUE(torch::equal(y[0], x[0]));
    EXPECT_THROW(RopeTable(7, 100.0, 4), Error);
}

/// One part with a bias and two adapters, one without any; weights that ask for gradients.
std::vector<LinearPart> twoParts(bool packed) {
    torch::Tensor first = torch::randn({5, 6}), second = torch::randn({3, 6});
    if (packed)
        packRows({&first, &second});
    first.set_requires_grad(true);
    second.set_requires_grad(true);
    LinearPart a{first, leaf({5}), {}};
    a.adapters.push_back({leaf({2, 6}), leaf({5, 2}), 0.5, 0.0});
    a.adapters.push_back({leaf({3, 6}), leaf({5, 3}), 1.5, 0.0});
    return {a, {second, {}, {}}};
}

TEST(ProjectParts, EqualsPlainOperatorsWithGradients) {
    for (const bool packed : {false, true}) {
        torch::manual_seed(3);
        const std::vector<LinearPart> parts = twoParts(packed);
        EXPECT_EQ(packedView({parts[0].weight, parts[1].weight}).defined(), packed);
        const torch::Tensor x = leaf({7, 6}), probe = torch::randn({7, 8});
        const LinearPart& a = parts[0];
        torch::Tensor plain = torch::linear(x, a.weight, a.bias);
        for (const LowRank& adapter : a.adapters)
            plain = plain + x.mm(adapter.a.t()).mm(adapter.b.t()) * adapter.scale;
        plain = torch::cat({plain, torch::linear(x, parts[1].weight)}, 1);
        const torch::Tensor y = projectParts(x, parts);
        EXPECT_LT(difference(y, plain), 1e-5);
        const std::vector<torch::Tensor> inputs{x,
                                                a.weight,
                                                parts[1].weight,
                                                a.bias,
                                                a.adapters[0].a,
                                                a.adapters[0].b,
                                                a.adapters[1].a,
                                                a.adapters[1].b};
        const auto own = torch::autograd::grad({(y * probe).sum()}, inputs);
        const auto wanted = torch::autograd::grad({(plain * probe).sum()}, inputs);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            EXPECT_LT(difference(own[i], wanted[i]), 2e-5) << i;
    }
}

TEST(ProjectOnto, AddsToTheResidualWithGradients) {
    torch::manual_seed(4);
    const LinearPart part = twoParts(false)[0];
    const torch::Tensor x = leaf({7, 6}), residual = leaf({7, 5}), probe = torch::randn({7, 5});
    const torch::Tensor plain = residual + projectParts(x, {part}) * 0.22;
    const torch::Tensor y = projectOnto(residual, x, part, 0.22);
    EXPECT_LT(difference(y, plain), 1e-5);
    const std::vector<torch::Tensor> inputs{x, residual, part.weight, part.adapters[1].a,
                                            part.adapters[1].b};
    const auto own = torch::autograd::grad({(y * probe).sum()}, inputs);
    const auto wanted = torch::autograd::grad({(plain * probe).sum()}, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        EXPECT_LT(difference(own[i], wanted[i]), 2e-5) << i;
}

TEST(ProjectParts, FrozenWeightsGetNoGradient) {
    LoraLinear linear(6, 5);
    linear->weight.copy_(torch::randn({5, 6}));
    const torch::Tensor a = leaf({2, 6}), b = leaf({5, 2});
    linear->setAdapter(AdapterSlot::Trained, {a, b, 1.0, 0.0});
    const torch::Tensor y = linear->forward(torch::randn({3, 4, 6}), {true, true});
    EXPECT_EQ(y.sizes(), torch::IntArrayRef({3, 4, 5}));
    y.sum().backward();
    EXPECT_TRUE(a.grad().defined());
    EXPECT_FALSE(linear->weight.grad().defined());
}

TEST(LoraLinear, RefusesFactorsOfAnotherShape) {
    LoraLinear linear(6, 5);
    EXPECT_THROW(linear->setAdapter(AdapterSlot::Trained,
                                    {torch::zeros({2, 6}), torch::zeros({6, 2}), 1.0, 0.0}),
                 Error);
    EXPECT_THROW((void)projectParts(torch::zeros({2, 7}), {{linear->weight, {}, {}}}), Error);
}

} // namespace
} // namespace viva::test
