// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLineEdit;
class QToolButton;

namespace viva {

class FormulaEdit;

/// One reward of the mix: its name, weight and options; for a reward of one's own, its formula.
class RewardRow : public QWidget {
    Q_OBJECT

public:
    explicit RewardRow(const RewardSpec& reward, QWidget* parent = nullptr);

    /// What was last typed and can be read.
    [[nodiscard]] const RewardSpec& reward() const { return m_reward; }
    /// What is wrong with what is typed now; empty when nothing is.
    [[nodiscard]] QString problem() const { return m_problem; }
    void setRemovable(bool removable);

signals:
    void changed();
    void removeRequested();

private:
    void createFields();
    void showReward();
    void onNameChosen();
    void onOptionsTyped();
    void onFormulaTyped();
    [[nodiscard]] bool isFormula() const { return m_reward.name == "expression"; }

    RewardSpec m_reward;
    QString m_problem;
    QComboBox* m_names = nullptr;
    QDoubleSpinBox* m_weight = nullptr;
    QLineEdit* m_options = nullptr;
    FormulaEdit* m_formula = nullptr;
    QToolButton* m_remove = nullptr;
};

} // namespace viva
