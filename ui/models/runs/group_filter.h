// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSortFilterProxyModel>

namespace viva {

/// Groups by text of the question, by task, and with or without those that teach nothing.
class GroupFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit GroupFilter(QObject* parent = nullptr);

    void setText(const QString& text);
    void setTask(const QString& task); ///< empty = all
    void setHideDead(bool hide);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QString m_text;
    QString m_task;
    bool m_hideDead = false;
};

} // namespace viva
