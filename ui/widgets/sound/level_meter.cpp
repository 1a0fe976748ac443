// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sound/level_meter.h"

#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr double kLowestDb = -60.0;
constexpr double kFallPerSec = 26.0;
constexpr int kBarHeight = 18;
constexpr int kLightWidth = 52;

QColor zoneColor(double decibels, const ThemeColors& colors) {
    return decibels > -3.0 ? colors.errorText : (decibels > -12.0 ? colors.warningText : colors.up);
}

} // namespace

LevelMeter::LevelMeter(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Level of the microphone"));
    setToolTip(tr("Peak and loudness in dB of full scale. Speak so that it stays between -18 and "
                  "-6; the light at the end says that something was cut off (click or Space puts "
                  "it out)."));
    m_fall.start();
}

void LevelMeter::setLevel(const SoundLevel& level, bool alive) {
    const double fallen = m_shownDb - kFallPerSec * static_cast<double>(m_fall.restart()) / 1000.0;
    m_shownDb = alive ? std::max(level.peakDb, fallen) : SoundLevel::kSilenceDb;
    const bool lightChanged = level.clipped != m_level.clipped;
    m_level = level;
    m_alive = alive;
    if (lightChanged || !isVisible())
        setAccessibleDescription(level.clipped ? tr("clipped") : tr("not clipped"));
    update();
}

QRectF LevelMeter::barArea() const {
    return {0, 4, static_cast<double>(width() - kLightWidth - kGrid), kBarHeight};
}

QRectF LevelMeter::lightArea() const {
    return {static_cast<double>(width() - kLightWidth), 4, kLightWidth, kBarHeight};
}

double LevelMeter::xOf(double decibels) const {
    const QRectF bar = barArea();
    return bar.left() + std::clamp((decibels - kLowestDb) / -kLowestDb, 0.0, 1.0) * bar.width();
}

void LevelMeter::paintBar(QPainter& painter) const {
    const ThemeColors& colors = colorsFor(palette());
    const QRectF bar = barArea();
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.sunken);
    painter.drawRoundedRect(bar, 3, 3);
    if (!m_alive)
        return;
    const auto fill = [&](double toDb, double inset, double strength) {
        double from = kLowestDb;
        for (const double edge : {-12.0, -3.0, 0.0}) {
            const double to = std::min(edge, toDb);
            if (to > from) {
                QColor color = zoneColor((from + to) / 2, colors);
                color.setAlphaF(static_cast<float>(strength));
                painter.fillRect(QRectF(QPointF(xOf(from), bar.top() + inset),
                                        QPointF(xOf(to), bar.bottom() - inset)),
                                 color);
            }
            from = edge;
        }
    };
    fill(m_shownDb, 1, 0.55);
    fill(m_level.rmsDb, 5, 1.0);
    if (m_level.heldDb > kLowestDb)
        painter.fillRect(QRectF(xOf(m_level.heldDb) - 1, bar.top(), 2, bar.height()),
                         zoneColor(m_level.heldDb, colors));
}

void LevelMeter::paintScale(QPainter& painter) const {
    const ThemeColors& colors = colorsFor(palette());
    painter.setFont(textFont(TextSize::Caption));
    painter.setPen(colors.textMuted);
    const QRectF bar = barArea();
    double free = -1; // from where there is room for a number
    for (const int decibels : {-60, -48, -36, -24, -18, -12, -6, -3, 0}) {
        const double x = xOf(decibels);
        painter.drawLine(QPointF(x, bar.bottom() + 1), QPointF(x, bar.bottom() + 4));
        const QString text = decibels == 0 ? tr("0 dB") : QString::number(decibels);
        const double half = painter.fontMetrics().horizontalAdvance(text) / 2.0 + 3;
        const double middle = std::clamp(x, half, std::max(half, bar.right() + kGrid - half));
        if (middle - half < free)
            continue;
        free = middle + half;
        painter.drawText(QRectF(middle - half, bar.bottom() + 4, 2 * half, 16), Qt::AlignCenter,
                         text);
    }
}

void LevelMeter::paintLight(QPainter& painter) const {
    const ThemeColors& colors = colorsFor(palette());
    const QRectF light = lightArea();
    const bool on = m_level.clipped;
    painter.setPen(on ? Qt::NoPen : QPen(colors.border));
    painter.setBrush(on ? zoneColor(0, colors) : colors.sunken);
    painter.drawRoundedRect(light, 3, 3);
    painter.setFont(textFont(TextSize::Caption, on ? QFont::Bold : QFont::Normal));
    painter.setPen(on ? colors.window : colors.textMuted);
    painter.drawText(light, Qt::AlignCenter, tr("CLIP"));
    painter.setFont(textFont(TextSize::Caption));
    painter.setPen(colors.textMuted);
    const QString held = m_alive && m_level.heldDb > -90 ? QString::number(m_level.heldDb, 'f', 1)
                                                         : QStringLiteral("–");
    painter.drawText(QRectF(light.left(), light.bottom() + 4, light.width(), 16), Qt::AlignCenter,
                     held);
}

void LevelMeter::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintBar(painter);
    paintScale(painter);
    paintLight(painter);
    if (!hasFocus())
        return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colorsFor(palette()).accent, 1.5));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

void LevelMeter::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton &&
        lightArea().adjusted(-4, -4, 4, 22).contains(event->position()))
        emit clipResetRequested();
}

void LevelMeter::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)
        emit clipResetRequested();
    else
        QWidget::keyPressEvent(event);
}

} // namespace viva
