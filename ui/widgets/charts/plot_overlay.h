// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QList>
#include <QWidget>

#include <optional>

namespace viva {

/// The crosshair above a chart: a line and a dot on each curve. It repaints alone, so that hovering
/// over one chart moves it in all of them without drawing a curve again.
class PlotOverlay : public QWidget {
    Q_OBJECT

public:
    struct Dot {
        QPointF place;
        QColor color;
    };

    explicit PlotOverlay(QWidget* parent);

    /// In pixels of this widget; nullopt hides it.
    void setCrosshair(std::optional<double> x, const QRect& area, const QList<Dot>& dots);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<double> m_x;
    QRect m_area;
    QList<Dot> m_dots;
};

} // namespace viva
