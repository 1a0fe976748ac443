// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_info.h"

#include <fmt/format.h>

namespace viva {

std::string rewardOptionValues(const RewardOption& option) {
    if (option.kind == RewardOptionKind::Switch)
        return "true | false";
    std::string out;
    for (const char c : option.values)
        out += c == '|' && option.kind == RewardOptionKind::Choice ? " | " : std::string(1, c);
    return out;
}

std::string rewardOptionsText(const RewardInfo& reward) {
    std::string out;
    for (const RewardOption& option : reward.options) {
        out += fmt::format("{}{}: {}", out.empty() ? "" : "; ", option.key,
                           rewardOptionValues(option));
        if (!option.standard.empty())
            out += fmt::format(" ({})", option.standard);
    }
    return out;
}

} // namespace viva
