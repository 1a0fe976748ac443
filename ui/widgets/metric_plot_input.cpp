// SPDX-License-Identifier: GPL-3.0-or-later
// What a person does to a chart: hovering, dragging, zooming, keys.
#include "ui/widgets/metric_plot.h"

#include "ui/widgets/plot_overlay.h"

#include <QKeyEvent>

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace viva {

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
