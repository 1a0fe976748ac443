// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/chart_grid.h"

#include "ui/theme/type_scale.h"

#include <QFrame>
#include <QGridLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace viva {

namespace {

constexpr int kBeatMs = 25;
constexpr std::size_t kChartsABeat = 3;
constexpr int kColumns = 20; ///< of the layout; divides by 4 and 5
constexpr int kMixedRow = 3; ///< samples against references

struct Place {
    int row;
    int column;
    int columns;
};

/// The large chart with two beside it, then five and five.
Place placeOf(std::size_t index) {
    if (index == 0)
        return {0, 0, 10};
    if (index < 3)
        return {0, 10 + (static_cast<int>(index) - 1) * 5, 5};
    const int small = static_cast<int>(index) - 3;
    return {1 + small / 5, small % 5 * 4, 4};
}

} // namespace

ChartGrid::ChartGrid(QWidget* parent) : QWidget(parent), m_layout(new QGridLayout(this)) {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(kGrid);
    for (int column = 0; column < kColumns; ++column)
        m_layout->setColumnStretch(column, 1);
    m_layout->setRowStretch(0, 8);
    m_layout->setRowStretch(1, 5);
    m_layout->setRowStretch(2, 5);
    createPlots();
    m_beat.setInterval(kBeatMs);
    connect(&m_beat, &QTimer::timeout, this, &ChartGrid::onBeat);
    m_beat.start();
}

QWidget* ChartGrid::makeCard(QWidget* content) {
    auto* card = new QFrame(this);
    card->setProperty("look", "card");
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->addWidget(content);
    return card;
}

void ChartGrid::addPlot(const ChartSpec& spec, int row, int column, int columns) {
    auto* plot = new MetricPlot(spec, this);
    plot->setLarge(m_plots.empty());
    m_layout->addWidget(makeCard(plot), row, column, 1, columns);
    connectPlot(plot);
    m_plots.push_back(plot);
}

void ChartGrid::createPlots() {
    for (const ChartSpec& spec : trainCharts()) {
        const Place place = placeOf(m_plots.size());
        addPlot(spec, place.row, place.column, place.columns);
    }
    m_common = m_plots.size();
    const auto mixed = mixedPolicyCharts();
    const int columns = kColumns / static_cast<int>(mixed.size());
    for (int index = 0; index < mixed.size(); ++index) {
        addPlot(mixed[index], kMixedRow, index * columns, columns);
        m_mixedCards.push_back(m_plots.back()->parentWidget());
        m_mixedCards.back()->hide();
    }
    m_changed.assign(m_plots.size(), false);
}

void ChartGrid::showMixedPolicy() {
    const bool show = m_history && !m_history->values(kOffPolicyMetric).empty();
    if (show == m_showsMixed)
        return;
    m_showsMixed = show;
    for (QWidget* card : m_mixedCards)
        card->setVisible(show);
    m_layout->setRowStretch(kMixedRow, show ? 5 : 0);
}

void ChartGrid::connectPlot(MetricPlot* plot) {
    connect(plot, &MetricPlot::hovered, this, [this](double x) {
        for (MetricPlot* other : m_plots)
            other->setCrosshair(x);
    });
    connect(plot, &MetricPlot::hoverLeft, this, [this] {
        for (MetricPlot* other : m_plots)
            other->setCrosshair(std::nullopt);
    });
    connect(plot, &MetricPlot::rangeRequested, this, [this](double low, double high) {
        if (!(high - low > 1e-6))
            return;
        m_following = false;
        m_view.low = low;
        m_view.high = high;
        emit zoomedByHand();
        applyView();
    });
    connect(plot, &MetricPlot::resetRequested, this, &ChartGrid::resetRequested);
    connect(plot, &MetricPlot::stepClicked, this, &ChartGrid::stepClicked);
}

void ChartGrid::setCornerPanel(QWidget* panel) {
    const Place place = placeOf(m_common);
    m_layout->addWidget(makeCard(panel), place.row, place.column, 1, kColumns - place.column);
}

void ChartGrid::setHistory(const RunHistory* history) {
    m_history = history;
    for (MetricPlot* plot : m_plots)
        plot->setHistory(history);
    markChanged();
}

void ChartGrid::markChanged() {
    showMixedPolicy();
    followEdge();
    std::fill(m_changed.begin(), m_changed.end(), true);
}

void ChartGrid::followEdge() {
    if (!m_following || !m_history)
        return;
    const std::vector<double>& x = m_history->x(m_view.x);
    const double edge = x.empty() ? 1.0 : x.back();
    m_view.low = 0;
    m_view.high = std::max(edge * 1.03, 1e-3);
    for (MetricPlot* plot : m_plots)
        plot->setView(m_view);
}

void ChartGrid::applyView() {
    for (MetricPlot* plot : m_plots)
        plot->setView(m_view);
    std::fill(m_changed.begin(), m_changed.end(), true);
}

void ChartGrid::setLook(XKind x, double smoothing, bool logY) {
    // A zoom on steps means nothing on seconds.
    if (x != m_view.x && !m_following) {
        m_following = true;
        emit resetRequested();
    }
    m_view.x = x;
    m_view.smoothing = smoothing;
    m_view.logY = logY;
    followEdge();
    applyView();
}

void ChartGrid::setFollowing(bool on) {
    m_following = on;
    followEdge();
    applyView();
}

void ChartGrid::onBeat() {
    if (!isVisible())
        return;
    std::size_t painted = 0;
    for (std::size_t tried = 0; tried < m_plots.size() && painted < kChartsABeat; ++tried) {
        m_next = (m_next + 1) % m_plots.size();
        if (!m_changed[m_next])
            continue;
        m_changed[m_next] = m_plots[m_next]->refresh();
        ++painted;
    }
}

void ChartGrid::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    applyView();
}

void ChartGrid::refreshAll() {
    std::fill(m_changed.begin(), m_changed.end(), false);
    for (MetricPlot* plot : m_plots)
        plot->refresh();
}

} // namespace viva
