// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/objective_spec.h"

#include <torch/torch.h>

namespace viva {

/// True for the unmasked tokens whose entropy reaches the (1 - quantile) quantile of all unmasked
/// tokens: the forks of an answer, where a choice was made. The threshold is interpolated linearly
/// in single precision; ties stay in. entropy and mask [answers, time]; returns bool of that shape,
/// all false without tokens. @throws Error(ShapeMismatch | InvalidArgument)
/// @source arXiv 2506.01939; TRL 1.16.0 top_entropy_quantile
[[nodiscard]] torch::Tensor highEntropyMask(const torch::Tensor& entropy, const torch::Tensor& mask,
                                            double quantile);

/// The least entropy that highEntropyMask keeps; +infinity without tokens. entropies [tokens].
[[nodiscard]] double entropyThreshold(const torch::Tensor& entropies, double quantile);

/// What the controller remembers between updates.
struct EntropyControlState {
    double coefficient = 0;
    double measured = -1; ///< entropy of the last update, nats; negative = none yet
};

/// The coefficient acts on an update only if the last measure was at or below the target, so the
/// first update has no bonus; after each update it moves by delta, up when the measure was at or
/// below the target, else down. A fixed coefficient always acts and never moves.
class EntropyControl {
public:
    explicit EntropyControl(const EntropyControlConfig& config)
        : m_config(config), m_state{config.coefficient, -1} {}

    /// Whether there is a bonus at all.
    [[nodiscard]] bool active() const { return m_config.adaptive || m_config.coefficient != 0; }
    /// The factor of the bonus in the update to come.
    [[nodiscard]] double acting() const;
    /// Ends an update: `entropySum` over its kept tokens.
    void finish(double entropySum, double tokens);

    [[nodiscard]] const EntropyControlState& state() const { return m_state; }
    void restore(const EntropyControlState& state) { m_state = state; }

private:
    EntropyControlConfig m_config;
    EntropyControlState m_state;
};

} // namespace viva
