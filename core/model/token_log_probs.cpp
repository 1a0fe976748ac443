// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/log_probs.h"

#include "core/base/error.h"
#include "core/config/memory_limits.h"
#include "core/nn/cpu_kernels.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kKeptLogits = 4LL << 20U; ///< up to these the backward need not recompute

/// Probabilities [tokens, vocab] float32 of one chunk; log-probs and entropy go where they belong.
struct ChunkResult {
    torch::Tensor probabilities, logProbs, entropy;
};

ChunkResult scoreChunk(const torch::Tensor& hidden, const torch::Tensor& weight,
                       const torch::Tensor& targets, double scale, bool wantEntropy) {
    ChunkResult result;
    torch::Tensor logits = torch::mm(hidden, weight.t()).to(torch::kFloat32);
    if (!logits.device().is_cpu()) {
        const torch::Tensor all = torch::log_softmax(logits.mul_(scale), -1);
        result.logProbs = all.gather(1, targets.unsqueeze(1)).squeeze(1);
        result.probabilities = all.exp();
        if (wantEntropy)
            result.entropy = -(result.probabilities * all).sum(-1);
        return result;
    }
    const std::int64_t rows = logits.size(0), vocab = logits.size(1);
    result.logProbs = torch::empty({rows});
    if (wantEntropy)
        result.entropy = torch::empty({rows});
    auto* out = result.logProbs.mutable_data_ptr<float>();
    auto* row = logits.mutable_data_ptr<float>();
    const auto* target = targets.const_data_ptr<std::int64_t>();
    for (std::int64_t r = 0; r < rows; ++r, row += vocab) {
        const float chosen = row[target[r]] * static_cast<float>(scale);
        out[r] = chosen - kernels::softmaxLog(row, vocab, static_cast<float>(scale));
        if (wantEntropy)
            result.entropy.mutable_data_ptr<float>()[r] = kernels::entropyOf(row, vocab);
    }
    result.probabilities = logits;
    return result;
}

/// d(logits of the product) of one chunk: grad * scale * (onehot - p).
torch::Tensor logitGradient(const torch::Tensor& p, const torch::Tensor& targets,
                            const torch::Tensor& grad, double scale) {
    if (p.device().is_cpu()) {
        torch::Tensor d = torch::empty_like(p);
        const std::int64_t vocab = p.size(1);
        for (std::int64_t r = 0; r < p.size(0); ++r)
            kernels::logProbBackward(p.const_data_ptr<float>() + r * vocab,
                                     d.mutable_data_ptr<float>() + r * vocab, vocab,
                                     targets.const_data_ptr<std::int64_t>()[r],
                                     grad.const_data_ptr<float>()[r], static_cast<float>(scale));
        return d;
    }
    const torch::Tensor factor = (grad * scale).unsqueeze(1);
    return (p * -factor).scatter_add_(1, targets.unsqueeze(1), factor);
}

/// d(logits of the product) of the entropies of one chunk: grad * scale * -p (log p + H).
torch::Tensor entropyLogitGradient(const torch::Tensor& p, const torch::Tensor& grad,
                                   double scale) {
    const torch::Tensor logs = p.clamp_min(1e-30).log();
    const torch::Tensor entropy = -(p * logs).sum(-1, true);
    return p * (logs + entropy) * (grad * -scale).unsqueeze(1);
}

