// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/group/group.h"
#include "core/objective/reward_mix.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace viva {

/// Answers of one prompt that rewards are to be tried on.
struct BenchInput {
    std::vector<std::string> answers;
    std::vector<std::string> references;
    std::vector<std::int64_t> tokens; ///< of each answer with EOS; empty = to be counted
};

/// One reward of the mix on every answer.
struct BenchReward : RewardScores {    ///< by member of the group; empty with a problem
    bool made = false;                 ///< its name and options are good
    std::string problem;               ///< why it has no values, as a sentence; empty otherwise
    std::optional<CorpusScore> corpus; ///< over the samples of the group
};

/// What training would make of the answers.
struct BenchResult {
    std::vector<BenchReward> rewards; ///< as the configuration lists them
    Group group; ///< samples in their order, then the references that are members of it
    std::vector<std::string> notes;      ///< where one group cannot tell the whole, in sentences
    [[nodiscard]] bool complete() const; ///< every reward has its values
};

/// Tries the rewards of a configuration on a few answers: values, parts, reasons, total and
/// advantages, through the code that training runs. Rewards once made are kept, so that trying
/// again after a keystroke is cheap. Safe from any thread, one call at a time; may block for as
/// long as a BERT model takes to load.
class RewardBench {
public:
    /// Services for a device; `countTokens` may be called from any thread.
    using MakeServices = std::function<RewardServices(Device device, TokenCounter countTokens)>;

    /// Without `makeServices` rewards that run a network say that they cannot be made.
    /// @param demoFolder resources/demo, for "demo" as model
    explicit RewardBench(std::filesystem::path demoFolder, MakeServices makeServices = {});
    ~RewardBench();
    RewardBench(const RewardBench&) = delete;
    RewardBench& operator=(const RewardBench&) = delete;

    /// Never throws for what a person typed: what is wrong stands in the rewards' problems.
    [[nodiscard]] BenchResult run(const BenchInput& input, const TrainConfig& config);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
