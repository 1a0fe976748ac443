// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runs/chart_specs.h"
#include "ui/models/runs/curve_math.h"
#include "ui/models/runs/run_history.h"

#include <QWidget>

#include <optional>
#include <vector>

class QCustomPlot;
class QCPGraph;
class QCPItemLine;
class QLabel;
class QMouseEvent;

namespace viva {

class PlotOverlay;

/// How all charts of a page are looked at; shared, so that they stay linked.
struct PlotView {
    XKind x = XKind::Step;
    double smoothing = 0.6; ///< [0, 1)
    bool logY = false;
    double low = 0; ///< visible x range
    double high = 1;
};

/// One chart over a run's history: raw curve behind the smoothed one, a band, or stacked areas;
/// thin axes, no box, values at the crosshair in its title line. It asks for changes of range by
/// signals and shows what it is told, so that a page can link its charts.
class MetricPlot : public QWidget {
    Q_OBJECT

public:
    explicit MetricPlot(ChartSpec spec, QWidget* parent = nullptr);
    ~MetricPlot() override;

    /// Borrowed; stays valid until the next call.
    void setHistory(const RunHistory* history);
    void setView(const PlotView& view);
    /// Reads the history again and repaints; the page calls it at most ten times a second.
    /// True while an axis is still on its way, so that another call is due.
    bool refresh();
    void setCrosshair(std::optional<double> x);
    [[nodiscard]] const ChartSpec& spec() const { return m_spec; }
    /// Whether the run has any of its metrics.
    [[nodiscard]] bool hasData() const;
    void setLarge(bool large);

    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 120}; }

signals:
    void hovered(double x);
    void hoverLeft();
    void rangeRequested(double low, double high);
    void resetRequested();
    void stepClicked(qint64 step);

protected:
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    /// The smoothed line in front, the raw one behind it.
    struct Curve {
        CurveSpec spec;
        QCPGraph* line = nullptr;
        QCPGraph* raw = nullptr;   ///< null in stacked areas
        bool area = false;         ///< part of a stack
        std::vector<double> shown; ///< what the line shows, one value a step
    };
    struct LegendEntry {
        QColor color;
        QString label;
        QString value;
    };

    void createPlot();
    void createCurves();
    void createBand();
    void applyTheme();
    void applyCurveColors();
    void fillLines();
    void fillStack();
    void fillBand();
    void fillMarks();
    bool fitY();
    void updateLegend();
    void showLegend(const QList<LegendEntry>& entries);
    void requestZoom(double factor, double around);
    void onPress(QMouseEvent* event);
    void onMove(QMouseEvent* event);
    void onRelease(QMouseEvent* event);
    [[nodiscard]] std::vector<double> valuesOf(const CurveSpec& curve) const;
    [[nodiscard]] std::vector<CurvePoint> setGraph(QCPGraph* graph,
                                                   const std::vector<double>& values);
    [[nodiscard]] int columns() const;
    [[nodiscard]] double xAt(double pixel) const;
    [[nodiscard]] std::optional<std::size_t> shownRow() const;

    ChartSpec m_spec;
    const RunHistory* m_history = nullptr;
    PlotView m_view;
    QCustomPlot* m_plot = nullptr;
    PlotOverlay* m_overlay = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_legend = nullptr;
    std::vector<Curve> m_curves;
    QCPGraph* m_bandLow = nullptr;
    QCPGraph* m_bandHigh = nullptr;
    std::vector<QCPItemLine*> m_marks;
    AxisRange m_values;
    AxisRange m_shown{0, 1, false};
    std::optional<double> m_crosshair;
    double m_pressX = 0;
    PlotView m_pressView;
    bool m_pressed = false;
    bool m_dragged = false;
};

} // namespace viva
