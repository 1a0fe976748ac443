// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/range_delegate.h"

#include "ui/models/runs/group_table.h"
#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"

#include <QApplication>
#include <QPainter>

#include <algorithm>

namespace viva {

void RangeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                          const QModelIndex& index) const {
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);

    const auto group = index.data(GroupTableModel::SummaryRole).value<GroupSummary>();
    const ThemeColors& colors = colorsFor(option.palette);
    const int number = option.fontMetrics.horizontalAdvance(QStringLiteral("0.00")) + kGrid;
    const QRectF lane = QRectF(option.rect).adjusted(kGrid, 0, -number - kGrid, 0);
    const auto at = [&](double reward) {
        return lane.left() + std::clamp(reward, 0.0, 1.0) * lane.width();
    };
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colors.grid);
    painter->drawRoundedRect(QRectF(lane.left(), lane.center().y() - 2, lane.width(), 4), 2, 2);
    QColor span = colors.reward;
    span.setAlphaF(0.55F);
    painter->setBrush(span);
    const double width = std::max(3.0, at(group.rewardMax) - at(group.rewardMin));
    painter->drawRoundedRect(QRectF(at(group.rewardMin), lane.center().y() - 4, width, 8), 3, 3);
    painter->setPen(QPen(colors.text, 2));
    painter->drawLine(QPointF(at(group.rewardMean), lane.center().y() - 7),
                      QPointF(at(group.rewardMean), lane.center().y() + 7));
    painter->setPen(colors.text);
    painter->drawText(option.rect.adjusted(0, 0, -kGrid, 0), Qt::AlignRight | Qt::AlignVCenter,
                      index.data(Qt::DisplayRole).toString());
    painter->restore();
}

} // namespace viva
