// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runs/run_history.h"

#include <QString>

#include <vector>

namespace viva {

enum class HealthLevel { Good, Normal, Warning, Bad };

/// What the curves mean now, in words.
struct HealthSentence {
    QString id; ///< "zero-variance", "collapse" ...; stable, for tests
    HealthLevel level = HealthLevel::Normal;
    QString text;  ///< what is so, and what to try
    QString why;   ///< why it is so
    QString chart; ///< id of the chart that shows it
};

/// What of the configuration the sentences depend on.
struct HealthContext {
    int numIterations = 1;
    int evalSteps = 0;
    bool sft = false;
};

/// The sentences that are true of the last steps, the gravest first. Pure: the same history gives
/// the same sentences.
/// @source TRL issues 2703, 3857, 3247; open-r1 239, 450; ms-swift 3579, 6069; ConvSearch-R1 6
[[nodiscard]] std::vector<HealthSentence> healthSentences(const RunHistory& history,
                                                          const HealthContext& context);

} // namespace viva
