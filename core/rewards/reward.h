// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace viva {

/// What a reward says of one answer.
struct RewardBreakdown {
    double value = 0;                                  ///< in [0, 1], higher is better
    std::string reason;                                ///< why, in a few words for people
    std::vector<std::pair<std::string, double>> parts; ///< named figures the value is made of
};

/// Scores an answer against its references. Const use is thread-safe.
class Reward {
public:
    virtual ~Reward() = default;
    /// The name in the registry.
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// @throws Error(InvalidArgument) when there is no reference.
    [[nodiscard]] virtual RewardBreakdown score(std::string_view answer,
                                                std::span<const std::string> references) const = 0;
};

/// @throws Error(InvalidArgument) naming `function` when `references` is empty.
void requireReferences(std::string_view function, std::span<const std::string> references);

} // namespace viva
