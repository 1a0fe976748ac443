// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_file.h"
#include "ui/bridge/task_runner.h"
#include "ui/widgets/sound/sound_picture.h"

#include <QTimer>
#include <QWidget>

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace viva {

class SoundScan;
class SoundSource;
struct WaveformColumn;

/// A clip to look at: waveform above, spectrogram or log-mel below, one time axis for both.
///
/// Wheel or + and - zoom, Shift and wheel or the arrow keys scroll, dragging selects, a click
/// seeks, a double click shows all. Times are in seconds from the start of what is shown. Reading
/// and computing happen off the GUI thread; what is drawn comes from the pyramid and from tiles, so
/// that an hour of sound zooms as smoothly as a second.
class SoundView : public QWidget {
    Q_OBJECT

public:
    explicit SoundView(TaskRunner& tasks, QWidget* parent = nullptr);
    ~SoundView() override;

    /// A file, or the stretch of it from `fromSec` to `toSec` (negative = its end).
    void setClip(const std::filesystem::path& path, double fromSec = 0, double toSec = -1);
    void clear(const QString& hint = {});
    void setPicture(PictureKind kind);
    void setCursorSec(double seconds); ///< negative hides it; scrolls after it when zoomed in
    void setSelection(std::optional<std::pair<double, double>> seconds);
    void setVisibleSec(double fromSec, double toSec);
    void zoomIn();
    void zoomOut();
    void showWhole();
    void showSelection(); ///< zooms to it

    [[nodiscard]] PictureKind picture() const { return m_picture.kind(); }
    [[nodiscard]] double durationSec() const { return m_durationSec; } ///< 0 until it is read
    [[nodiscard]] std::optional<std::pair<double, double>> selection() const { return m_selection; }
    [[nodiscard]] std::pair<double, double> visibleSec() const { return {m_fromSec, m_toSec}; }
    [[nodiscard]] double cursorSec() const { return m_cursorSec; }
    /// Rate, channels and format of the file; empty until it is read.
    [[nodiscard]] const AudioFileInfo& facts() const { return m_facts; }
    [[nodiscard]] bool scanned() const; ///< the whole waveform is there
    /// Waveform and picture of what is visible are drawn in full detail.
    [[nodiscard]] bool complete() const;
    [[nodiscard]] QSize sizeHint() const override { return {560, 260}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 150}; }

signals:
    void clipLoaded();   ///< length and facts are known; the waveform may still be growing
    void scanFinished(); ///< the whole waveform is there
    void failed(const QString& sentence);
    void seekRequested(double seconds);
    void selectionChanged();
    void visibleChanged(double fromSec, double toSec);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] double secAt(double x) const;
    [[nodiscard]] double xOf(double seconds) const;
    [[nodiscard]] QRectF waveArea() const;
    [[nodiscard]] QRectF pictureArea() const;
    void zoomAround(double seconds, double factor);
    void scrollBy(double seconds);
    void takeSource(std::shared_ptr<const SoundSource> source, double peakDb);
    void pollScan();
    void requestDetail(double first, double last);
    [[nodiscard]] std::vector<WaveformColumn> columnsFor(double first, double last, int count);
    void paintWave(QPainter& painter, const QRectF& area);
    void paintSamples(QPainter& painter, const QRectF& area, double first, double last) const;
    void paintRuler(QPainter& painter, const QRectF& area) const;
    void paintPicture(QPainter& painter, const QRectF& area);
    void paintMarks(QPainter& painter) const;

    /// Samples around what is visible, for zooms finer than the pyramid.
    struct Detail {
        std::int64_t at = 0;
        std::vector<float> samples;
    };

    TaskRunner& m_tasks;
    TaskChannel m_loads;
    TaskChannel m_details;
    std::shared_ptr<const SoundSource> m_source;
    std::shared_ptr<SoundScan> m_scan;
    SoundPicture m_picture;
    Detail m_detail;
    std::pair<double, double> m_detailAsked{0, 0};
    AudioFileInfo m_facts;
    QTimer m_poll;
    QString m_hint;
    double m_durationSec = 0;
    double m_fromSec = 0;
    double m_toSec = 0;
    double m_cursorSec = -1;
    double m_pressX = 0;
    bool m_dragging = false;
    bool m_coarse = false; ///< the waveform was drawn with less detail than the zoom has
    std::optional<std::pair<double, double>> m_selection;
};

} // namespace viva
