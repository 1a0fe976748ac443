// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "ui/theme/theme_colors.h"

#include <QString>

namespace viva {

/// The objective as rich text, with the chosen terms bold and those that do not act in grey.
/// @source arXiv 2509.16990, eq. 1 to 3; TRL 1.16.0, loss_type
[[nodiscard]] QString objectiveFormula(const TrainConfig& config, const ThemeColors& colors);

/// What acts and what does not, one sentence each.
[[nodiscard]] QStringList objectiveNotes(const TrainConfig& config);

} // namespace viva
