// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/configure/model_text.h"
#include "ui/models/configure/run_estimate.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTabWidget;

namespace viva {

class ConfigForm;

/// The living panel beside the form: the objective with its chosen terms, what a step will cost,
/// what differs from the preset, warnings, and Start, which says what it will do.
class SidePanel : public QWidget {
    Q_OBJECT

public:
    explicit SidePanel(ConfigForm& form, QWidget* parent = nullptr);

    void setMeasured(const MeasuredSpeed& measured);
    void setRunActive(bool active);
    void setModel(const ModelView& model);
    [[nodiscard]] QString modelText() const;
    [[nodiscard]] QString memoryText() const;
    [[nodiscard]] QPushButton* startButton() const { return m_start; }
    [[nodiscard]] QString startText() const;
    /// A further tab beside the overview; Start stays below all of them.
    void addTab(QWidget* tab, const QString& title);
    void showTab(QWidget* tab);

signals:
    void startRequested();
    void fieldRequested(const QString& key);

protected:
    void changeEvent(QEvent* event) override;

private:
    QLabel* addCard(class QVBoxLayout& column, const QString& title);
    void update();
    [[nodiscard]] QString costText() const;
    [[nodiscard]] QString changesText() const;
    [[nodiscard]] QString problemsText() const;

    ConfigForm& m_form;
    MeasuredSpeed m_measured;
    ModelView m_modelView;
    QTabWidget* m_tabs = nullptr;
    QLabel* m_formula = nullptr;
    QLabel* m_cost = nullptr;
    QLabel* m_model = nullptr;
    QLabel* m_memory = nullptr;
    QLabel* m_changes = nullptr;
    QLabel* m_problems = nullptr;
    QLabel* m_sentence = nullptr;
    QPushButton* m_start = nullptr;
    bool m_active = false;
};

} // namespace viva
