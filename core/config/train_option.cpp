// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/train_option.h"

#include "core/base/error.h"
#include "core/config/options/option_tables.h"

#include <algorithm>
#include <array>
#include <utility>

namespace viva {

std::span<const TrainOption> trainOptions() {
    static const std::vector<TrainOption> kAll = [] {
        const std::array<std::pair<std::string_view, std::span<const TrainOption>>, 13> groups{{
            {"Objective", objectiveOptions()},
            {"Model", modelOptions()},
            {"Data", dataOptions()},
            {"Sampling", samplingOptions()},
            {"Optimisation", optimisationOptions()},
            {"KL and clipping", clippingOptions()},
            {"Advantages", advantageOptions()},
            {"Entropy bonus", entropyOptions()},
            {"Sampler correction", samplerOptions()},
            {"References in the loss", mixedPolicyOptions()},
            {"LoRA", loraOptions()},
            {"Rewards", rewardOptions()},
            {"Budget", budgetOptions()},
        }};
        std::vector<TrainOption> all;
        for (const auto& [group, options] : groups)
            for (const TrainOption& option : options) {
                all.push_back(option);
                all.back().group = group;
            }
        return all;
    }();
    return kAll;
}

const TrainOption* findOption(std::string_view key) {
    const auto options = trainOptions();
    const auto found = std::ranges::find(options, key, &TrainOption::key);
    return found == options.end() ? nullptr : &*found;
}

const TrainOption& optionWith(OptionValue (*get)(const TrainConfig&)) {
    const auto options = trainOptions();
    const auto found = std::ranges::find(options, get, &TrainOption::get);
    if (found == options.end())
        throw Error(ErrorCode::Internal, "a field of TrainConfig is in no table of options");
    return *found;
}

} // namespace viva
