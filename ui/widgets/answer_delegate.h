// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStyledItemDelegate>

namespace viva {

class AnswerListModel;

/// Draws an answer of a group: its advantage as a bar from a centre line (up or down by side, sign
/// and colour), its reward, and its words marked against the reference as in a diff.
class AnswerDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    AnswerDelegate(const AnswerListModel& model, QObject* parent);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const override;

private:
    const AnswerListModel& m_model;
};

} // namespace viva
