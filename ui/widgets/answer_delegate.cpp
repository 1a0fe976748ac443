// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/answer_delegate.h"

#include "ui/models/runs/answer_list.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/diff_layout.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr int kPad = kGrid;
constexpr int kBarWidth = 112;
constexpr int kNumberWidth = 52;
constexpr int kTextLeft = kPad + kNumberWidth + kBarWidth + kNumberWidth + kGrid;

int textWidth(const QStyleOptionViewItem& option) {
    const int whole = option.rect.width() > 0 ? option.rect.width()
                                              : (option.widget ? option.widget->width() : 480);
    return std::max(120, whole - kTextLeft - kPad);
}

bool showsAsZero(double value) {
    return std::abs(value) < 0.005;
}

QString signedNumber(double value) {
    const QString text = QString::number(std::abs(value), 'f', 2);
    if (showsAsZero(value))
        return text;
    return (value > 0 ? QChar(u'+') : QChar(0x2212)) + text;
}

/// An answer as good as its group pulls neither way, and looks so.
QColor advantageColor(double value, const ThemeColors& colors) {
    if (showsAsZero(value))
        return colors.textMuted;
    return value > 0 ? colors.up : colors.down;
}

void paintBar(QPainter& painter, const QRectF& area, double part, const ThemeColors& colors) {
    painter.setPen(colors.border);
    painter.drawLine(QPointF(area.center().x(), area.top() - 3),
                     QPointF(area.center().x(), area.bottom() + 3));
    if (std::abs(part) < 0.005)
        return;
    const double length = std::abs(part) * area.width() / 2;
    QRectF bar(area.center().x() + (part < 0 ? -length : 0), area.top(), length, area.height());
    painter.setPen(Qt::NoPen);
    // Hatched downwards, so that up and down differ without colour.
    painter.setBrush(part > 0 ? QBrush(colors.up) : QBrush(colors.down, Qt::Dense4Pattern));
    painter.drawRoundedRect(bar, 2, 2);
}

QString tagOf(const Answer& answer) {
    if (isReference(answer))
        return QObject::tr("reference, off-policy");
    return answer.finished ? QString() : QObject::tr("cut off");
}

} // namespace

AnswerDelegate::AnswerDelegate(const AnswerListModel& model, QObject* parent)
    : QStyledItemDelegate(parent), m_model(model) {}

QSize AnswerDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const AnswerRow& row = m_model.row(index.row());
    const auto layout =
        layoutDiff(row.diff, option.font, colorsFor(option.palette), textWidth(option));
    qreal height = std::max<qreal>(heightOf(*layout), option.fontMetrics.height());
    if (!tagOf(row.answer).isEmpty())
        height += option.fontMetrics.height();
    return {textWidth(option) + kTextLeft, static_cast<int>(std::ceil(height)) + 2 * kPad};
}

void AnswerDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    const ThemeColors& colors = colorsFor(option.palette);
    const AnswerRow& row = m_model.row(index.row());
    const QRect area = option.rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.state & QStyle::State_Selected ? colors.accentSoft : colors.hover);
        painter->drawRoundedRect(area.adjusted(0, 1, 0, -1), kRadius, kRadius);
    }
    const int line = option.fontMetrics.height();
    const int top = area.top() + kPad;
    painter->setFont(option.font);
    painter->setPen(advantageColor(row.answer.advantage, colors));
    painter->drawText(QRect(area.left() + kPad, top, kNumberWidth - 4, line),
                      Qt::AlignRight | Qt::AlignVCenter, signedNumber(row.answer.advantage));
    paintBar(*painter,
             QRectF(area.left() + kPad + kNumberWidth, top + line / 2.0 - 5, kBarWidth, 10),
             row.answer.advantage / m_model.advantageRange(), colors);
    QFont bold = option.font;
    bold.setWeight(QFont::DemiBold);
    painter->setFont(bold);
    painter->setPen(colors.text);
    painter->drawText(
        QRect(area.left() + kPad + kNumberWidth + kBarWidth, top, kNumberWidth - 4, line),
        Qt::AlignRight | Qt::AlignVCenter, QString::number(row.answer.reward, 'f', 2));
    const auto layout = layoutDiff(row.diff, option.font, colors, textWidth(option));
    layout->draw(painter, QPointF(area.left() + kTextLeft, top));
    if (const QString tag = tagOf(row.answer); !tag.isEmpty()) {
        painter->setFont(textFont(TextSize::Caption));
        painter->setPen(row.answer.finished ? colors.offPolicy : colors.warningText);
        painter->drawText(
            QRectF(area.left() + kTextLeft, top + heightOf(*layout), textWidth(option), line),
            Qt::AlignLeft | Qt::AlignVCenter, QString(QChar(0x25C6)) + u' ' + tag);
    }
    painter->restore();
}

} // namespace viva
