// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_colors.h"

namespace viva {

/// The application's style sheet in the colours of one theme. Widgets choose a look with the
/// dynamic property "look": "card", "primary", "quiet", "bar", "rail", "caption", "heading",
/// "chip".
[[nodiscard]] QString styleSheetOf(const ThemeColors& colors);

} // namespace viva
