// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_registry.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace viva {

#define VIVA_REWARDS(rows, source) std::span<const RewardInfo> rows();
#include "core/rewards/rewards.def"
#undef VIVA_REWARDS

std::span<const RewardInfo> rewardInfos() {
    static const std::vector<RewardInfo> kAll = [] {
        std::vector<RewardInfo> all;
        const auto add = [&all](std::span<const RewardInfo> rows) {
            all.insert(all.end(), rows.begin(), rows.end());
        };
#define VIVA_REWARDS(rows, source) add(rows());
#include "core/rewards/rewards.def"
#undef VIVA_REWARDS
        return all;
    }();
    return kAll;
}

const RewardInfo* findReward(std::string_view name) {
    const auto all = rewardInfos();
    const auto found = std::ranges::find(all, name, &RewardInfo::name);
    return found == all.end() ? nullptr : &*found;
}

std::unique_ptr<Reward> makeRewardFromJson(std::string_view name, const nlohmann::json& options,
                                           const RewardServices& services) {
    const RewardInfo* const info = findReward(name);
    if (info == nullptr) {
        std::string known;
        for (const RewardInfo& one : rewardInfos())
            known += (known.empty() ? "" : ", ") + std::string(one.name);
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward \"{}\" is not known; known are {}", name, known));
    }
    const nlohmann::json nothing = nlohmann::json::object();
    RewardOptionReader reader(*info, options.is_null() ? nothing : options);
    return info->make(info->name, reader, services);
}

std::unique_ptr<Reward> makeReward(std::string_view name, std::string_view optionsJson,
                                   const RewardServices& services) {
    if (optionsJson.empty())
        return makeRewardFromJson(name, nullptr, services);
    return makeRewardFromJson(
        name, parseJson(optionsJson, fmt::format("options of reward {}", name)), services);
}

} // namespace viva
