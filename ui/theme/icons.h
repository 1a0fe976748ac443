// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace viva {

enum class IconTint { Text, Muted, Accent, OnAccent };

/// A line icon of resources/icons, drawn sharp at every size in the colour of the present theme; a
/// theme change needs no new icon.
[[nodiscard]] QIcon themedIcon(const QString& name, IconTint tint = IconTint::Text);
[[nodiscard]] QPixmap tintedPixmap(const QString& name, const QSize& size, const QColor& color,
                                   qreal pixelRatio);

} // namespace viva