/// Log-probs by chunks; keeps the probabilities of a small vocabulary, else recomputes.
class LogProbFunction : public torch::autograd::Function<LogProbFunction> {
public:
    static variable_list forward(AutogradContext* context, const torch::Tensor& hidden,
                                 const torch::Tensor& weight, const torch::Tensor& targets,
                                 double scale, std::int64_t chunk, bool wantEntropy,
                                 bool entropyGradient) {
        const std::int64_t tokens = hidden.size(0);
        const bool keep = tokens <= chunk && tokens * weight.size(0) <= kKeptLogits;
        std::vector<torch::Tensor> logProbs, entropies;
        torch::Tensor kept;
        for (std::int64_t at = 0; at < tokens; at += chunk) {
            const std::int64_t n = std::min(chunk, tokens - at);
            ChunkResult part = scoreChunk(hidden.narrow(0, at, n), weight, targets.narrow(0, at, n),
                                          scale, wantEntropy);
            logProbs.push_back(part.logProbs);
            entropies.push_back(part.entropy);
            if (keep)
                kept = part.probabilities;
        }
        context->save_for_backward({hidden, weight, targets, kept});
        context->saved_data["scale"] = scale;
        context->saved_data["chunk"] = chunk;
        variable_list results{logProbs.size() == 1 ? logProbs[0] : torch::cat(logProbs)};
        if (wantEntropy) {
            results.push_back(entropies.size() == 1 ? entropies[0] : torch::cat(entropies));
            if (!entropyGradient)
                context->mark_non_differentiable({results[1]});
        }
        return results;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const variable_list saved = context->get_saved_variables();
        const torch::Tensor &hidden = saved[0], &weight = saved[1], &targets = saved[2];
        const double scale = context->saved_data["scale"].toDouble();
        const std::int64_t chunk = context->saved_data["chunk"].toInt();
        const torch::Tensor grad = grads[0].contiguous();
        const bool hasEntropy = grads.size() > 1 && grads[1].defined();
        const bool wantHidden = context->needs_input_grad(0);
        std::vector<torch::Tensor> dHidden;
        torch::Tensor dWeight;
        if (context->needs_input_grad(1))
            dWeight = torch::zeros_like(weight, torch::kFloat32);
        for (std::int64_t at = 0; at < hidden.size(0); at += chunk) {
            const std::int64_t n = std::min(chunk, hidden.size(0) - at);
            const torch::Tensor x = hidden.narrow(0, at, n), t = targets.narrow(0, at, n);
            const torch::Tensor p = saved[3].defined()
                                        ? saved[3]
                                        : scoreChunk(x, weight, t, scale, false).probabilities;
            torch::Tensor d = logitGradient(p, t, grad.narrow(0, at, n), scale);
            if (hasEntropy)
                d += entropyLogitGradient(p, grads[1].narrow(0, at, n), scale);
            d = d.to(weight.scalar_type());
            if (wantHidden)
                dHidden.push_back(torch::mm(d, weight));
            if (dWeight.defined())
                dWeight += torch::mm(d.t(), x);
        }
        variable_list result(7);
        if (wantHidden)
            result[0] = dHidden.size() == 1 ? dHidden[0] : torch::cat(dHidden);
        if (dWeight.defined())
            result[1] = dWeight.to(weight.scalar_type());
        return result;
    }
};

} // namespace

torch::Tensor tokenLogProbs(const torch::Tensor& hidden, const torch::Tensor& weight,
                            const torch::Tensor& targets, double logitScale,
                            std::int64_t tokensPerChunk, torch::Tensor* entropy,
                            bool entropyGradient) {
    if (hidden.dim() != 2 || weight.dim() != 2 || hidden.size(1) != weight.size(1) ||
        targets.dim() != 1 || targets.size(0) != hidden.size(0))
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("tokenLogProbs: hidden {}, head {} and targets {} do not fit",
                                shapeText(hidden.sizes()), shapeText(weight.sizes()),
                                shapeText(targets.sizes())));
    if (targets.numel() == 0) {
        if (entropy != nullptr)
            *entropy = torch::empty({0}, hidden.options().dtype(torch::kFloat32));
        return hidden.sum(-1).to(torch::kFloat32);
    }
    const std::int64_t chunk = tokensPerChunk > 0
                                   ? tokensPerChunk
                                   : std::max<std::int64_t>(kChunkLogits / weight.size(0), 1);
    const variable_list results = LogProbFunction::apply(
        hidden.contiguous(), weight, targets.to(hidden.device()).contiguous(), logitScale, chunk,
        entropy != nullptr, entropyGradient);
    if (entropy != nullptr)
        *entropy = results[1];
    return results[0];
}

} // namespace viva
