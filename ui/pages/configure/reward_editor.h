// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPushButton;
class QVBoxLayout;

namespace viva {

class ConfigForm;
class RewardRow;
struct RewardSpec;

/// The mix of rewards: a row each with name, weight and options, and a button for one more.
class RewardEditor : public QWidget {
    Q_OBJECT

public:
    explicit RewardEditor(ConfigForm& form, QWidget* parent = nullptr);

    void readForm();

private:
    void addRow(const RewardSpec& reward);
    void removeRow(RewardRow* row);
    void clearRows();
    void writeForm();

    ConfigForm& m_form;
    QList<RewardRow*> m_rows;
    QVBoxLayout* m_column = nullptr;
    QPushButton* m_add = nullptr;
};

} // namespace viva
