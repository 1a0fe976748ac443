// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/sampling.h"

#include "core/base/error.h"
#include "core/nn/cpu_kernels.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace viva {
namespace {

struct ChosenToken {
    std::int64_t id = 0;
    float logProb = 0.0F, fullLogProb = 0.0F;
};

bool filters(const GenerationConfig& config) {
    return config.topK > 0 || config.topP < 1.0 || config.minP > 0.0;
}

/// Sets the probabilities that top-k, top-p and min-p cut to 0. Returns the sum of the others.
double cutProbabilities(std::vector<float>& p, const GenerationConfig& config) {
    if (config.topK > 0 && static_cast<std::size_t>(config.topK) < p.size()) {
        std::vector<float> sorted = p;
        const auto kth = sorted.begin() + config.topK - 1;
        std::nth_element(sorted.begin(), kth, sorted.end(), std::greater<>());
        for (float& value : p)
            value = value < *kth ? 0.0F : value;
    }
    double total = std::accumulate(p.begin(), p.end(), 0.0);
    if (config.topP < 1.0) {
        std::vector<std::size_t> order(p.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
        double before = 0.0;
        for (const std::size_t id : order) {
            const bool keep = before < config.topP * total;
            before += p[id];
            if (!keep)
                p[id] = 0.0F;
        }
        total = std::accumulate(p.begin(), p.end(), 0.0);
    }
    if (config.minP > 0.0) {
        const float least = static_cast<float>(config.minP) * *std::max_element(p.begin(), p.end());
        for (float& value : p)
            value = value < least ? 0.0F : value;
        total = std::accumulate(p.begin(), p.end(), 0.0);
    }
    return total;
}

/// The first id at which the distribution function passes `uniform` of the total.
std::int64_t invert(const std::vector<float>& p, double total, double uniform) {
    const double aim = uniform * total;
    double sum = 0.0;
    std::int64_t last = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i] <= 0.0F)
            continue;
        last = static_cast<std::int64_t>(i);
        sum += p[i];
        if (sum > aim)
            return last;
    }
    return last; // the total was rounded up past the sum
}

ChosenToken chooseRow(const float* logits, const GenerationConfig& config, double uniform,
                      std::vector<float>& p) {
    const float scale = config.greedy ? 1.0F : static_cast<float>(1.0 / config.temperature);
    std::copy(logits, logits + p.size(), p.begin());
    const float logNormaliser =
        kernels::softmaxLog(p.data(), static_cast<std::int64_t>(p.size()), scale);
    ChosenToken choice;
    double total = 1.0;
    if (config.greedy)
        choice.id = kernels::argMax(logits, static_cast<std::int64_t>(p.size()));
    else {
        if (filters(config))
            total = cutProbabilities(p, config);
        choice.id = invert(p, total, uniform);
    }
    choice.fullLogProb = logits[choice.id] * scale - logNormaliser;
    choice.logProb = choice.fullLogProb - static_cast<float>(std::log(total));
    return choice;
}

/// The same by tensor operators, so that the logits of a GPU stay there; only the choice comes
/// back.
SampledTokens sampleOnDevice(const torch::Tensor& logits, const GenerationConfig& config,
                             std::span<const double> uniforms) {
    const double scale = config.greedy ? 1.0 : 1.0 / config.temperature;
    const torch::Tensor full = torch::log_softmax(logits * scale, -1);
    torch::Tensor cut = full, ids;
    const double gone = -std::numeric_limits<double>::infinity();
    if (config.greedy)
        ids = logits.argmax(-1, true);
    else {
        if (config.topK > 0 && config.topK < logits.size(1)) {
            const torch::Tensor kth =
                std::get<0>(cut.topk(config.topK, -1)).narrow(1, config.topK - 1, 1);
            cut = cut.masked_fill(cut < kth, gone);
        }
        if (config.topP < 1.0) {
            const torch::Tensor p = torch::softmax(cut, -1);
            const auto [sorted, order] = p.sort(/*stable=*/true, -1, /*descending=*/true);
            const torch::Tensor drop = sorted.cumsum(-1) - sorted >= config.topP;
            cut = cut.masked_fill(torch::zeros_like(drop).scatter(1, order, drop), gone);
        }
        if (config.minP > 0.0) {
            const torch::Tensor least = cut.amax(-1, true) + std::log(config.minP);
            cut = cut.masked_fill(cut < least, gone);
        }
        const torch::Tensor p = torch::softmax(cut, -1).to(torch::kFloat64);
        const torch::Tensor sums = p.cumsum(-1);
        const torch::Tensor aim =
            torch::tensor(std::vector<double>(uniforms.begin(), uniforms.end()), torch::kFloat64)
                .to(logits.device())
                .unsqueeze(1) *
            sums.narrow(1, p.size(1) - 1, 1);
        ids = ((sums > aim) & (p > 0)).to(torch::kInt8).argmax(-1, true);
        cut = torch::log_softmax(cut, -1);
    }
    return {ids.squeeze(1).cpu(), cut.gather(1, ids).squeeze(1).cpu(),
            full.gather(1, ids).squeeze(1).cpu()};
}

} // namespace

void checkGenerationConfig(const GenerationConfig& config) {
    const auto bad = [](const char* name, double value, const char* range) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("generation setting {} is {}; it must be {}", name, value, range));
    };
    if (!(config.temperature > 0.0 && config.temperature <= 10.0))
        bad("temperature", config.temperature, "above 0 and at most 10; use greedy for 0");
    if (!(config.topP > 0.0 && config.topP <= 1.0))
        bad("topP", config.topP, "above 0 and at most 1");
    if (config.topK < 0)
        bad("topK", config.topK, "0 (off) or more");
    if (!(config.minP >= 0.0 && config.minP < 1.0))
        bad("minP", config.minP, "at least 0 and below 1");
    if (config.maxCompletionLength < 1)
        bad("maxCompletionLength", config.maxCompletionLength, "1 or more");
}

SampledTokens sampleTokens(const torch::Tensor& logits, const GenerationConfig& config,
                           std::span<const double> uniforms) {
    checkGenerationConfig(config);
    if (logits.dim() != 2 || logits.size(1) == 0 ||
        (!config.greedy && static_cast<std::int64_t>(uniforms.size()) != logits.size(0)))
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("sampleTokens: logits {} and {} uniform numbers do not fit",
                                shapeText(logits.sizes()), uniforms.size()));
    const torch::NoGradGuard guard;
    if (!logits.device().is_cpu())
        return sampleOnDevice(logits.to(torch::kFloat32), config, uniforms);
    const torch::Tensor dense = logits.to(torch::kFloat32).contiguous();
    const std::int64_t rows = dense.size(0), vocab = dense.size(1);
    SampledTokens result{torch::empty({rows}, torch::kInt64), torch::empty({rows}),
                         torch::empty({rows})};
    auto* ids = result.ids.mutable_data_ptr<std::int64_t>();
    auto* logProbs = result.logProbs.mutable_data_ptr<float>();
    auto* full = result.fullLogProbs.mutable_data_ptr<float>();
    std::vector<float> p(static_cast<std::size_t>(vocab));
    for (std::int64_t r = 0; r < rows; ++r) {
        const double uniform = config.greedy ? 0.0 : uniforms[static_cast<std::size_t>(r)];
        const ChosenToken choice =
            chooseRow(dense.const_data_ptr<float>() + r * vocab, config, uniform, p);
        ids[r] = choice.id;
        logProbs[r] = choice.logProb;
        full[r] = choice.fullLogProb;
    }
    return result;
}

} // namespace viva
