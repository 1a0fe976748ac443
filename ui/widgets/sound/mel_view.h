// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

#include <span>

namespace viva {

/// The log-mel picture of a clip as the model hears it, low frequencies below. The picture covers
/// `durationSec`; which part is seen follows a waveform through setVisible().
class MelView : public QWidget {
    Q_OBJECT

public:
    explicit MelView(QWidget* parent = nullptr);

    /// Values [frames, bins] as LogMel gives them; the picture is made of them once, by
    /// makeImage().
    void setPicture(const QImage& image, double durationSec);
    void clear();
    void setVisibleSec(double fromSec, double toSec);
    [[nodiscard]] QSize sizeHint() const override { return {480, 104}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 64}; }

    /// Safe off the GUI thread. Dark to bright with rising energy, readable in print (perceptually
    /// even, after the "magma" idea: dark violet over red to pale yellow).
    [[nodiscard]] static QImage makeImage(std::span<const float> values, int frames, int bins);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QImage m_image;
    double m_durationSec = 0;
    double m_fromSec = 0;
    double m_toSec = 0;
};

} // namespace viva
