// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/level_measure.h"

#include <QElapsedTimer>
#include <QWidget>

namespace viva {

/// A level meter in dBFS from -60 to 0: RMS solid, peak light, held peak as a line, the scale below
/// and a clip light at the right end that stays on until it is clicked or Space is pressed.
///
/// Green to -12 dB, yellow to -3, red above, as recorders have it; the numbers say the same without
/// colour. The bar falls 26 dB a second, so that the eye can follow.
class LevelMeter : public QWidget {
    Q_OBJECT

public:
    explicit LevelMeter(QWidget* parent = nullptr);

    /// `alive` false greys it out: the microphone is free.
    void setLevel(const SoundLevel& level, bool alive);
    [[nodiscard]] const SoundLevel& level() const { return m_level; }
    [[nodiscard]] double shownPeakDb() const { return m_shownDb; }
    [[nodiscard]] QSize sizeHint() const override { return {420, 48}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {180, 44}; }

signals:
    void clipResetRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRectF barArea() const;
    [[nodiscard]] QRectF lightArea() const;
    [[nodiscard]] double xOf(double decibels) const;
    void paintBar(QPainter& painter) const;
    void paintScale(QPainter& painter) const;
    void paintLight(QPainter& painter) const;

    SoundLevel m_level;
    QElapsedTimer m_fall;
    double m_shownDb = SoundLevel::kSilenceDb;
    bool m_alive = false;
};

} // namespace viva
