// SPDX-License-Identifier: GPL-3.0-or-later
// What a person reads of a chart and does to it: legend, crosshair, dragging, zooming, keys.
#include "ui/widgets/charts/metric_plot.h"

#include "ui/models/format.h"
#include "ui/widgets/charts/plot_overlay.h"

#include <QKeyEvent>
#include <QLabel>

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace viva {

std::optional<std::size_t> MetricPlot::shownRow() const {
    if (!m_history || m_history->empty())
        return std::nullopt;
    return m_crosshair ? m_history->rowNear(m_view.x, *m_crosshair) : m_history->size() - 1;
}

void MetricPlot::updateLegend() {
    const auto row = shownRow();
    if (!row)
        return;
    QList<LegendEntry> entries;
    QStringList spoken;
    for (const Curve& curve : m_curves) {
        if (*row >= curve.shown.size() || std::isnan(curve.shown[*row]))
            continue;
        entries.append({dataColor(curve.spec.color, colorsFor(palette())),
                        m_curves.size() > 1 ? curve.spec.label : QString(),
                        formatNumber(curve.shown[*row])});
        spoken << curve.spec.label + ' ' + entries.last().value;
    }
    showLegend(entries);
    const auto step = static_cast<qint64>(m_history->x(XKind::Step)[*row]);
    setAccessibleDescription(tr("Step %1: %2").arg(step).arg(spoken.join(", ")));
}

void MetricPlot::showLegend(const QList<LegendEntry>& entries) {
    const QFontMetrics metrics(m_legend->font());
    const int mark = metrics.horizontalAdvance(QStringLiteral("\u25A0\u00A0 \u00A0"));
    int full = 0;
    for (const LegendEntry& entry : entries)
        full += mark + metrics.horizontalAdvance(entry.label + QChar(0xA0) + entry.value);
    // Names say what a colour is; values are the first to go where there is no room.
    const bool values = full <= m_legend->width() || entries.size() < 3;
    const QString muted = colorsFor(palette()).textMuted.name();
    QStringList parts;
    for (const LegendEntry& entry : entries) {
        const QString label =
            entry.label.isEmpty() || !values ? entry.label : entry.label + "&nbsp;";
        parts << QStringLiteral("<span style='color:%1'>&#9632;</span>&nbsp;"
                                "<span style='color:%2'>%3</span>%4")
                     .arg(entry.color.name(), muted, label, values ? entry.value : QString());
    }
    m_legend->setText(parts.join(QStringLiteral(" &nbsp;")));
}

void MetricPlot::setCrosshair(std::optional<double> x) {
    m_crosshair = x;
    updateLegend();
    const auto row = shownRow();
    m_overlay->setGeometry(m_plot->rect());
    if (!x || !row) {
        m_overlay->setCrosshair(std::nullopt, {}, {});
        return;
    }
    const double at = m_history->x(m_view.x)[*row];
    const double pixel = m_plot->xAxis->coordToPixel(at);
    QList<PlotOverlay::Dot> dots;
    for (const Curve& curve : m_curves) {
        if (!curve.area && *row < curve.shown.size() && !std::isnan(curve.shown[*row]))
            dots.append({{pixel, m_plot->yAxis->coordToPixel(curve.shown[*row])},
                         dataColor(curve.spec.color, colorsFor(palette()))});
    }
    m_overlay->setCrosshair(pixel, m_plot->axisRect()->rect(), dots);
}

double MetricPlot::xAt(double pixel) const {
    return m_plot->xAxis->pixelToCoord(pixel);
}

void MetricPlot::requestZoom(double factor, double around) {
    const double low = around - (around - m_view.low) * factor;
    const double high = around + (m_view.high - around) * factor;
    emit rangeRequested(std::max(0.0, low), high);
}

void MetricPlot::onPress(QMouseEvent* event) {
    m_pressed = event->button() == Qt::LeftButton;
    m_dragged = false;
    m_pressX = event->position().x();
    m_pressView = m_view;
}

void MetricPlot::onMove(QMouseEvent* event) {
    const double pixel = event->position().x();
    if (m_pressed && (m_dragged || std::abs(pixel - m_pressX) > 4)) {
        m_dragged = true;
        const double perPixel = (m_pressView.high - m_pressView.low) / columns();
        const double shift = (m_pressX - pixel) * perPixel;
        const double low = std::max(0.0, m_pressView.low + shift);
        emit rangeRequested(low, low + m_pressView.high - m_pressView.low);
        return;
    }
    emit hovered(xAt(pixel));
}

void MetricPlot::onRelease(QMouseEvent* event) {
    const bool click = m_pressed && !m_dragged;
    m_pressed = false;
    if (!click || !m_history)
        return;
    if (const auto row = m_history->rowNear(m_view.x, xAt(event->position().x())))
        emit stepClicked(static_cast<qint64>(m_history->x(XKind::Step)[*row]));
}

bool MetricPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_plot && event->type() == QEvent::Leave)
        emit hoverLeft();
    if (watched == m_plot && event->type() == QEvent::Resize)
        m_overlay->setGeometry(m_plot->rect());
    return QWidget::eventFilter(watched, event);
}

void MetricPlot::keyPressEvent(QKeyEvent* event) {
    const auto row = shownRow();
    if (!row) {
        QWidget::keyPressEvent(event);
        return;
    }
    const std::vector<double>& x = m_history->x(m_view.x);
    switch (event->key()) {
    case Qt::Key_Left:
        emit hovered(x[*row > 0 ? *row - 1 : 0]);
        break;
    case Qt::Key_Right:
        emit hovered(x[std::min(*row + 1, x.size() - 1)]);
        break;
    case Qt::Key_Plus:
        requestZoom(0.8, x[*row]);
        break;
    case Qt::Key_Minus:
        requestZoom(1.25, x[*row]);
        break;
    case Qt::Key_Home:
        emit resetRequested();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        emit stepClicked(static_cast<qint64>(m_history->x(XKind::Step)[*row]));
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void MetricPlot::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    if (parentWidget())
        parentWidget()->update();
}

void MetricPlot::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    emit hoverLeft();
}

} // namespace viva
