// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/group_card.h"

#include "ui/models/format.h"
#include "ui/models/runs/answer_list.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/answer_delegate.h"
#include "ui/widgets/sound/clip_strip.h"
#include "ui/widgets/token_strip.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QListView>
#include <QPushButton>

namespace viva {

GroupCard::GroupCard(TaskRunner& tasks, QWidget* parent)
    : QFrame(parent), m_model(new AnswerListModel(this)) {
    setProperty("look", "card");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(createHeadPanel(tasks));
    column->addWidget(createAnswerPanel(), 1);
    column->addWidget(createTokenPanel());
    connectSignals();
    clear();
}

QWidget* GroupCard::createHeadPanel(TaskRunner& tasks) {
    auto* panel = new QWidget(this);
    m_title = new QLabel(panel);
    setTextSize(m_title, TextSize::Heading, QFont::DemiBold);
    m_figures = wrappedLabel(panel, "muted");
    auto* through = new QPushButton(tr("This prompt through time"), panel);
    through->setProperty("look", "quiet");
    connect(through, &QPushButton::clicked, this,
            [this] { emit throughTimeRequested(QString::fromStdString(m_group.question.id)); });
    m_rewards = new QPushButton(tr("Try other rewards"), panel);
    m_rewards->setProperty("look", "quiet");
    m_rewards->setToolTip(tr("Bring these answers to the reward bench of Configure"));
    connect(m_rewards, &QPushButton::clicked, this, &GroupCard::rewardsRequested);
    m_clip = new ClipStrip(tasks, panel);
    m_question = wrappedLabel(panel);
    setTextSize(m_question, TextSize::Heading);
    m_reference = wrappedLabel(panel, "muted");
    auto* line = new QHBoxLayout;
    line->addWidget(m_title);
    line->addSpacing(kGrid);
    line->addWidget(m_figures, 1);
    line->addWidget(m_rewards);
    line->addWidget(through);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addLayout(line);
    column->addWidget(m_clip);
    column->addWidget(m_question);
    column->addWidget(m_reference);
    return panel;
}

QWidget* GroupCard::createAnswerPanel() {
    m_answers = new QListView(this);
    m_answers->setProperty("look", "plain");
    m_answers->setModel(m_model);
    m_answers->setItemDelegate(new AnswerDelegate(*m_model, m_answers));
    m_answers->setResizeMode(QListView::Adjust);
    m_answers->setMouseTracking(true);
    m_answers->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_answers->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_answers->setAccessibleName(tr("Answers, best first"));
    return m_answers;
}

QWidget* GroupCard::createTokenPanel() {
    auto* panel = new QWidget(this);
    m_reason = wrappedLabel(panel, "muted");
    m_measure = new QComboBox(panel);
    m_measure->addItem(tr("change in log-prob"), static_cast<int>(TokenMeasure::LogRatio));
    m_measure->addItem(tr("log-prob when sampled"), static_cast<int>(TokenMeasure::LogProb));
    m_measure->addItem(tr("KL to the reference policy"), static_cast<int>(TokenMeasure::KlToBase));
    m_measure->setAccessibleName(tr("Tokens coloured by"));
    auto* caption = new QLabel(tr("Tokens coloured by"), panel);
    caption->setProperty("look", "muted");
    m_tokens = new TokenStrip(panel);
    auto* line = new QHBoxLayout;
    line->addWidget(caption);
    line->addWidget(m_measure);
    line->addStretch();
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kHalfGrid);
    column->addWidget(m_reason);
    column->addLayout(line);
    column->addWidget(m_tokens);
    return panel;
}

void GroupCard::connectSignals() {
    connect(m_clip, &ClipStrip::failed, this, &GroupCard::failed);
    connect(m_answers->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &GroupCard::onAnswerChosen);
    connect(m_measure, &QComboBox::currentIndexChanged, this, [this] {
        m_tokens->setMeasure(static_cast<TokenMeasure>(m_measure->currentData().toInt()));
    });
}

void GroupCard::setGroup(const Group& group) {
    const bool sameClip =
        group.question.clip == m_group.question.clip && m_clip->buffer() != nullptr;
    m_group = group;
    m_title->setText(taskWord(group.question.task));
    m_figures->setText(
        tr("step %1, group %2 · mean reward %3 · deviation %4%5")
            .arg(group.step)
            .arg(group.index + 1)
            .arg(group.rewardMean, 0, 'f', 2)
            .arg(group.rewardStd, 0, 'f', 2)
            .arg(group.zeroVariance ? tr(" · all alike: nothing to learn here") : QString()));
    m_question->setText(QString::fromStdString(group.question.text));
    QStringList references;
    for (const std::string& reference : group.question.references)
        references << QString::fromStdString(reference);
    m_reference->setText(references.size() == 1
                             ? tr("Reference: %1").arg(references.front())
                             : tr("References: %1").arg(references.join(QStringLiteral("  |  "))));
    m_model->setGroup(group);
    m_rewards->setEnabled(true);
    if (!sameClip)
        m_clip->setClip(group.question.clip);
    m_answers->setCurrentIndex(m_model->index(0));
    onAnswerChosen();
}

void GroupCard::clear() {
    m_group = {};
    m_title->setText(tr("No group yet"));
    m_figures->clear();
    m_question->clear();
    m_reference->setText(
        tr("Every sampled answer of every group appears here as soon as a run makes "
           "its first step. F5 starts one."));
    m_model->clear();
    m_rewards->setEnabled(false);
    m_clip->clear({});
    onAnswerChosen();
}

void GroupCard::onAnswerChosen() {
    const QModelIndex index = m_answers->currentIndex();
    if (!index.isValid() || index.row() >= m_model->rowCount()) {
        m_reason->clear();
        m_tokens->clear();
        return;
    }
    const Answer& answer = m_model->row(index.row()).answer;
    m_reason->setText(QString::fromStdString(answer.reason));
    m_tokens->setAnswer(answer);
}

bool GroupCard::playPause() {
    return m_clip->playPause();
}

} // namespace viva
