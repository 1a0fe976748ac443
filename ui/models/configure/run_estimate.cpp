// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/configure/run_estimate.h"

#include "core/base/folder_path.h"
#include "ui/models/format.h"

#include <QObject>

namespace viva {

RunEstimate estimateRun(const TrainConfig& config, const MeasuredSpeed& measured) {
    const bool sft = config.objective == Objective::Sft;
    RunEstimate estimate;
    estimate.answersPerStep =
        static_cast<std::int64_t>(config.promptsPerStep) * (sft ? 1 : config.samplesPerGroup());
    estimate.tokensPerStepAtMost = estimate.answersPerStep * config.maxCompletionLength;
    const bool comparable = measured.secPerAnswer > 0 && measured.model == config.model &&
                            measured.objective == config.objective &&
                            measured.numIterations == config.numIterations;
    if (comparable) {
        estimate.stepSec = measured.secPerAnswer * static_cast<double>(estimate.answersPerStep);
        estimate.runSec = estimate.stepSec * config.maxSteps;
    }
    return estimate;
}

QString startSentence(const TrainConfig& config, const RunEstimate& estimate) {
    const QString model =
        config.model == "demo"
            ? QObject::tr("the demo model")
            : QString::fromStdString(folderPath(config.model).filename().string());
    const QString objective = fromView(choiceOf(config.objective).words);
    const QString what =
        QObject::tr("Train %1: %2 steps of %3").arg(model).arg(config.maxSteps).arg(objective);
    if (estimate.runSec < 0)
        return what;
    return QObject::tr("%1, about %2").arg(what, formatDuration(estimate.runSec));
}

} // namespace viva
