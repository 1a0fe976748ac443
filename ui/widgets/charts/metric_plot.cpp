// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/charts/metric_plot.h"

#include "ui/theme/type_scale.h"
#include "ui/widgets/charts/plot_overlay.h"

#include <QBoxLayout>
#include <QLabel>

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace viva {

MetricPlot::MetricPlot(ChartSpec spec, QWidget* parent)
    : QWidget(parent), m_spec(std::move(spec)), m_plot(new QCustomPlot(this)),
      m_overlay(new PlotOverlay(m_plot)), m_title(new QLabel(this)), m_legend(new QLabel(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setToolTip(m_spec.help);
    setAccessibleName(m_spec.title);
    m_title->setText(m_spec.unit.isEmpty()
                         ? m_spec.title
                         : QStringLiteral("%1 <span style='font-weight:400'>%2</span>")
                               .arg(m_spec.title, m_spec.unit));
    m_legend->setTextFormat(Qt::RichText);
    m_legend->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_legend->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    // Many curves need a line of their own for their names, as two do beside a long title.
    constexpr qsizetype kLongTitle = 18;
    const bool ownLine =
        m_spec.curves.size() > 2 || (m_spec.curves.size() > 1 && m_spec.title.size() > kLongTitle);
    if (ownLine)
        m_legend->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto* heading = new QBoxLayout(ownLine ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    heading->setContentsMargins(kHalfGrid, 0, kHalfGrid, 0);
    heading->setSpacing(ownLine ? 0 : kGrid);
    heading->addWidget(m_title);
    heading->addWidget(m_legend, ownLine ? 0 : 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGrid, kGrid - 2, kGrid, kHalfGrid);
    layout->setSpacing(2);
    layout->addLayout(heading);
    layout->addWidget(m_plot, 1);
    setLarge(false);
    createPlot();
    createBand();
    createCurves();
    applyTheme();
}

MetricPlot::~MetricPlot() = default;

void MetricPlot::setLarge(bool large) {
    setTextSize(m_title, large ? TextSize::Body : TextSize::Caption, QFont::DemiBold);
    setTextSize(m_legend, large ? TextSize::Body : TextSize::Caption);
}

void MetricPlot::createPlot() {
    m_plot->setAttribute(Qt::WA_OpaquePaintEvent, false);
    m_plot->setMinimumSize(8 * kGrid, 5 * kGrid); // never a buffer of no size
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setNoAntialiasingOnDrag(true);
    m_plot->setPlottingHint(QCP::phFastPolylines, true);
    m_plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    m_plot->axisRect()->setMargins({0, kHalfGrid, kGrid, 0});
    m_plot->axisRect()->setMinimumMargins({28, kHalfGrid, kGrid, 0});
    m_plot->xAxis->ticker()->setTickCount(4);
    m_plot->yAxis->ticker()->setTickCount(3);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLength(0, 0);
        axis->setSubTicks(false);
        axis->setTickLabelPadding(3);
        axis->setNumberPrecision(3);
        axis->setNumberFormat("g");
    }
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->yAxis->setBasePen(Qt::NoPen);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    connect(m_plot, &QCustomPlot::mousePress, this, &MetricPlot::onPress);
    connect(m_plot, &QCustomPlot::mouseMove, this, &MetricPlot::onMove);
    connect(m_plot, &QCustomPlot::mouseRelease, this, &MetricPlot::onRelease);
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, &MetricPlot::resetRequested);
    connect(m_plot, &QCustomPlot::mouseWheel, this, [this](QWheelEvent* event) {
        const double steps = event->angleDelta().y() / 120.0;
        requestZoom(std::pow(0.8, steps), xAt(event->position().x()));
    });
}

void MetricPlot::createBand() {
    if (m_spec.bandLow.empty() && m_spec.bandSpread.empty())
        return;
    m_bandLow = m_plot->addGraph();
    m_bandHigh = m_plot->addGraph();
    m_bandHigh->setChannelFillGraph(m_bandLow);
    for (QCPGraph* graph : {m_bandLow, m_bandHigh}) {
        graph->setPen(Qt::NoPen);
        graph->setAdaptiveSampling(true);
    }
}

void MetricPlot::createCurves() {
    for (const CurveSpec& spec : m_spec.curves) {
        Curve curve;
        curve.spec = spec;
        curve.area = m_spec.stacked && !spec.dashed;
        if (!curve.area)
            curve.raw = m_plot->addGraph();
        curve.line = m_plot->addGraph();
        m_curves.push_back(curve);
    }
    // An area reaches down to the one that is stacked below it: the next in the list.
    for (std::size_t index = 0; index < m_curves.size(); ++index) {
        const bool below = index + 1 < m_curves.size() && m_curves[index + 1].area;
        if (m_curves[index].area && below)
            m_curves[index].line->setChannelFillGraph(m_curves[index + 1].line);
    }
}

void MetricPlot::applyTheme() {
    const ThemeColors& colors = colorsFor(palette());
    m_plot->setBackground(QBrush(colors.surface));
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setTickLabelColor(colors.textMuted);
        axis->setTickLabelFont(textFont(TextSize::Caption));
        axis->grid()->setPen(QPen(colors.grid, 1));
        axis->grid()->setZeroLinePen(QPen(colors.border, 1));
    }
    m_plot->xAxis->setBasePen(QPen(colors.border, 1));
    applyCurveColors();
}

