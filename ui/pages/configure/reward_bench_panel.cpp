// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/reward_bench_panel.h"

#include "ui/models/configure/config_form.h"
#include "ui/models/configure/reward_report.h"
#include "ui/models/runs/answer_list.h"
#include "ui/pages/configure/stored_group_picker.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/answer_delegate.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QEvent>
#include <QFrame>
#include <QLabel>
#include <QListView>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSplitter>
#include <QTextBrowser>

namespace viva {

namespace {

constexpr int kPauseMs = 150; // of typing, before the rewards are asked

QPlainTextEdit* makeLines(const QString& name, const QString& placeholder, int lines,
                          QWidget* parent) {
    auto* edit = new QPlainTextEdit(parent);
    edit->setAccessibleName(name);
    edit->setPlaceholderText(placeholder);
    edit->setTabChangesFocus(true);
    edit->setFixedHeight(lines * edit->fontMetrics().lineSpacing() + 2 * kGrid + 6);
    return edit;
}

QString joined(const std::vector<std::string>& texts) {
    QStringList lines;
    for (const std::string& text : texts)
        lines << QString::fromStdString(text).simplified();
    return lines.join('\n');
}

} // namespace

RewardBenchPanel::RewardBenchPanel(const PageServices& services, ConfigForm& form, QWidget* parent)
    : QWidget(parent), m_form(form), m_bench(services.rewardBench),
      m_newest(std::make_shared<std::atomic<int>>(0)), m_channel(services.tasks, this),
      m_model(new AnswerListModel(this)),
      m_picker(new StoredGroupPicker(services.tasks, services.projectFolder, this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, kGrid, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(createInputPanel());
    column->addWidget(createResultPanel(), 1);
    m_timer.setSingleShot(true);
    m_timer.setInterval(kPauseMs);
    connectSignals();
    m_answers->setPlainText(
        tr("The key is in the kitchen.\nThe key is in the garden.\nIn the garden.\n"
           "He keeps it in the blue box."));
    m_references->setPlainText(tr("The key is in the garden."));
    m_source->setText(tr("An example: put your own answers in its place."));
    run();
}

QWidget* RewardBenchPanel::createInputPanel() {
    auto* card = new QFrame(this);
    card->setProperty("look", "card");
    m_source = wrappedLabel(card, "muted");
    setTextSize(m_source, TextSize::Caption);
    m_picker->setToolTip(tr("Take the answers of a group that a run has stored"));
    m_answers = makeLines(tr("Answers, one a line"), tr("Answers, one a line"), 4, card);
    m_references = makeLines(tr("References, one a line"), tr("References, one a line"), 1, card);
    auto* answers = new QLabel(tr("&Answers, one a line"), card);
    answers->setBuddy(m_answers);
    auto* references = new QLabel(tr("&References, one a line"), card);
    references->setBuddy(m_references);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(2 * kGrid, 12, 2 * kGrid, 12);
    column->setSpacing(kHalfGrid);
    column->addWidget(m_picker);
    column->addWidget(m_source);
    column->addWidget(answers);
    column->addWidget(m_answers);
    column->addWidget(references);
    column->addWidget(m_references);
    return card;
}

QWidget* RewardBenchPanel::createResultPanel() {
    auto* card = new QFrame(this);
    card->setProperty("look", "card");
    m_summary = wrappedLabel(card);
    m_summary->setTextFormat(Qt::RichText);
    setTextSize(m_summary, TextSize::Caption);
    m_list = new QListView(card);
    m_list->setObjectName(QStringLiteral("benchAnswers"));
    m_list->setProperty("look", "plain");
    m_list->setModel(m_model);
    m_list->setItemDelegate(new AnswerDelegate(*m_model, m_list));
    m_list->setResizeMode(QListView::Adjust);
    m_list->setMouseTracking(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Answers, best first"));
    m_report = new QTextBrowser(card);
    m_report->setFrameShape(QFrame::NoFrame);
    m_report->setProperty("look", "plain");
    m_report->document()->setDocumentMargin(kHalfGrid);
    m_report->setAccessibleName(tr("Why this answer got its reward"));
    auto* splitter = new QSplitter(Qt::Vertical, card);
    splitter->addWidget(m_list);
    splitter->addWidget(m_report);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 4);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(kGrid, 12, kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(m_summary);
    column->addWidget(splitter, 1);
    return card;
}

void RewardBenchPanel::connectSignals() {
    connect(&m_timer, &QTimer::timeout, this, &RewardBenchPanel::run);
    connect(m_answers, &QPlainTextEdit::textChanged, this, &RewardBenchPanel::scheduleRun);
    connect(m_references, &QPlainTextEdit::textChanged, this, &RewardBenchPanel::scheduleRun);
    connect(&m_form, &ConfigForm::checked, this, [this] {
        if (!(m_form.config() == m_config))
            scheduleRun();
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &RewardBenchPanel::showChosen);
    connect(m_picker, &StoredGroupPicker::groupChosen, this, &RewardBenchPanel::setGroup);
    connect(m_picker, &StoredGroupPicker::failed, this, &RewardBenchPanel::failed);
}

void RewardBenchPanel::setGroup(const Group& group) {
    m_stored.clear();
    m_tokens.clear();
    for (const Answer& answer : group.answers) {
        if (isReference(answer))
            continue; // the form says whether they are members
        m_stored.push_back(QString::fromStdString(answer.text).simplified().toStdString());
        m_tokens.push_back(static_cast<std::int64_t>(answer.tokenIds.size()));
    }
    m_answers->setPlainText(joined(m_stored));
    m_references->setPlainText(joined(group.question.references));
    m_source->setText(tr("Step %1, group %2: %3")
                          .arg(group.step)
                          .arg(group.index + 1)
                          .arg(QString::fromStdString(group.question.text)));
    scheduleRun();
}

void RewardBenchPanel::openGroup(std::int64_t group) {
    m_picker->openGroup(group);
}

BenchInput RewardBenchPanel::input() const {
    BenchInput input;
    input.answers = linesOf(m_answers->toPlainText());
    input.references = linesOf(m_references->toPlainText());
    if (input.answers == m_stored)
        input.tokens = m_tokens;
    return input;
}

void RewardBenchPanel::scheduleRun() {
    m_timer.start();
}

void RewardBenchPanel::run() {
    m_config = m_form.config();
    const int mine = ++*m_newest;
    m_channel.start(
        [bench = &m_bench, newest = m_newest, mine, asked = input(), config = m_config] {
            return *newest == mine ? bench->run(asked, config) : BenchResult();
        },
        [this](BenchResult result) { apply(std::move(result)); },
        [this](const ErrorInfo& error) { emit failed(QString::fromStdString(error.text())); });
}

void RewardBenchPanel::apply(BenchResult result) {
    const int row = std::max(0, m_list->currentIndex().row());
    m_result = std::move(result);
    QStringList problems;
    for (const BenchReward& reward : m_result.rewards) {
        if (!reward.made)
            problems << QString::fromStdString(reward.problem);
    }
    m_form.setRewardProblem(problems.join(QStringLiteral("; ")));
    m_model->setGroup(m_result.group);
    m_list->setCurrentIndex(m_model->index(std::min(row, m_model->rowCount() - 1)));
    showChosen();
}

void RewardBenchPanel::showChosen() {
    const ThemeColors& colors = colorsFor(palette());
    const QString summary = benchSummary(m_result, colors);
    m_summary->setText(summary);
    m_summary->setVisible(!summary.isEmpty());
    const QModelIndex index = m_list->currentIndex();
    const int place = m_report->verticalScrollBar()->value();
    m_report->setHtml(
        index.isValid() ? benchReport(m_result, m_model->row(index.row()).member, m_config, colors)
                        : QString());
    m_report->verticalScrollBar()->setValue(place);
}

void RewardBenchPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_report)
        showChosen();
}

void RewardBenchPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_picker->reload();
}

} // namespace viva
