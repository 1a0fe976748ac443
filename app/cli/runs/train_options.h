// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace viva {

/// The options of `viva train` that make up a configuration: a file or preset, then single options.
struct TrainOptions {
    std::string configFile;
    std::string preset;
    std::vector<std::string> settings; ///< key=value
    std::string model;
    std::string data;
    std::string device;
    std::string name;
    std::string steps;
    std::string seed;
    std::string threads;

    void declare(CLI::App& app);
    /// @throws Error naming the file or option and what is expected.
    [[nodiscard]] TrainConfig config() const;
    [[nodiscard]] bool any() const; ///< whether anything was asked for
};

/// Makes every reward once, so that a wrong one is refused before a run begins.
/// @throws Error naming the reward, what is wrong and what is expected.
void requireRewards(const TrainConfig& config);

/// Every preset with the source it follows, as a table.
[[nodiscard]] std::string presetTable();

/// Every option with its symbol, range, default and effect, as a table.
[[nodiscard]] std::string optionTable();

} // namespace viva
