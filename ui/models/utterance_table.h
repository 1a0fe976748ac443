// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <vector>

namespace viva {

/// The clips of a manifest.
class UtteranceTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Clip, Voice, Duration, Tasks, Split, Text, ColumnCount };
    enum Role { SortRole = Qt::UserRole + 1 };

    using QAbstractTableModel::QAbstractTableModel;

    void setUtterances(std::vector<Utterance> utterances);
    [[nodiscard]] const Utterance& utterance(int row) const {
        return m_rows[static_cast<std::size_t>(row)];
    }
    [[nodiscard]] QStringList splits() const; ///< in order of first appearance
    [[nodiscard]] QStringList voices() const;
    [[nodiscard]] double totalSec() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<Utterance> m_rows;
};

/// Clips by words (of text, id, voice, questions and references), split and voice.
class UtteranceFilter : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit UtteranceFilter(UtteranceTableModel& model, QObject* parent = nullptr);

    void setText(const QString& text);
    void setSplit(const QString& split); ///< empty = all
    void setVoice(const QString& voice);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    const UtteranceTableModel& m_model;
    QStringList m_words;
    QString m_split;
    QString m_voice;
};

} // namespace viva
