// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/number_label.h"

#include "ui/theme/theme_colors.h"

#include <QAccessible>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace viva {

namespace {

int digitWidth(const QFontMetrics& metrics) {
    int width = 0;
    for (char digit = '0'; digit <= '9'; ++digit)
        width = std::max(width, metrics.horizontalAdvance(QLatin1Char(digit)));
    return width;
}

} // namespace

NumberLabel::NumberLabel(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
}

void NumberLabel::setText(const QString& text) {
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleDescription(text);
    if (widthOf(m_text) > widthOf(m_widest)) {
        m_widest = m_text;
        updateGeometry();
    }
    update();
}

void NumberLabel::setWidest(const QString& widest) {
    m_widest = widest;
    updateGeometry();
}

void NumberLabel::setMuted(bool muted) {
    m_muted = muted;
    update();
}

void NumberLabel::setAlignment(Qt::Alignment alignment) {
    m_alignment = alignment;
    update();
}

int NumberLabel::widthOf(const QString& text) const {
    const QFontMetrics metrics(font());
    const int digit = digitWidth(metrics);
    int width = 0;
    for (const QChar letter : text)
        width += letter.isDigit() ? digit : metrics.horizontalAdvance(letter);
    return width;
}

QSize NumberLabel::sizeHint() const {
    return {widthOf(m_widest) + 2, QFontMetrics(font()).height() + 4};
}

QSize NumberLabel::minimumSizeHint() const {
    return sizeHint();
}

void NumberLabel::paintEvent(QPaintEvent*) {
    const ThemeColors& colors = colorsFor(palette());
    QPainter painter(this);
    painter.setPen(m_muted ? colors.textMuted : colors.text);
    const QFontMetrics metrics(font());
    const int digit = digitWidth(metrics);
    int x = (m_alignment & Qt::AlignRight) ? width() - widthOf(m_text) - 1 : 1;
    const int y = (height() + metrics.ascent() - metrics.descent()) / 2;
    for (const QChar letter : m_text) {
        const int advance = metrics.horizontalAdvance(letter);
        const int cell = letter.isDigit() ? digit : advance;
        painter.drawText(x + (cell - advance) / 2, y, QString(letter));
        x += cell;
    }
}

} // namespace viva
