// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/objective_spec.h"
#include "core/model/decoder.h"
#include "core/model/lora_adapter.h"

#include <memory>
#include <vector>

namespace viva {

/// The policy that the KL holds to: the model with the trained adapter off, or, when it is to
/// follow, an adapter of its own that moves towards the trained one now and then.
/// @source TR-DPO, arXiv 2404.09656 (soft update); TRL 1.16.0 sync_ref_model
class ReferencePolicy {
public:
    /// Begins where the adapter stands. `decoder`: the one that is trained, or a copy of it where
    /// weights of its own are. Everything is borrowed.
    ReferencePolicy(const ReferenceSpec& spec, Decoder decoder, LoraAdapter& adapter);

    /// The weights to prefill with; they do not change while the adapter is trained.
    [[nodiscard]] const std::shared_ptr<const DecoderWeights>& weights() const { return m_weights; }
    [[nodiscard]] const Decoder& decoder() const { return m_decoder; }
    [[nodiscard]] AdapterState state() const { return m_weights->state; }

    /// After step `step` (1-based): reference <- alpha policy + (1 - alpha) reference, if due.
    void follow(std::int64_t step);

    /// The reference's adapter, in the order of the trained one's parameters; empty when it does
    /// not move.
    [[nodiscard]] const std::vector<torch::Tensor>& parameters() const { return m_parameters; }
    /// @throws Error(ShapeMismatch)
    void restore(const std::vector<torch::Tensor>& parameters);

private:
    void rebuild();

    ReferenceSpec m_spec;
    Decoder m_decoder;
    LoraAdapter& m_adapter;
    std::vector<torch::Tensor> m_parameters;
    std::shared_ptr<const DecoderWeights> m_weights;
};

} // namespace viva
