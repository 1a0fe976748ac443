// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QToolButton;

namespace viva {

class FormulaEdit;
class RewardOptionsForm;

/// One reward of the mix: its name and weight, its options in a form that folds out, and for a
/// reward of one's own its formula.
class RewardRow : public QWidget {
    Q_OBJECT

public:
    explicit RewardRow(const RewardSpec& reward, QWidget* parent = nullptr);

    /// What was last typed and can be read.
    [[nodiscard]] const RewardSpec& reward() const { return m_reward; }
    /// What is wrong with what is typed now; empty when nothing is.
    [[nodiscard]] QString problem() const;
    void setRemovable(bool removable);

signals:
    void changed();
    void removeRequested();

private:
    void createFields();
    void showReward();
    void onNameChosen();
    void onOptionsEdited();
    void onFormulaTyped();
    void openOptions(bool open);
    void showSummary();
    [[nodiscard]] bool isFormula() const { return m_reward.name == "expression"; }

    RewardSpec m_reward;
    QString m_optionsProblem;
    QString m_formulaProblem;
    QComboBox* m_names = nullptr;
    QDoubleSpinBox* m_weight = nullptr;
    QToolButton* m_fold = nullptr; ///< says what differs from the defaults
    RewardOptionsForm* m_options = nullptr;
    FormulaEdit* m_formula = nullptr;
    QToolButton* m_remove = nullptr;
};

} // namespace viva
