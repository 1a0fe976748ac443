// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/features/waveform_summary.h"

#include <QWidget>

#include <memory>
#include <optional>
#include <utility>

namespace viva {

/// A clip's waveform: extremes and loudness by pixel, clipped places marked, a play cursor, a
/// selection, and zoom by wheel around the pointer. Times are in seconds from the clip's start.
class WaveformView : public QWidget {
    Q_OBJECT

public:
    explicit WaveformView(QWidget* parent = nullptr);

    /// Null clears; `hint` is shown instead of a waveform.
    void setClip(std::shared_ptr<const WaveformSummary> summary, int sampleRateHz,
                 const QString& hint = {});
    void setCursorSec(double seconds); ///< negative hides it
    void clearSelection();
    void showWhole();

    [[nodiscard]] double durationSec() const;
    [[nodiscard]] std::optional<std::pair<double, double>> selectionSec() const;
    [[nodiscard]] std::pair<double, double> visibleSec() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
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

private:
    [[nodiscard]] double secAt(double x) const;
    [[nodiscard]] double xOf(double seconds) const;
    void zoomAround(double seconds, double factor);
    void paintColumns(QPainter& painter, const QRectF& area) const;
    void paintRuler(QPainter& painter, const QRectF& area) const;

    std::shared_ptr<const WaveformSummary> m_summary;
    int m_sampleRateHz = 16000;
    QString m_hint;
    double m_fromSec = 0;
    double m_toSec = 0;
    double m_cursorSec = -1;
    double m_pressX = 0;
    bool m_dragging = false;
    std::optional<std::pair<double, double>> m_selection;
};

} // namespace viva
