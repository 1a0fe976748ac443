// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/reward_spec.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace viva {

class JsonReader;

[[nodiscard]] nlohmann::json rewardsToJson(const std::vector<RewardSpec>& rewards);
/// Reads the list of `key` where it is there. @throws Error(Format) naming the entry.
void readRewards(JsonReader& reader, std::string_view key, std::vector<RewardSpec>& rewards);

/// "bleu" or "bleu:0.7,wer:0.3", or the JSON list itself, as that list.
/// @throws Error(InvalidArgument | Format)
[[nodiscard]] nlohmann::json rewardsFromText(std::string_view text);
/// The inverse; the JSON list where a reward has options.
[[nodiscard]] std::string textFromRewards(const nlohmann::json& list);

/// The words between the commas, without blanks around them.
[[nodiscard]] std::vector<std::string> wordsOf(std::string_view text);

} // namespace viva
