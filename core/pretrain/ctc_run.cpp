// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/ctc_run.h"

namespace viva {

namespace {

void score(const CtcTrainer& trainer, const CtcRunOptions& options) {
    for (const auto& set : options.heldOut) {
        const CtcScore result = trainer.evaluate(*set.clips);
        if (options.onScore)
            options.onScore(trainer.stepsDone(), set.name, result);
    }
}

bool isDue(std::int64_t step, std::int64_t every) {
    return every > 0 && step % every == 0;
}

} // namespace

bool runCtcTraining(CtcTrainer& trainer, std::int64_t configuredSteps,
                    const CtcRunOptions& options) {
    const std::int64_t last = options.totalSteps > 0 ? options.totalSteps : configuredSteps;
    const bool keeps = !options.checkpoint.empty();
    if (keeps && std::filesystem::exists(options.checkpoint))
        trainer.load(options.checkpoint);
    while (trainer.stepsDone() < last && !options.stop.stop_requested()) {
        const CtcStepResult result = trainer.step();
        if (options.onStep)
            options.onStep(result);
        if (isDue(result.step, options.evalEvery) && result.step < last)
            score(trainer, options);
        if (keeps && isDue(result.step, options.saveEvery))
            trainer.save(options.checkpoint);
    }
    if (keeps)
        trainer.save(options.checkpoint);
    if (trainer.stepsDone() < last)
        return false;
    score(trainer, options);
    return true;
}

} // namespace viva
