// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runs/diff_text.h"
#include "ui/theme/theme_colors.h"

#include <QTextLayout>

#include <memory>

namespace viva {

/// Lays out a diff as wrapped text: extra and changed words underlined in the down colour, missing
/// and wanted ones struck out or bracketed in a quiet one, so that it reads without colour too.
[[nodiscard]] std::unique_ptr<QTextLayout> layoutDiff(const std::vector<DiffPiece>& pieces,
                                                      const QFont& font, const ThemeColors& colors,
                                                      qreal width);
[[nodiscard]] qreal heightOf(const QTextLayout& layout);

} // namespace viva
