// SPDX-License-Identifier: GPL-3.0-or-later
// What the person does with a SoundView: zoom, scroll, select, seek.
#include "core/audio/sound_source.h"
#include "ui/widgets/sound/sound_view.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr double kMinVisibleSec = 0.002;
constexpr double kZoomStep = 1.5;

} // namespace

void SoundView::setPicture(PictureKind kind) {
    m_picture.setKind(kind);
    update();
}

void SoundView::setCursorSec(double seconds) {
    if (seconds == m_cursorSec)
        return;
    m_cursorSec = seconds;
    const double span = m_toSec - m_fromSec;
    if (seconds >= 0 && span < m_durationSec && (seconds > m_toSec || seconds < m_fromSec))
        setVisibleSec(seconds - 0.05 * span, seconds + 0.95 * span);
    update();
}

void SoundView::setSelection(std::optional<std::pair<double, double>> seconds) {
    if (seconds)
        seconds = std::pair(std::clamp(seconds->first, 0.0, m_durationSec),
                            std::clamp(seconds->second, 0.0, m_durationSec));
    if (seconds && !(seconds->first < seconds->second))
        seconds.reset();
    if (seconds == m_selection)
        return;
    m_selection = seconds;
    emit selectionChanged();
    update();
}

void SoundView::setVisibleSec(double fromSec, double toSec) {
    if (m_durationSec <= 0)
        return;
    const double least = std::min(kMinVisibleSec, m_durationSec);
    const double span = std::clamp(toSec - fromSec, least, m_durationSec);
    m_fromSec = std::clamp(fromSec, 0.0, m_durationSec - span);
    m_toSec = m_fromSec + span;
    emit visibleChanged(m_fromSec, m_toSec);
    update();
}

void SoundView::zoomAround(double seconds, double factor) {
    const double span = m_toSec - m_fromSec;
    if (span <= 0)
        return;
    const double least = std::min(kMinVisibleSec, m_durationSec);
    const double wanted = std::clamp(span * factor, least, m_durationSec);
    const double from = seconds - (seconds - m_fromSec) / span * wanted;
    setVisibleSec(from, from + wanted);
}

void SoundView::scrollBy(double seconds) {
    setVisibleSec(m_fromSec + seconds, m_toSec + seconds);
}

/// Around the cursor or the selection where one is in view, else the middle.
void SoundView::zoomIn() {
    const bool cursor = m_cursorSec >= m_fromSec && m_cursorSec <= m_toSec;
    zoomAround(cursor        ? m_cursorSec
               : m_selection ? (m_selection->first + m_selection->second) / 2
                             : (m_fromSec + m_toSec) / 2,
               1 / kZoomStep);
}

void SoundView::zoomOut() {
    zoomAround((m_fromSec + m_toSec) / 2, kZoomStep);
}

void SoundView::showWhole() {
    setVisibleSec(0, m_durationSec);
}

void SoundView::showSelection() {
    if (!m_selection)
        return;
    const double margin = 0.05 * (m_selection->second - m_selection->first);
    setVisibleSec(m_selection->first - margin, m_selection->second + margin);
}

double SoundView::secAt(double x) const {
    const double part = std::clamp(x / std::max(1, width()), 0.0, 1.0);
    return m_fromSec + part * (m_toSec - m_fromSec);
}

double SoundView::xOf(double seconds) const {
    return (seconds - m_fromSec) / std::max(1e-9, m_toSec - m_fromSec) * width();
}

void SoundView::mousePressEvent(QMouseEvent* event) {
    if (!m_source || event->button() != Qt::LeftButton)
        return;
    m_pressX = event->position().x();
    m_dragging = false;
}

void SoundView::mouseMoveEvent(QMouseEvent* event) {
    if (!m_source || !(event->buttons() & Qt::LeftButton))
        return;
    const double x = event->position().x();
    if (!m_dragging && std::abs(x - m_pressX) < 4)
        return;
    m_dragging = true;
    setSelection(std::minmax(secAt(m_pressX), secAt(x)));
}

void SoundView::mouseReleaseEvent(QMouseEvent* event) {
    if (!m_source || event->button() != Qt::LeftButton || m_dragging)
        return;
    setSelection(std::nullopt);
    emit seekRequested(secAt(event->position().x()));
}

void SoundView::mouseDoubleClickEvent(QMouseEvent*) {
    showWhole();
}

void SoundView::wheelEvent(QWheelEvent* event) {
    // Shift turns the wheel sideways on most systems, and touchpads scroll sideways by themselves.
    const QPoint turned = event->angleDelta();
    if (!m_source || turned.isNull())
        return;
    const bool sideways = turned.x() != 0 || (event->modifiers() & Qt::ShiftModifier);
    const double notches = (sideways && turned.x() != 0 ? turned.x() : turned.y()) / 120.0;
    if (sideways)
        scrollBy(-notches * 0.15 * (m_toSec - m_fromSec));
    else
        zoomAround(secAt(event->position().x()), std::pow(0.8, notches));
    event->accept();
}

void SoundView::keyPressEvent(QKeyEvent* event) {
    const double span = m_toSec - m_fromSec;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomIn();
        return;
    case Qt::Key_Minus:
        zoomOut();
        return;
    case Qt::Key_0:
        showWhole();
        return;
    case Qt::Key_Left:
        scrollBy(-0.15 * span);
        return;
    case Qt::Key_Right:
        scrollBy(0.15 * span);
        return;
    case Qt::Key_Home:
        scrollBy(-m_durationSec);
        return;
    case Qt::Key_End:
        scrollBy(m_durationSec);
        return;
    case Qt::Key_Escape:
        if (m_selection) {
            setSelection(std::nullopt);
            return;
        }
        break;
    case Qt::Key_A:
        if (event->modifiers() == Qt::ControlModifier) {
            setSelection(std::pair(0.0, m_durationSec));
            return;
        }
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void SoundView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        update();
    QWidget::changeEvent(event);
}

} // namespace viva
