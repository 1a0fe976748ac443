// SPDX-License-Identifier: GPL-3.0-or-later
// What is read and drawn; what the person does stands in sound_view_input.cpp.
#include "ui/widgets/sound/sound_view.h"

#include "core/audio/level_measure.h"
#include "core/audio/sound_source.h"
#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/sound_scan.h"
#include "ui/widgets/sound/time_axis.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr int kRulerHeight = 20;
constexpr int kGap = 2;
/// Below so many samples a pixel each one is a point of a line.
constexpr double kLineBelow = 2.0;

double peakDbOf(const SoundSource& source) {
    float peak = 0;
    for (const float sample : source.samples())
        peak = std::max(peak, std::abs(sample));
    return source.samples().empty() ? 0.0
                                    : std::max(-60.0, amplitudeToDb(static_cast<double>(peak)));
}

} // namespace

SoundView::SoundView(TaskRunner& tasks, QWidget* parent)
    : QWidget(parent), m_tasks(tasks), m_loads(tasks, this), m_details(tasks, this),
      m_picture(tasks, this, [this] { update(); }) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(tr("Waveform and spectrogram"));
    m_poll.setInterval(40);
    connect(&m_poll, &QTimer::timeout, this, &SoundView::pollScan);
}

SoundView::~SoundView() {
    if (m_scan)
        m_scan->stop();
}

void SoundView::clear(const QString& hint) {
    m_loads.cancel();
    m_details.cancel();
    m_poll.stop();
    if (m_scan)
        m_scan->stop();
    m_scan.reset();
    m_source.reset();
    m_picture.setSource(nullptr, 0);
    m_detail = {};
    m_detailAsked = {0, 0};
    m_facts = {};
    m_hint = hint;
    m_durationSec = m_fromSec = m_toSec = 0;
    m_cursorSec = -1;
    m_selection.reset();
    setAccessibleDescription(hint);
    update();
}

void SoundView::setClip(const std::filesystem::path& path, double fromSec, double toSec) {
    clear(tr("Reading the clip ..."));
    struct Loaded {
        std::shared_ptr<const SoundSource> source;
        double peakDb = 0;
    };
    m_loads.start(
        [path, fromSec, toSec] {
            Loaded loaded;
            loaded.source = std::make_shared<const SoundSource>(path, fromSec, toSec);
            loaded.peakDb = peakDbOf(*loaded.source);
            return loaded;
        },
        [this](const Loaded& loaded) { takeSource(loaded.source, loaded.peakDb); },
        [this](const ErrorInfo& error) {
            clear(tr("This clip cannot be shown"));
            emit failed(QString::fromStdString(error.text()));
        });
}

void SoundView::takeSource(std::shared_ptr<const SoundSource> source, double peakDb) {
    m_source = std::move(source);
    m_facts = m_source->file();
    m_durationSec = m_source->durationSec();
    m_fromSec = 0;
    m_toSec = m_durationSec;
    m_hint.clear();
    m_picture.setSource(m_source, peakDb);
    m_scan = std::make_shared<SoundScan>(m_source);
    m_tasks.post(this, [scan = m_scan] {
        scan->run();
        return std::function<void()>([] {});
    });
    m_poll.start();
    setAccessibleDescription(tr("%1 seconds, %2 Hz, channels: %3")
                                 .arg(m_durationSec, 0, 'f', 2)
                                 .arg(m_facts.sampleRateHz)
                                 .arg(m_facts.channels));
    update();
    emit clipLoaded();
    emit visibleChanged(m_fromSec, m_toSec);
}

void SoundView::pollScan() {
    update();
    if (!scanned())
        return;
    m_poll.stop();
    emit scanFinished();
}

bool SoundView::scanned() const {
    return m_scan && m_scan->finished();
}

bool SoundView::complete() const {
    return scanned() && !m_coarse && m_picture.complete();
}

QRectF SoundView::waveArea() const {
    const double room = height() - kRulerHeight - kGap;
    return {0, 0, static_cast<double>(width()), std::floor(room * 0.45)};
}

QRectF SoundView::pictureArea() const {
    const double top = waveArea().bottom() + kGap;
    return {0, top, static_cast<double>(width()), height() - kRulerHeight - top};
}

