// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_colors.h"

#include <QList>
#include <QString>

#include <optional>
#include <string>
#include <utility>

namespace viva {

/// What a curve means; the theme gives the colour.
enum class DataColor {
    Reward,
    Kl,
    Loss,
    OffPolicy,
    Up,
    Down,
    Neutral,
    Accent,
    PhaseSample,
    PhaseReward,
    PhaseLogProbs,
    PhaseUpdate
};
[[nodiscard]] QColor dataColor(DataColor color, const ThemeColors& colors);

struct CurveSpec {
    /// The metrics whose sum this is (one but for the split of a step's time).
    std::vector<std::string> metrics;
    QString label;
    DataColor color = DataColor::Neutral;
    bool dashed = false;
};

/// What one chart shows.
struct ChartSpec {
    QString id;
    QString title;
    QString unit; ///< "nats", "tokens", "s"; may be empty
    QString help; ///< one sentence, as tooltip
    QList<CurveSpec> curves;
    bool stacked = false;
    std::string bandLow; ///< metrics of the shaded band; both or none
    std::string bandHigh;
    std::string bandSpread; ///< or: the first curve plus and minus this metric
    std::optional<std::pair<double, double>> fixedRange;
};

/// The charts of the Train page, the large one first. Held-out BLEU is none of them: it is a score
/// of other clips, decoded otherwise, and has a table of its own.
[[nodiscard]] QList<ChartSpec> trainCharts();

/// Samples against references, for runs in which references take part (MP-GRPO, RL + SFT); empty
/// of curves for others.
[[nodiscard]] QList<ChartSpec> mixedPolicyCharts();
/// The metric whose presence says that a run has references.
inline constexpr const char* kOffPolicyMetric = "off_policy_prob";

} // namespace viva
