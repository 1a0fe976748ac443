// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/answer_list.h"

#include <algorithm>
#include <cmath>

namespace viva {

void AnswerListModel::setGroup(const Group& group) {
    beginResetModel();
    m_rows.clear();
    m_range = 0;
    for (const Answer& answer : group.answers) {
        m_rows.push_back(
            {answer, diffAgainst(answer.text, group.question.references), 0, m_rows.size()});
        m_range = std::max(m_range, std::abs(answer.advantage));
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const AnswerRow& a, const AnswerRow& b) {
        return a.answer.reward > b.answer.reward;
    });
    for (std::size_t i = 0; i < m_rows.size(); ++i)
        m_rows[i].rank = i > 0 && m_rows[i].answer.reward == m_rows[i - 1].answer.reward
                             ? m_rows[i - 1].rank
                             : static_cast<int>(i) + 1;
    if (m_range <= 0)
        m_range = 1;
    endResetModel();
}

void AnswerListModel::clear() {
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

int AnswerListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant AnswerListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const AnswerRow& row = m_rows[static_cast<std::size_t>(index.row())];
    const Answer& answer = row.answer;
    switch (role) {
    case Qt::DisplayRole:
        return QString::fromStdString(answer.text);
    case Qt::AccessibleTextRole:
        return tr("Answer %1: %2. Reward %3, advantage %4. %5.%6")
            .arg(row.rank)
            .arg(QString::fromStdString(answer.text))
            .arg(answer.reward, 0, 'f', 2)
            .arg(answer.advantage, 0, 'f', 2)
            .arg(diffInWords(row.diff))
            .arg(isReference(answer) ? tr(" The reference, off-policy.") : QString());
    case Qt::ToolTipRole: {
        QString tip = QString::fromStdString(answer.reason).toHtmlEscaped();
        if (!answer.finished)
            tip += tr("<br>Cut off at the length limit.");
        return tip.isEmpty() ? QVariant() : QVariant(QStringLiteral("<qt>%1</qt>").arg(tip));
    }
    default:
        return {};
    }
}

} // namespace viva
