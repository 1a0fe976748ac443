// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/reward_bench.h"
#include "ui/theme/theme_colors.h"

#include <QString>

namespace viva {

/// The group in figures: mean, deviation, corpus scores, and what is wrong or to be known.
[[nodiscard]] QString benchSummary(const BenchResult& result, const ThemeColors& colors);

/// Why one member of the group got what it got: each reward with its value as a bar, its parts and
/// its reason, then the weighted total and the advantage.
[[nodiscard]] QString benchReport(const BenchResult& result, std::size_t member,
                                  const TrainConfig& config, const ThemeColors& colors);

/// Lines of a text that hold something, without surrounding white space.
[[nodiscard]] std::vector<std::string> linesOf(const QString& text);

} // namespace viva
