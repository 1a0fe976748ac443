// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward_registry.h"

namespace viva {

class JsonReader;

// Readers of the registry: each takes the options of one reward, refuses unknown keys and makes it.
using RewardMaker = std::unique_ptr<Reward> (*)(std::string_view name, JsonReader& options,
                                                const RewardServices& services);

[[nodiscard]] std::unique_ptr<Reward> readBleu(std::string_view name, JsonReader& options,
                                               const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readHfBleu(std::string_view name, JsonReader& options,
                                                 const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readChrf(std::string_view name, JsonReader& options,
                                               const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readRouge(std::string_view name, JsonReader& options,
                                                const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readTer(std::string_view name, JsonReader& options,
                                              const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readMeteor(std::string_view name, JsonReader& options,
                                                 const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readWer(std::string_view name, JsonReader& options,
                                              const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readExactMatch(std::string_view name, JsonReader& options,
                                                     const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readContains(std::string_view name, JsonReader& options,
                                                   const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readNumberMatch(std::string_view name, JsonReader& options,
                                                      const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readLength(std::string_view name, JsonReader& options,
                                                 const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readOverLength(std::string_view name, JsonReader& options,
                                                     const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readRepetition(std::string_view name, JsonReader& options,
                                                     const RewardServices& services);
[[nodiscard]] std::unique_ptr<Reward> readFormat(std::string_view name, JsonReader& options,
                                                 const RewardServices& services);

} // namespace viva
