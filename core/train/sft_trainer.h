// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/trainer.h"

namespace viva {

/// Supervised fine-tuning of the adapter on the references: the same loop, data order, optimizer
/// and checkpoints as GRPO, with cross entropy on the answer tokens as the loss. It is the baseline
/// GRPO is compared with, from the same start.
class SftTrainer final : public Trainer {
public:
    using Trainer::Trainer;

private:
    struct WorkerPart {
        Gradients gradients;
        double loss = 0;
        double entropy = 0; ///< sum over tokens
        double prefillSec = 0;
        double updateSec = 0;
        bool stopped = false;
    };

    std::optional<StepEnd> attempt(const std::vector<TrainExample>& examples,
                                   const std::stop_token& stop) override;
    void differentiate(const std::vector<TrainExample>& examples, int worker, double stepTokens,
                       const std::stop_token& stop, WorkerPart& part) const;
};

} // namespace viva
