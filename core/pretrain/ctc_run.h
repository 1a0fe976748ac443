// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pretrain/ctc_trainer.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// Clips the encoder is scored on while it trains.
struct CtcHeldOut {
    std::string name;
    const std::vector<CtcClip>* clips = nullptr;
};

struct CtcRunOptions {
    std::int64_t totalSteps = 0;      ///< stop after this step; 0: all of the configuration
    std::int64_t evalEvery = 200;     ///< 0: only at the end
    std::int64_t saveEvery = 200;     ///< 0: only at the end
    std::filesystem::path checkpoint; ///< continued from when it exists; empty: none is kept
    std::vector<CtcHeldOut> heldOut;
    std::function<void(const CtcStepResult&)> onStep;
    std::function<void(std::int64_t step, const std::string& set, const CtcScore&)> onScore;
    std::stop_token stop; ///< read before every step; what was done is saved
};

/// Runs an encoder's training to its end, or until stopped, with scores and checkpoints on the way.
/// Blocks. @return true when all steps are done.
/// @throws Error as CtcTrainer::load and save do.
bool runCtcTraining(CtcTrainer& trainer, std::int64_t configuredSteps,
                    const CtcRunOptions& options);

} // namespace viva
