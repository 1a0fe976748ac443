// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/charts/metric_plot.h"

#include <QTimer>
#include <QWidget>

class QGridLayout;

namespace viva {

/// The small multiples: one view, one crosshair, one repaint beat for all charts.
///
/// The beat is 25 ms and paints a third of the charts that changed, so that each is at most ten
/// times a second anew and no beat takes long.
class ChartGrid : public QWidget {
    Q_OBJECT

public:
    explicit ChartGrid(QWidget* parent = nullptr);

    /// Borrowed; valid until the next call.
    void setHistory(const RunHistory* history);
    /// The history grew.
    void markChanged();
    void setLook(XKind x, double smoothing, bool logY);
    /// Shows everything and goes on with the live edge.
    void setFollowing(bool on);
    /// Room for a panel in the last row.
    void setCornerPanel(QWidget* panel);
    [[nodiscard]] const PlotView& view() const { return m_view; }
    [[nodiscard]] const std::vector<MetricPlot*>& plots() const { return m_plots; }
    /// Whether samples and references are charted apart.
    [[nodiscard]] bool showsMixedPolicy() const { return m_showsMixed; }
    /// Paints everything now; for pictures.
    void refreshAll();

signals:
    void stepClicked(qint64 step);
    void zoomedByHand(); ///< the person chose a range
    void resetRequested();

protected:
    void showEvent(QShowEvent* event) override;

private:
    void createPlots();
    void addPlot(const ChartSpec& spec, int row, int column, int columns);
    /// The row of samples against references is there when the run has references.
    void showMixedPolicy();
    QWidget* makeCard(QWidget* content);
    void connectPlot(MetricPlot* plot);
    void onBeat();
    void followEdge();
    void applyView();

    const RunHistory* m_history = nullptr;
    std::vector<MetricPlot*> m_plots;
    std::vector<bool> m_changed;
    std::vector<QWidget*> m_mixedCards; ///< hidden in runs without references
    QGridLayout* m_layout = nullptr;
    PlotView m_view;
    QTimer m_beat;
    std::size_t m_next = 0;
    std::size_t m_common = 0; ///< plots that every run has
    bool m_following = true;
    bool m_showsMixed = false;
};

} // namespace viva
