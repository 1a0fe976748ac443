// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/reward_bench.h"
#include "ui/bridge/task_runner.h"
#include "ui/pages/page.h"

#include <QTimer>

#include <atomic>

class QLabel;
class QListView;
class QPlainTextEdit;
class QTextBrowser;

namespace viva {

class AnswerListModel;
class ConfigForm;
class StoredGroupPicker;

/// The reward bench: answers and references as typed or taken from a stored group, and what the
/// rewards of the form make of them, live. It also is what says that a reward cannot be made.
class RewardBenchPanel : public QWidget {
    Q_OBJECT

public:
    RewardBenchPanel(const PageServices& services, ConfigForm& form, QWidget* parent = nullptr);

    /// Takes a group's samples and references.
    void setGroup(const Group& group);
    /// Brings a stored group by its number in the project.
    void openGroup(std::int64_t group);
    [[nodiscard]] const BenchResult& result() const { return m_result; }

signals:
    void failed(const QString& sentence);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* createInputPanel();
    QWidget* createResultPanel();
    void connectSignals();
    void scheduleRun();
    void run();
    void apply(BenchResult result);
    void showChosen();
    [[nodiscard]] BenchInput input() const;

    ConfigForm& m_form;
    RewardBench& m_bench;
    std::shared_ptr<std::atomic<int>> m_newest; ///< so that older questions give way unanswered
    TaskChannel m_channel;
    QTimer m_timer;
    BenchResult m_result;
    TrainConfig m_config;               ///< that the last question was asked with
    std::vector<std::int64_t> m_tokens; ///< of the stored answers as they came
    std::vector<std::string> m_stored;  ///< those answers
    AnswerListModel* m_model;
    StoredGroupPicker* m_picker = nullptr;
    QPlainTextEdit* m_answers = nullptr;
    QPlainTextEdit* m_references = nullptr;
    QLabel* m_source = nullptr;
    QLabel* m_summary = nullptr;
    QListView* m_list = nullptr;
    QTextBrowser* m_report = nullptr;
};

} // namespace viva
