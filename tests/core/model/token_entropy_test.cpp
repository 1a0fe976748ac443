// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/log_probs.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

/// Entropies straight from their definition, in double precision.
torch::Tensor plainEntropy(const torch::Tensor& hidden, const torch::Tensor& weight, double scale) {
    const auto logs = torch::log_softmax(torch::mm(hidden, weight.t()) * scale, -1);
    return -(logs.exp() * logs).sum(-1);
}

TEST(TokenEntropy, ItsGradientIsThatOfTheDefinition) {
    torch::manual_seed(3);
    const auto weight = torch::randn({9, 5});
    const auto targets = torch::tensor({1, 8, 0, 3}, torch::kInt64);
    const auto factors = torch::tensor({0.5F, -1.0F, 2.0F, 0.0F});
    for (const std::int64_t chunk : {0, 2}) {
        const auto hidden = torch::randn({4, 5}).requires_grad_();
        torch::Tensor entropy;
        const auto logProbs = tokenLogProbs(hidden, weight, targets, 0.7, chunk, &entropy, true);
        ((entropy * factors).sum() + logProbs.sum()).backward();
        const auto plain = hidden.detach().to(torch::kDouble).requires_grad_();
        const auto wide = weight.to(torch::kDouble);
        const auto logs = torch::log_softmax(torch::mm(plain, wide.t()) * 0.7, -1);
        const auto chosen = logs.gather(1, targets.unsqueeze(1)).sum();
        ((plainEntropy(plain, wide, 0.7) * factors).sum() + chosen).backward();
        EXPECT_TRUE(torch::allclose(hidden.grad().to(torch::kDouble), plain.grad(), 1e-5, 1e-5))
            << "chunk " << chunk;
        EXPECT_TRUE(torch::allclose(entropy.detach().to(torch::kDouble),
                                    plainEntropy(plain.detach(), wide, 0.7), 1e-5, 1e-5));
    }
}

TEST(TokenEntropy, HasNoGraphUnlessItIsWanted) {
    const auto hidden = torch::randn({2, 5}).requires_grad_();
    torch::Tensor entropy;
    (void)tokenLogProbs(hidden, torch::randn({9, 5}), torch::tensor({1, 2}, torch::kInt64), 1, 0,
                        &entropy);
    EXPECT_FALSE(entropy.requires_grad());
}

} // namespace
} // namespace viva
