// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sound/mel_view.h"

#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/heat_colors.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace viva {
MelView::MelView(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Log-mel picture as the model hears the clip"));
}

QImage MelView::makeImage(std::span<const float> values, int frames, int bins) {
    if (frames <= 0 || bins <= 0 ||
        values.size() < static_cast<std::size_t>(frames) * static_cast<std::size_t>(bins))
        return {};
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double range = std::max(1e-6F, *high - *low);
    QImage image(frames, bins, QImage::Format_RGB32);
    for (int bin = 0; bin < bins; ++bin) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(bins - 1 - bin));
        for (int frame = 0; frame < frames; ++frame) {
            const auto at = static_cast<std::size_t>(frame) * static_cast<std::size_t>(bins) +
                            static_cast<std::size_t>(bin);
            line[frame] = heatColor((values[at] - *low) / range);
        }
    }
    return image;
}

void MelView::setPicture(const QImage& image, double durationSec) {
    m_image = image;
    m_durationSec = durationSec;
    setVisibleSec(0, durationSec);
}

void MelView::clear() {
    setPicture({}, 0);
}

void MelView::setVisibleSec(double fromSec, double toSec) {
    m_fromSec = fromSec;
    m_toSec = toSec;
    update();
}

void MelView::paintEvent(QPaintEvent*) {
    const ThemeColors& colors = colorsFor(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath frame;
    frame.addRoundedRect(rect(), kRadius, kRadius);
    painter.fillPath(frame, colors.sunken);
    if (m_image.isNull() || m_durationSec <= 0)
        return;
    painter.setClipPath(frame);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const double scale = m_image.width() / m_durationSec;
    painter.drawImage(
        QRectF(rect()), m_image,
        QRectF(m_fromSec * scale, 0, (m_toSec - m_fromSec) * scale, m_image.height()));
}

} // namespace viva
