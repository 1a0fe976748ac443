// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <array>
#include <vector>

namespace viva {

/// Which adapters a forward uses. Never a hidden switch: every forward takes it.
struct AdapterState {
    bool bundled = true; ///< the checkpoint's own adapter, frozen
    bool trained = true; ///< the adapter that is being trained

    [[nodiscard]] bool operator==(const AdapterState&) const = default;
};

inline constexpr AdapterState kPolicyAdapters{.bundled = true, .trained = true};

/// Places an adapter of a linear layer can sit in.
enum class AdapterSlot { Bundled = 0, Trained = 1 };

/// A low-rank update scale * B A, applied as y += scale * B(A(x)).
struct LowRank {
    torch::Tensor a;      ///< [rank, in], float32 master
    torch::Tensor b;      ///< [out, rank], float32 master
    double scale = 1.0;   ///< alpha / rank
    double dropout = 0.0; ///< on the adapter's input, in training only; 0 in everything GRPO does
    std::int64_t row = 0; ///< first row of the part's output that it is added to
};

/// One linear layer with the adapters that are on: what a forward needs, without a module.
struct LinearPart {
    torch::Tensor weight;          ///< [out, in]
    torch::Tensor bias;            ///< [out] or undefined
    std::vector<LowRank> adapters; ///< empty: none is on
    bool folded =
        false; ///< the weight holds the adapters already; they are listed for their gradients
};

/// Runs parts that share their input and lays their outputs side by side.
///
/// x [tokens, in] to [tokens, sum of out]. One autograd node: the backward computes dx, the
/// adapters' dA and dB (float32) and, only for a weight or bias that asks for it, its own gradient.
/// Neighbouring weights that lie one after the other in memory (see packRows) are multiplied as one
/// matrix.
/// @throws Error(ShapeMismatch) when a part does not fit x.
[[nodiscard]] torch::Tensor projectParts(const torch::Tensor& x,
                                         const std::vector<LinearPart>& parts);

/// residual + factor * part(x): the output projection of a residual branch in the same node,
/// without a pass of its own. residual [tokens, out], x [tokens, in]; differentiable in the
/// residual too.
[[nodiscard]] torch::Tensor projectOnto(const torch::Tensor& residual, const torch::Tensor& x,
                                        const LinearPart& part, double factor);

/// W + sum of scale * B A, [out, in] in W's dtype; differentiable in W, A and B.
[[nodiscard]] torch::Tensor mergedWeight(const LinearPart& part);

/// Weights that packRows laid side by side, as the one matrix they are; undefined when they are
/// not. Not differentiable.
[[nodiscard]] torch::Tensor packedView(const std::vector<torch::Tensor>& weights);

/// Lays weights [out_i, in] one after the other in one storage and makes each a view of it.
/// Call after loading or moving weights; forwards then multiply them as one matrix.
void packRows(const std::vector<torch::Tensor*>& weights);

/// A linear layer whose base weight is usually frozen, plus up to one adapter in each slot.
///
/// Parameters are "weight" and, where asked for, "bias", exactly the checkpoint's names; adapters
/// are not parameters of the module, they are attached and listed by LoraAdapter. A module move
/// takes the adapters to the new device and leaves them float32.
class LoraLinearImpl : public torch::nn::Module {
public:
    LoraLinearImpl(std::int64_t inFeatures, std::int64_t outFeatures, bool withBias = false);

    /// x [..., in] to [..., out].
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, AdapterState state) const;

    void setAdapter(AdapterSlot slot, LowRank adapter);
    void removeAdapter(AdapterSlot slot);
    /// Null when the slot is empty.
    [[nodiscard]] const LowRank* adapter(AdapterSlot slot) const;

    /// The layer with the adapters that `state` switches on.
    [[nodiscard]] LinearPart part(AdapterState state) const;

    void to(torch::Device device, torch::Dtype dtype, bool nonBlocking = false) override;
    void to(torch::Dtype dtype, bool nonBlocking = false) override;
    void to(torch::Device device, bool nonBlocking = false) override;

    torch::Tensor weight;
    torch::Tensor bias;

private:
    void moveAdapters(torch::Device device);

    std::array<LowRank, 2> m_adapters; ///< undefined tensors: empty slot
};
TORCH_MODULE(LoraLinear);

} // namespace viva
