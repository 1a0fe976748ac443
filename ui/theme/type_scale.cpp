// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/type_scale.h"

#include <QFontDatabase>
#include <QFontInfo>
#include <QGuiApplication>
#include <QWidget>

#include <algorithm>

namespace viva {

namespace {

double factorOf(TextSize size) {
    switch (size) {
    case TextSize::Caption:
        return 0.87;
    case TextSize::Body:
        return 1.0;
    case TextSize::Heading:
        return 1.2;
    case TextSize::Display:
        return 1.6;
    }
    return 1.0;
}

} // namespace

QFont textFont(TextSize size, QFont::Weight weight) {
    QFont font = QGuiApplication::font();
    font.setPointSizeF(std::max(font.pointSizeF(), 6.0) * factorOf(size));
    font.setWeight(weight);
    return font;
}

void setTextSize(QWidget* widget, TextSize size, QFont::Weight weight) {
    widget->setFont(textFont(size, weight));
}

QFont applicationFont(const QFont& systemFont) {
    QFont font = systemFont;
    const QString resolved = QFontInfo(font).family();
    const bool bareFallback =
        resolved.startsWith("DejaVu") || resolved.startsWith("Bitstream") || resolved.isEmpty();
    if (bareFallback) {
        const QStringList families = QFontDatabase::families();
        for (const char* better : {"Inter", "Cantarell", "Noto Sans", "Open Sans"}) {
            if (families.contains(QLatin1String(better))) {
                font.setFamilies({QLatin1String(better), resolved});
                break;
            }
        }
    }
    if (font.pointSizeF() <= 0 || font.pointSizeF() > 14)
        font.setPointSizeF(10);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QFont monospaceFont(TextSize size) {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(textFont(size).pointSizeF());
    return font;
}

} // namespace viva