void MetricPlot::applyCurveColors() {
    const ThemeColors& colors = colorsFor(palette());
    for (Curve& curve : m_curves) {
        const QColor color = dataColor(curve.spec.color, colors);
        if (curve.area) {
            QColor fill = color;
            fill.setAlphaF(colors.dark ? 0.62F : 0.55F);
            curve.line->setPen(QPen(color, 1));
            curve.line->setBrush(fill);
            continue;
        }
        QColor faint = color;
        faint.setAlphaF(0.35F);
        curve.line->setPen(QPen(color, curve.spec.dashed ? 1.4 : 2.0,
                                curve.spec.dashed ? Qt::DashLine : Qt::SolidLine, Qt::FlatCap,
                                Qt::RoundJoin));
        curve.raw->setPen(QPen(faint, 1));
    }
    if (m_bandHigh) {
        QColor band = dataColor(m_spec.curves.front().color, colors);
        band.setAlphaF(colors.dark ? 0.20F : 0.13F);
        m_bandHigh->setBrush(band);
    }
}

void MetricPlot::setHistory(const RunHistory* history) {
    m_history = history;
    m_shown.any = false;
}

void MetricPlot::setView(const PlotView& view) {
    if (view.logY != m_view.logY) {
        const bool log = view.logY && !m_spec.fixedRange && !m_spec.stacked;
        m_plot->yAxis->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
        QSharedPointer<QCPAxisTicker> ticker(log ? new QCPAxisTickerLog : new QCPAxisTicker);
        if (!log)
            ticker->setTickCount(3);
        m_plot->yAxis->setTicker(ticker);
        m_shown.any = false;
    }
    m_view = view;
}

bool MetricPlot::hasData() const {
    if (!m_history)
        return false;
    return std::any_of(m_curves.begin(), m_curves.end(), [this](const Curve& curve) {
        return std::any_of(
            curve.spec.metrics.begin(), curve.spec.metrics.end(),
            [this](const std::string& name) { return !m_history->values(name).empty(); });
    });
}

std::vector<double> MetricPlot::valuesOf(const CurveSpec& curve) const {
    std::vector<double> sum;
    for (const std::string& name : curve.metrics) {
        const std::vector<double>& values = m_history->values(name);
        if (values.empty())
            continue;
        if (sum.empty())
            sum.assign(values.size(), 0);
        for (std::size_t row = 0; row < values.size(); ++row)
            sum[row] += values[row];
    }
    return sum;
}

int MetricPlot::columns() const {
    return std::max(16, m_plot->axisRect()->width());
}

std::vector<CurvePoint> MetricPlot::setGraph(QCPGraph* graph, const std::vector<double>& values) {
    const std::vector<CurvePoint> points =
        decimated(m_history->x(m_view.x), values, m_view.low, m_view.high, columns());
    QVector<QCPGraphData> dots;
    dots.reserve(static_cast<qsizetype>(points.size()));
    for (const CurvePoint& point : points)
        dots.append(QCPGraphData(point.x, point.y));
    graph->data()->set(dots, true);
    // One step has no line yet.
    graph->setScatterStyle(dots.size() == 1 && graph->pen().style() != Qt::NoPen
                               ? QCPScatterStyle(QCPScatterStyle::ssDisc, 6)
                               : QCPScatterStyle::ssNone);
    return points;
}

bool MetricPlot::refresh() {
    // A hidden plot has no buffer to paint into; its grid asks again when it is shown.
    if (!m_history || !isVisible() || m_plot->width() < kGrid)
        return false;
    m_plot->xAxis->setRange(m_view.low, m_view.high);
    m_values = {0, 0, false};
    fillBand();
    if (m_spec.stacked)
        fillStack();
    fillLines();
    fillMarks();
    const bool moving = fitY();
    setCrosshair(m_crosshair);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    return moving;
}

void MetricPlot::fillLines() {
    for (Curve& curve : m_curves) {
        if (curve.area)
            continue;
        const std::vector<double> values = valuesOf(curve.spec);
        curve.shown = smoothed(values, m_view.smoothing);
        const AxisRange range = valueRange(setGraph(curve.raw, values), m_view.low, m_view.high);
        curve.raw->setVisible(m_view.smoothing > 0);
        static_cast<void>(setGraph(curve.line, curve.shown));
        if (range.any) {
            m_values.low = m_values.any ? std::min(m_values.low, range.low) : range.low;
            m_values.high = m_values.any ? std::max(m_values.high, range.high) : range.high;
            m_values.any = true;
        }
    }
}

