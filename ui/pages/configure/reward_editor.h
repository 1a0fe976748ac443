// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QPushButton;
class QVBoxLayout;

namespace viva {

class ConfigForm;
struct RewardSpec;

/// The mix of rewards: a row each with name and weight, and a button for one more.
class RewardEditor : public QWidget {
    Q_OBJECT

public:
    explicit RewardEditor(ConfigForm& form, QWidget* parent = nullptr);

    void readForm();

private:
    void addRow(const RewardSpec& reward, int index, bool removable);
    void clearRows();
    void change(int index, const RewardSpec& reward);

    ConfigForm& m_form;
    QVBoxLayout* m_rows = nullptr;
    QPushButton* m_add = nullptr;
};

} // namespace viva