/// Samples around the stretch, off the GUI thread.
void SoundView::requestDetail(double first, double last) {
    if (m_detailAsked.first <= first && last <= m_detailAsked.second)
        return;
    const double margin = last - first;
    m_detailAsked = {std::max(0.0, first - margin), last + margin};
    const auto at = static_cast<std::int64_t>(m_detailAsked.first);
    const auto count =
        static_cast<std::size_t>(m_detailAsked.second) - static_cast<std::size_t>(at);
    m_details.start(
        [source = m_source, at, count] {
            Detail detail{at, std::vector<float>(count)};
            source->read(at, detail.samples);
            return detail;
        },
        [this](Detail detail) {
            m_detail = std::move(detail);
            update();
        });
}

std::vector<WaveformColumn> SoundView::columnsFor(double first, double last, int count) {
    m_coarse = false;
    if ((last - first) / count >= static_cast<double>(WaveformPyramid::kBase))
        return m_scan->columns(first, last, count);
    if (!m_source->samples().empty())
        return columnsOf(m_source->samples(), 0, first, last, count);
    const auto end = m_detail.at + std::ssize(m_detail.samples);
    const double whole = static_cast<double>(m_source->sampleCount());
    if (static_cast<double>(m_detail.at) <= first &&
        std::min(last, whole) <= static_cast<double>(end))
        return columnsOf(m_detail.samples, m_detail.at, first, last, count);
    m_coarse = true;
    requestDetail(first, last);
    return m_scan->columns(first, last, count);
}

void SoundView::paintWave(QPainter& painter, const QRectF& area) {
    const ThemeColors& colors = colorsFor(palette());
    const double rate = m_source->sampleRateHz();
    const double first = m_fromSec * rate;
    const double last = m_toSec * rate;
    const int count = std::max(1, static_cast<int>(area.width()));
    const auto columns = columnsFor(first, last, count);
    painter.setPen(colors.grid);
    painter.drawLine(QPointF(area.left(), area.center().y()),
                     QPointF(area.right(), area.center().y()));
    if ((last - first) / count < kLineBelow && !m_coarse) {
        paintSamples(painter, area, first, last);
        return;
    }
    const double middle = area.center().y();
    const double half = area.height() / 2 - 2;
    QList<QLineF> peaks;
    QList<QLineF> loud;
    QList<QLineF> clipped;
    peaks.reserve(count);
    loud.reserve(count);
    for (int x = 0; x < count; ++x) {
        const WaveformColumn& column = columns[static_cast<std::size_t>(x)];
        if (column.max == 0 && column.min == 0)
            continue;
        const double px = area.left() + x + 0.5;
        const double top = middle - std::min(1.0F, column.max) * half;
        const double bottom = std::max(middle - std::max(-1.0F, column.min) * half, top + 1);
        (column.max >= LevelMeasure::kFullScale || column.min <= -1.0F ? clipped : peaks)
            .append(QLineF(px, top, px, bottom));
        const double rms = std::min(1.0F, column.rms) * half;
        loud.append(QLineF(px, middle - rms, px, middle + rms));
    }
    QColor peak = colors.accent;
    peak.setAlphaF(0.45F);
    painter.setPen(peak);
    painter.drawLines(peaks);
    painter.setPen(colors.accent);
    painter.drawLines(loud);
    painter.setPen(colors.down);
    painter.drawLines(clipped);
}

/// So near that every sample is seen: a line through them, with dots where there is room.
void SoundView::paintSamples(QPainter& painter, const QRectF& area, double first,
                             double last) const {
    const std::span<const float> memory = m_source->samples();
    const std::span<const float> samples =
        memory.empty() ? std::span<const float>(m_detail.samples) : memory;
    const std::int64_t at = memory.empty() ? m_detail.at : 0;
    const auto from = std::max(at, static_cast<std::int64_t>(first) - 1);
    const auto to = std::min(at + std::ssize(samples), static_cast<std::int64_t>(last) + 2);
    const double scale = area.width() / (last - first);
    const double half = area.height() / 2 - 2;
    QList<QPointF> points;
    for (std::int64_t i = from; i < to; ++i)
        points.append(
            {area.left() + (static_cast<double>(i) - first) * scale,
             area.center().y() -
                 std::clamp(samples[static_cast<std::size_t>(i - at)], -1.0F, 1.0F) * half});
    // Piece by piece: stroking one long line costs hundreds of milliseconds.
    QList<QLineF> lines;
    for (qsizetype i = 1; i < points.size(); ++i)
        lines.append(QLineF(points[i - 1], points[i]));
    painter.setRenderHint(QPainter::Antialiasing, scale > 2);
    painter.setPen(QPen(colorsFor(palette()).accent, scale > 2 ? 1.4 : 1));
    painter.drawLines(lines);
    if (scale > 6)
        for (const QPointF& point : points)
            painter.fillRect(QRectF(point.x() - 1.5, point.y() - 1.5, 3, 3),
                             colorsFor(palette()).accent);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

void SoundView::paintRuler(QPainter& painter, const QRectF& area) const {
    const ThemeColors& colors = colorsFor(palette());
    painter.setFont(textFont(TextSize::Caption));
    const double step = niceStep((m_toSec - m_fromSec) / std::max(1.0, area.width()), 84);
    for (double t = std::ceil(m_fromSec / step) * step; t <= m_toSec; t += step) {
        const double x = xOf(t);
        painter.setPen(colors.textMuted);
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.top() + 4));
        if (x + 48 < width())
            painter.drawText(QRectF(x + 4, area.top(), 80, area.height()), Qt::AlignVCenter,
                             timeText(t, step));
    }
}

