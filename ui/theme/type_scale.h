// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>

class QWidget;

namespace viva {

/// The grid everything stands on, in device-independent pixels.
inline constexpr int kGrid = 8;
inline constexpr int kHalfGrid = kGrid / 2;
inline constexpr int kRadius = 6;

/// The four sizes of the window; Body is the system's own.
enum class TextSize { Caption, Body, Heading, Display };

[[nodiscard]] QFont textFont(TextSize size, QFont::Weight weight = QFont::Normal);
void setTextSize(QWidget* widget, TextSize size, QFont::Weight weight = QFont::Normal);

/// The system's family, or a better one than the bare fallback where the system names none.
[[nodiscard]] QFont applicationFont(const QFont& systemFont);
/// Same family rules for code and tokens.
[[nodiscard]] QFont monospaceFont(TextSize size = TextSize::Body);

} // namespace viva
