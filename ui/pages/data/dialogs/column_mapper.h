// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/importers/column_mapping.h"

#include <QWidget>

#include <filesystem>
#include <map>
#include <optional>

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;

namespace viva {

/// Which column of a table means what. Mappings can be kept in the project under a name and used
/// again.
class ColumnMapper : public QWidget {
    Q_OBJECT

public:
    ColumnMapper(std::filesystem::path projectFolder, QWidget* parent = nullptr);

    /// The columns a table has and what they are taken for; what the user chose stays.
    void setColumns(const std::vector<std::string>& columns, const ColumnMapping& mapping);
    /// What the user chose; nothing where the guess is as good.
    [[nodiscard]] std::optional<ColumnMapping> chosen() const;
    void forget(); ///< of another table: begin with its guess

signals:
    void changed();

private:
    void fillSaved();
    void useSaved();
    void save();
    void showMapping();
    void readFields();

    std::filesystem::path m_project;
    std::vector<std::string> m_columns;
    ColumnMapping m_mapping;
    bool m_own = false;
    bool m_showing = false;
    std::map<std::string, QComboBox*> m_fields;
    QComboBox* m_saved = nullptr;
    QLineEdit* m_separator = nullptr;
    QLabel* m_words = nullptr;
};

} // namespace viva
