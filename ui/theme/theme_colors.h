// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>

#include <array>
#include <vector>

namespace viva {

/// Every colour of the window. Data colours are the Okabe-Ito set, each with one meaning
/// everywhere.
struct ThemeColors {
    bool dark = false;

    QColor window;  ///< behind everything
    QColor surface; ///< cards, fields, tables
    QColor sunken;  ///< the rail and the bars
    QColor hover;
    QColor border;
    QColor text;
    QColor textMuted;
    QColor accent;
    QColor accentSoft; ///< behind chosen things
    QColor onAccent;
    QColor infoBack;
    QColor warningBack;
    QColor warningText;
    QColor errorBack;
    QColor errorText;

    QColor reward;
    QColor kl;
    QColor loss;
    QColor offPolicy;
    QColor up;
    QColor down;
    QColor neutral;               ///< quantities without a colour of their own
    std::array<QColor, 4> phases; ///< sample, reward, log-probs, update

    QColor grid; ///< axes and grid lines of charts
};

[[nodiscard]] const ThemeColors& lightColors();
[[nodiscard]] const ThemeColors& darkColors();
/// The set that belongs to a palette; how a widget finds its colours while it paints.
[[nodiscard]] const ThemeColors& colorsFor(const QPalette& palette);
[[nodiscard]] QPalette paletteOf(const ThemeColors& colors);

/// WCAG 2.1 contrast, 1 to 21.
/// @source WCAG 2.1, "contrast ratio" and "relative luminance"
[[nodiscard]] double contrastRatio(const QColor& first, const QColor& second);

struct ColorPair {
    QString name;
    QColor text;
    QColor back;
};
/// Every pairing of text and background the window uses.
[[nodiscard]] std::vector<ColorPair> textPairs(const ThemeColors& colors);

} // namespace viva
