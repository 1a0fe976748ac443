// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/group/group.h"
#include "ui/bridge/task_runner.h"

#include <QFrame>

class QComboBox;
class QLabel;
class QListView;
class QPushButton;

namespace viva {

class AnswerListModel;
class ClipStrip;
class TokenStrip;

/// One group: the clip, the question, the reference, the answers best first, and for the chosen
/// answer why it got its reward and what training did to its tokens.
class GroupCard : public QFrame {
    Q_OBJECT

public:
    GroupCard(TaskRunner& tasks, QWidget* parent = nullptr);

    void setGroup(const Group& group);
    void clear();
    bool playPause();
    [[nodiscard]] const Group& group() const { return m_group; }

signals:
    void throughTimeRequested(const QString& exampleId);
    void rewardsRequested(); ///< other rewards are to be tried on this group
    void failed(const QString& sentence);

private:
    QWidget* createHeadPanel(TaskRunner& tasks);
    QWidget* createAnswerPanel();
    QWidget* createTokenPanel();
    void connectSignals();
    void onAnswerChosen();

    Group m_group;
    AnswerListModel* m_model;
    ClipStrip* m_clip = nullptr;
    QLabel* m_title = nullptr;
    QPushButton* m_rewards = nullptr;
    QLabel* m_figures = nullptr;
    QLabel* m_question = nullptr;
    QLabel* m_reference = nullptr;
    QListView* m_answers = nullptr;
    QLabel* m_reason = nullptr;
    QComboBox* m_measure = nullptr;
    TokenStrip* m_tokens = nullptr;
};

} // namespace viva