void MetricPlot::fillStack() {
    std::vector<double> top;
    for (auto curve = m_curves.rbegin(); curve != m_curves.rend(); ++curve) {
        if (!curve->area)
            continue;
        curve->shown = smoothed(valuesOf(curve->spec), m_view.smoothing);
        if (top.empty())
            top.assign(curve->shown.size(), 0);
        for (std::size_t row = 0; row < std::min(top.size(), curve->shown.size()); ++row)
            top[row] += curve->shown[row];
        const AxisRange range = valueRange(setGraph(curve->line, top), m_view.low, m_view.high);
        m_values = {0, std::max(m_values.high, range.high), range.any || m_values.any};
        if (curve->shown.empty())
            curve->line->data()->clear();
    }
}

void MetricPlot::fillBand() {
    if (!m_bandHigh)
        return;
    std::vector<double> low = m_history->values(m_spec.bandLow);
    std::vector<double> high = m_history->values(m_spec.bandHigh);
    if (low.empty() && !m_spec.bandSpread.empty()) {
        const std::vector<double>& spread = m_history->values(m_spec.bandSpread);
        low = high = m_history->values(m_spec.curves.front().metrics.front());
        for (std::size_t row = 0; row < std::min(low.size(), spread.size()); ++row) {
            low[row] -= spread[row];
            high[row] += spread[row];
        }
    }
    const std::vector<double> smoothLow = smoothed(low, m_view.smoothing);
    const std::vector<double> smoothHigh = smoothed(high, m_view.smoothing);
    for (const auto& points : {setGraph(m_bandLow, smoothLow), setGraph(m_bandHigh, smoothHigh)}) {
        const AxisRange range = valueRange(points, m_view.low, m_view.high);
        if (!range.any)
            continue;
        m_values.low = m_values.any ? std::min(m_values.low, range.low) : range.low;
        m_values.high = m_values.any ? std::max(m_values.high, range.high) : range.high;
        m_values.any = true;
    }
}

void MetricPlot::fillMarks() {
    const ThemeColors& colors = colorsFor(palette());
    std::vector<std::pair<double, QColor>> marks;
    for (const std::int64_t step : m_history->checkpoints())
        marks.emplace_back(m_history->xOfStep(m_view.x, step), colors.neutral);
    for (const EvaluationEvent& evaluation : m_history->evaluations())
        marks.emplace_back(m_history->xOfStep(m_view.x, evaluation.step), colors.accent);
    for (const std::int64_t step : m_history->resumes())
        marks.emplace_back(m_history->xOfStep(m_view.x, step), colors.down);
    constexpr std::size_t kMost = 200;
    marks.resize(std::min(marks.size(), kMost));
    while (m_marks.size() < marks.size()) {
        auto* line = new QCPItemLine(m_plot);
        for (QCPItemPosition* end : {line->start, line->end}) {
            end->setTypeX(QCPItemPosition::ptPlotCoords);
            end->setTypeY(QCPItemPosition::ptAxisRectRatio);
        }
        m_marks.push_back(line);
    }
    for (std::size_t index = 0; index < m_marks.size(); ++index) {
        QCPItemLine* line = m_marks[index];
        line->setVisible(index < marks.size());
        if (index >= marks.size())
            continue;
        line->start->setCoords(marks[index].first, 1.0);
        line->end->setCoords(marks[index].first, 0.94);
        line->setPen(QPen(marks[index].second, 2));
    }
}

bool MetricPlot::fitY() {
    if (m_spec.fixedRange) {
        m_plot->yAxis->setRange(m_spec.fixedRange->first, m_spec.fixedRange->second);
        return false;
    }
    if (m_plot->yAxis->scaleType() == QCPAxis::stLogarithmic) {
        const double high = std::max(m_values.high, 1e-9);
        const double low = std::max(m_values.low, high * 1e-4);
        m_plot->yAxis->setRange(low * 0.7, high * 1.4);
        return false;
    }
    const AxisRange wanted = paddedRange(m_values);
    m_shown = easedRange(m_shown, wanted, 0.25);
    const double rest = std::abs(m_shown.low - wanted.low) + std::abs(m_shown.high - wanted.high);
    const bool moving = rest > 0.01 * (wanted.high - wanted.low);
    if (!moving)
        m_shown = wanted;
    m_plot->yAxis->setRange(m_shown.low, m_shown.high);
    return moving;
}

void MetricPlot::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_curves.empty()) {
        applyTheme();
        refresh();
    }
}

} // namespace viva
