// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_file.h"
#include "ui/bridge/task_runner.h"

#include <QWidget>

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

namespace viva {

class SoundPicture;
class SoundScan;
class SoundSource;

/// What is drawn below the waveform.
enum class PictureKind { Spectrogram, LogMel };

/// A clip to look at: waveform above, spectrogram or log-mel below, one time axis for both.
///
/// Wheel or + and - zoom, Shift and wheel or the arrow keys scroll, dragging selects, a click seeks,
/// a double click shows all. Times are in seconds from the start of what is shown. Reading and
/// computing happen off the GUI thread; what is drawn comes from the pyramid and from tiles, so
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

    [[nodiscard]] PictureKind picture() const { return m_kind; }
    [[nodiscard]] double durationSec() const { return m_durationSec; } ///< 0 until it is read
    [[nodiscard]] std::optional<std::pair<double, double>> selection() const { return m_selection; }
    [[nodiscard]] std::pair<double, double> visibleSec() const { return {m_fromSec, m_toSec}; }
    /// Rate, channels and format of the file; empty until it is read.
    [[nodiscard]] const AudioFileInfo& facts() const { return m_facts; }
    [[nodiscard]] bool scanned() const { return m_scanned; } ///< the whole waveform is there
    [[nodiscard]] QSize sizeHint() const override { return {560, 260}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 150}; }

signals:
    void clipLoaded();  ///< length and facts are known; the waveform may still be growing
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
    void startScan();
    void pollScan();
    void paintWave(QPainter& painter, const QRectF& area);
    void paintRuler(QPainter& painter, const QRectF& area) const;
    void paintMarks(QPainter& painter) const;

    TaskRunner& m_tasks;
    TaskChannel m_loads;
    std::shared_ptr<const SoundSource> m_source;
    std::shared_ptr<SoundScan> m_scan;
    std::unique_ptr<SoundPicture> m_picture;
    AudioFileInfo m_facts;
    PictureKind m_kind = PictureKind::Spectrogram;
    QString m_hint;
    double m_startSec = 0; ///< of the stretch, in the file
    double m_durationSec = 0;
    double m_fromSec = 0;
    double m_toSec = 0;
    double m_cursorSec = -1;
    double m_pressX = 0;
    bool m_dragging = false;
    bool m_scanned = false;
    std::optional<std::pair<double, double>> m_selection;
};

} // namespace viva
