// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/style.h"

#include "ui/theme/theme_colors.h"

#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

namespace viva {

namespace {

void drawCheckBox(const QStyleOption& option, QPainter& painter) {
    const ThemeColors& colors = colorsFor(option.palette);
    const bool enabled = option.state & QStyle::State_Enabled;
    const bool on = option.state & (QStyle::State_On | QStyle::State_NoChange);
    const bool focused = option.state & QStyle::State_HasFocus;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(enabled ? 1.0 : 0.45);
    const QRectF box = QRectF(option.rect).adjusted(1, 1, -1, -1);
    painter.setPen(QPen(on || focused ? colors.accent : colors.textMuted, focused ? 2.0 : 1.2));
    painter.setBrush(on ? colors.accent : colors.surface);
    painter.drawRoundedRect(box, 4, 4);
    if (option.state & QStyle::State_On) {
        QPainterPath mark;
        mark.moveTo(box.left() + box.width() * 0.24, box.top() + box.height() * 0.53);
        mark.lineTo(box.left() + box.width() * 0.43, box.top() + box.height() * 0.72);
        mark.lineTo(box.left() + box.width() * 0.77, box.top() + box.height() * 0.30);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colors.onAccent, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(mark);
    }
}

void drawRadio(const QStyleOption& option, QPainter& painter) {
    const ThemeColors& colors = colorsFor(option.palette);
    const bool on = option.state & QStyle::State_On;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(option.state & QStyle::State_Enabled ? 1.0 : 0.45);
    const QRectF box = QRectF(option.rect).adjusted(1, 1, -1, -1);
    painter.setPen(QPen(on ? colors.accent : colors.textMuted, 1.4));
    painter.setBrush(colors.surface);
    painter.drawEllipse(box);
    if (on) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.accent);
        painter.drawEllipse(box.center(), box.width() * 0.26, box.width() * 0.26);
    }
}

void drawArrow(QStyle::PrimitiveElement element, const QStyleOption& option, QPainter& painter) {
    const ThemeColors& colors = colorsFor(option.palette);
    const QPointF center = QRectF(option.rect).center();
    const double half = 3.5;
    QPolygonF line;
    switch (element) {
    case QStyle::PE_IndicatorArrowUp:
        line << QPointF(-half, half / 2) << QPointF(0, -half / 2) << QPointF(half, half / 2);
        break;
    case QStyle::PE_IndicatorArrowRight:
        line << QPointF(-half / 2, -half) << QPointF(half / 2, 0) << QPointF(-half / 2, half);
        break;
    case QStyle::PE_IndicatorArrowLeft:
        line << QPointF(half / 2, -half) << QPointF(-half / 2, 0) << QPointF(half / 2, half);
        break;
    default:
        line << QPointF(-half, -half / 2) << QPointF(0, half / 2) << QPointF(half, -half / 2);
        break;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(option.state & QStyle::State_Enabled ? 1.0 : 0.45);
    painter.setPen(QPen(colors.textMuted, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(line.translated(center));
}

} // namespace

Style::Style() : QProxyStyle(QStringLiteral("Fusion")) {}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    painter->save();
    switch (element) {
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheckBox(*option, *painter);
        break;
    case PE_IndicatorRadioButton:
        drawRadio(*option, *painter);
        break;
    case PE_IndicatorArrowDown:
    case PE_IndicatorArrowUp:
    case PE_IndicatorArrowLeft:
    case PE_IndicatorArrowRight:
        drawArrow(element, *option, *painter);
        break;
    case PE_FrameFocusRect:
        break; // focus is shown by borders in the accent colour
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
        break;
    }
    painter->restore();
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option,
                       const QWidget* widget) const {
    switch (metric) {
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 18;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
        return 18;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returnData) const {
    switch (hint) {
    case SH_ToolTip_WakeUpDelay:
        return 350;
    case SH_Slider_AbsoluteSetButtons:
        return Qt::LeftButton;
    case SH_ComboBox_Popup:
        return 0;
    case SH_EtchDisabledText:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

} // namespace viva
