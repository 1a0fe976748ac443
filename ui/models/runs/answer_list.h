// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/group/group.h"
#include "ui/models/runs/diff_text.h"

#include <QAbstractListModel>

#include <vector>

namespace viva {

/// One answer as the group card draws it.
struct AnswerRow {
    Answer answer;
    std::vector<DiffPiece> diff;
    int rank = 0;           ///< 1 = best reward
    std::size_t member = 0; ///< its place in the group
};

/// The answers of one group, best first.
class AnswerListModel : public QAbstractListModel {
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;

    void setGroup(const Group& group);
    void clear();
    [[nodiscard]] const AnswerRow& row(int index) const {
        return m_rows[static_cast<std::size_t>(index)];
    }
    /// The largest |advantage| of the group; bars are drawn against it.
    [[nodiscard]] double advantageRange() const { return m_range; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<AnswerRow> m_rows;
    double m_range = 1;
};

} // namespace viva
