// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/random_init.h"

#include "core/base/rng.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace viva {

namespace {

/// Values drawn at once, so that a large matrix takes no second copy.
constexpr std::int64_t kPieceValues = 1 << 20;

bool endsWith(std::string_view text, std::string_view tail) {
    return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

/// Zero std means a constant: 1 for norm weights, 0 for biases.
double standardDeviation(const std::string& name, const torch::Tensor& weight,
                         const GraniteConfig& config) {
    if (weight.dim() < 2)
        return 0.0;
    if (endsWith(name, "embed_tokens.weight"))
        return 1.0 / config.text.embeddingMultiplier;
    if (endsWith(name, "rel_pos_emb.weight"))
        return 0.1;
    if (name == "projector.query")
        return 1.0;
    const double fanIn = static_cast<double>(weight.numel() / weight.size(0));
    const double map = 1.0 / std::sqrt(fanIn);
    return name == "projector.linear.weight" ? map / config.text.embeddingMultiplier : map;
}

} // namespace

void fillRandomly(const torch::nn::Module& module, const std::string& prefix,
                  const GraniteConfig& config, std::uint64_t seed) {
    const torch::NoGradGuard noGrad;
    for (const auto& entry : module.named_parameters()) {
        const std::string name = prefix + entry.key();
        torch::Tensor weight = entry.value();
        const double deviation = standardDeviation(name, weight, config);
        if (deviation == 0.0) {
            weight.fill_(endsWith(name, "bias") ? 0.0 : 1.0);
            continue;
        }
        Rng rng(seed, "init/" + name);
        const torch::Tensor flat = weight.view({-1});
        torch::Tensor values = torch::empty({std::min(flat.size(0), kPieceValues)});
        auto* data = values.data_ptr<float>();
        for (std::int64_t at = 0; at < flat.size(0); at += kPieceValues) {
            const std::int64_t count = std::min(kPieceValues, flat.size(0) - at);
            for (std::int64_t i = 0; i < count; ++i)
                data[i] = static_cast<float>(rng.normal() * deviation);
            flat.narrow(0, at, count).copy_(values.narrow(0, 0, count));
        }
    }
}

} // namespace viva
