// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sound/waveform_view.h"

#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/time_axis.h"

#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr int kWaveRulerHeight = 18;
constexpr double kLeastWaveSec = 0.005;

} // namespace

WaveformView::WaveformView(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    setAccessibleName(tr("Waveform"));
}

QSize WaveformView::sizeHint() const {
    return {480, 112};
}
QSize WaveformView::minimumSizeHint() const {
    return {160, 72};
}

void WaveformView::setClip(std::shared_ptr<const WaveformSummary> summary, int sampleRateHz,
                           const QString& hint) {
    m_summary = std::move(summary);
    m_sampleRateHz = std::max(1, sampleRateHz);
    m_hint = hint;
    m_cursorSec = -1;
    m_selection.reset();
    m_fromSec = 0;
    m_toSec = durationSec();
    setAccessibleDescription(m_summary ? tr("%1 seconds").arg(durationSec(), 0, 'f', 2) : hint);
    update();
}

double WaveformView::durationSec() const {
    return m_summary ? static_cast<double>(m_summary->sampleCount()) / m_sampleRateHz : 0.0;
}

std::optional<std::pair<double, double>> WaveformView::selectionSec() const {
    return m_selection;
}

std::pair<double, double> WaveformView::visibleSec() const {
    return {m_fromSec, m_toSec};
}

void WaveformView::setCursorSec(double seconds) {
    if (seconds == m_cursorSec)
        return;
    m_cursorSec = seconds;
    update();
}

void WaveformView::clearSelection() {
    m_selection.reset();
    emit selectionChanged();
    update();
}

void WaveformView::showWhole() {
    m_fromSec = 0;
    m_toSec = durationSec();
    emit visibleChanged(m_fromSec, m_toSec);
    update();
}

double WaveformView::secAt(double x) const {
    const double part = std::clamp(x / std::max(1, width()), 0.0, 1.0);
    return m_fromSec + part * (m_toSec - m_fromSec);
}

double WaveformView::xOf(double seconds) const {
    const double span = std::max(1e-9, m_toSec - m_fromSec);
    return (seconds - m_fromSec) / span * width();
}

void WaveformView::zoomAround(double seconds, double factor) {
    const double whole = durationSec();
    const double span = std::clamp((m_toSec - m_fromSec) * factor, kLeastWaveSec, whole);
    const double part = (seconds - m_fromSec) / std::max(1e-9, m_toSec - m_fromSec);
    m_fromSec = std::clamp(seconds - part * span, 0.0, whole - span);
    m_toSec = m_fromSec + span;
    emit visibleChanged(m_fromSec, m_toSec);
    update();
}

void WaveformView::paintColumns(QPainter& painter, const QRectF& area) const {
    const ThemeColors& colors = colorsFor(palette());
    const int count = std::max(1, static_cast<int>(area.width()));
    const auto columns =
        m_summary->columns(m_fromSec * m_sampleRateHz, m_toSec * m_sampleRateHz, count);
    const double middle = area.center().y();
    const double half = area.height() / 2 - 2;
    QColor peak = colors.accent;
    peak.setAlphaF(0.45F);
    for (int x = 0; x < count; ++x) {
        const WaveformColumn& column = columns[static_cast<std::size_t>(x)];
        const double px = area.left() + x + 0.5;
        const double top = middle - std::min(1.0F, column.max) * half;
        const double bottom = middle - std::max(-1.0F, column.min) * half;
        painter.setPen(column.clipped() ? colors.down : peak);
        painter.drawLine(QPointF(px, top), QPointF(px, std::max(bottom, top + 1)));
        painter.setPen(colors.accent);
        const double rms = std::min(1.0F, column.rms) * half;
        painter.drawLine(QPointF(px, middle - rms), QPointF(px, middle + rms));
    }
}

void WaveformView::paintRuler(QPainter& painter, const QRectF& area) const {
    const ThemeColors& colors = colorsFor(palette());
    painter.setFont(textFont(TextSize::Caption));
    const double step = niceStep((m_toSec - m_fromSec) / std::max(1.0, area.width()), 72);
    const int digits = step < 0.01 ? 3 : (step < 0.1 ? 2 : (step < 1 ? 1 : 0));
    for (double t = std::ceil(m_fromSec / step) * step; t <= m_toSec; t += step) {
        const double x = xOf(t);
        painter.setPen(colors.grid);
        painter.drawLine(QPointF(x, 0), QPointF(x, area.top() + 3));
        painter.setPen(colors.textMuted);
        if (x + 44 < width())
            painter.drawText(QRectF(x + 3, area.top(), 64, area.height()), Qt::AlignVCenter,
                             tr("%1 s").arg(t, 0, 'f', digits));
    }
}

void WaveformView::paintEvent(QPaintEvent*) {
    const ThemeColors& colors = colorsFor(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.sunken);
    painter.drawRoundedRect(rect(), kRadius, kRadius);
    if (!m_summary || m_summary->sampleCount() == 0) {
        painter.setPen(colors.textMuted);
        painter.drawText(rect(), Qt::AlignCenter, m_hint);
        return;
    }
    const QRectF wave(0, 0, width(), height() - kWaveRulerHeight);
    if (m_selection) {
        const double from = xOf(m_selection->first);
        painter.fillRect(QRectF(from, 0, xOf(m_selection->second) - from, height()),
                         colors.accentSoft);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    paintRuler(painter, {0, wave.bottom(), wave.width(), kWaveRulerHeight});
    paintColumns(painter, wave);
    if (m_cursorSec >= m_fromSec && m_cursorSec <= m_toSec) {
        painter.setPen(QPen(colors.text, 1.5));
        painter.drawLine(QPointF(xOf(m_cursorSec), 0), QPointF(xOf(m_cursorSec), wave.bottom()));
    }
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colors.accent, 1.5));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), kRadius, kRadius);
    }
}

void WaveformView::mousePressEvent(QMouseEvent* event) {
    if (!m_summary || event->button() != Qt::LeftButton)
        return;
    m_pressX = event->position().x();
    m_dragging = false;
}

void WaveformView::mouseMoveEvent(QMouseEvent* event) {
    if (!m_summary || !(event->buttons() & Qt::LeftButton))
        return;
    const double x = event->position().x();
    if (!m_dragging && std::abs(x - m_pressX) < 4)
        return;
    m_dragging = true;
    const double a = secAt(m_pressX);
    const double b = secAt(x);
    m_selection = std::minmax(a, b);
    emit selectionChanged();
    update();
}

void WaveformView::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_summary || event->button() != Qt::LeftButton || m_dragging)
        return;
    if (m_selection)
        clearSelection();
    emit seekRequested(secAt(event->position().x()));
}

void WaveformView::mouseDoubleClickEvent(QMouseEvent*) {
    showWhole();
}

void WaveformView::wheelEvent(QWheelEvent* event) {
    if (!m_summary || event->angleDelta().y() == 0)
        return;
    zoomAround(secAt(event->position().x()), std::pow(0.8, event->angleDelta().y() / 120.0));
    event->accept();
}

} // namespace viva