void SoundView::paintPicture(QPainter& painter, const QRectF& area) {
    const double rate = m_source->sampleRateHz();
    m_picture.paint(painter, area, m_fromSec * rate, m_toSec * rate);
    const ThemeColors& colors = colorsFor(palette());
    painter.setFont(textFont(TextSize::Caption));
    if (const QString hint = m_picture.hint(); !hint.isEmpty()) {
        painter.setPen(colors.textMuted);
        painter.drawText(area.adjusted(kGrid, 0, -kGrid, 0), Qt::AlignCenter | Qt::TextWordWrap,
                         hint);
        return;
    }
    const QString top = picture() == PictureKind::Spectrogram
                            ? tr("%1 kHz").arg(m_picture.topHz() / 1000, 0, 'g', 2)
                            : tr("80 mel bins, to 8 kHz");
    // On a plate of its own: the picture is dark or bright in both themes.
    const QRectF plate(area.left() + 4, area.top() + 4,
                       painter.fontMetrics().horizontalAdvance(top) + 10, 16);
    painter.fillRect(plate, QColor(0, 0, 0, 130));
    painter.setPen(Qt::white);
    painter.drawText(plate, Qt::AlignCenter, top);
}

void SoundView::paintMarks(QPainter& painter) const {
    const ThemeColors& colors = colorsFor(palette());
    const double bottom = pictureArea().bottom();
    if (m_selection) {
        const double from = xOf(m_selection->first);
        const double to = xOf(m_selection->second);
        // The picture is veiled outside the selection, so that its colours stay true inside.
        QColor veil = colors.window;
        veil.setAlphaF(0.55F);
        painter.fillRect(QRectF(0, pictureArea().top(), from, pictureArea().height()), veil);
        painter.fillRect(QRectF(to, pictureArea().top(), width() - to, pictureArea().height()),
                         veil);
        painter.setPen(colors.accent);
        painter.drawLine(QPointF(from, 0), QPointF(from, bottom));
        painter.drawLine(QPointF(to, 0), QPointF(to, bottom));
    }
    if (m_cursorSec < m_fromSec || m_cursorSec > m_toSec)
        return;
    const double x = xOf(m_cursorSec);
    painter.fillRect(QRectF(x - 1.5, 0, 3, bottom), QColor(0, 0, 0, 120));
    painter.fillRect(QRectF(x - 0.75, 0, 1.5, bottom), Qt::white);
}

void SoundView::paintEvent(QPaintEvent*) {
    const ThemeColors& colors = colorsFor(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath frame;
    frame.addRoundedRect(rect(), kRadius, kRadius);
    painter.setClipPath(frame);
    painter.fillRect(rect(), colors.sunken);
    if (!m_source) {
        painter.setPen(colors.textMuted);
        painter.drawText(rect().adjusted(kGrid, 0, -kGrid, 0), Qt::AlignCenter | Qt::TextWordWrap,
                         m_hint);
        return;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (m_selection) {
        const double from = xOf(m_selection->first);
        painter.fillRect(QRectF(from, 0, xOf(m_selection->second) - from, waveArea().bottom()),
                         colors.accentSoft);
    }
    paintWave(painter, waveArea());
    paintPicture(painter, pictureArea());
    paintRuler(painter, QRectF(0, height() - kRulerHeight, width(), kRulerHeight));
    paintMarks(painter);
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colors.accent, 1.5));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), kRadius, kRadius);
    }
}

} // namespace viva
