// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward.h"

#include <memory>

namespace viva {

/// One member of a mix.
struct WeightedPart {
    std::unique_ptr<Reward> reward;
    double weight = 1.0; ///< at least 0
};

/// The mean of several rewards by weight, so that the value stays in [0, 1]; named "weighted". Its
/// parts are the members' unweighted values, by name.
/// @throws Error(InvalidArgument) for no members, a negative or endless weight, or a sum of 0.
[[nodiscard]] std::unique_ptr<Reward> makeWeightedReward(std::vector<WeightedPart> parts);

} // namespace viva
