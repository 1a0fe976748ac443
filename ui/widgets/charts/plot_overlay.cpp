// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/charts/plot_overlay.h"

#include "ui/theme/theme_colors.h"

#include <QPainter>

namespace viva {

PlotOverlay::PlotOverlay(QWidget* parent) : QWidget(parent) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    setFocusPolicy(Qt::NoFocus);
}

void PlotOverlay::setCrosshair(std::optional<double> x, const QRect& area, const QList<Dot>& dots) {
    m_x = x;
    m_area = area;
    m_dots = dots;
    update();
}

void PlotOverlay::paintEvent(QPaintEvent*) {
    if (!m_x || *m_x < m_area.left() || *m_x > m_area.right())
        return;
    const ThemeColors& colors = colorsFor(palette());
    QPainter painter(this);
    painter.setPen(QPen(colors.textMuted, 1, Qt::DotLine));
    painter.drawLine(QPointF(*m_x, m_area.top()), QPointF(*m_x, m_area.bottom()));
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Dot& dot : m_dots) {
        painter.setPen(QPen(colors.surface, 1.5));
        painter.setBrush(dot.color);
        painter.drawEllipse(dot.place, 3.5, 3.5);
    }
}

} // namespace viva
