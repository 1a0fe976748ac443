// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/clip_recorder.h"
#include "ui/models/format.h"
#include "ui/pages/data/clip/record_panel.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/level_meter.h"
#include "ui/widgets/sound/sound_deck.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>

namespace viva {

QWidget* RecordPanel::createHeader() {
    auto* header = new QWidget(this);
    auto* title = new QLabel(tr("Record"), header);
    setTextSize(title, TextSize::Heading, QFont::DemiBold);
    m_device = new QComboBox(header);
    m_device->setAccessibleName(tr("Microphone"));
    m_device->setToolTip(tr("Microphone"));
    m_device->addItem(tr("System default"), QString());
    m_device->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_device->setMinimumContentsLength(14);
    m_refresh = new QToolButton(header);
    m_refresh->setIcon(themedIcon(QStringLiteral("reset")));
    m_refresh->setToolTip(tr("Look again which microphones are plugged in"));
    m_refresh->setAccessibleName(m_refresh->toolTip());
    m_close = new QToolButton(header);
    m_close->setIcon(themedIcon(QStringLiteral("close")));
    m_close->setToolTip(tr("Close and give the microphone back (Esc)"));
    m_close->setAccessibleName(m_close->toolTip());
    m_note = wrappedLabel(this, "muted");
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(title);
    row->addSpacing(2 * kGrid);
    row->addWidget(m_device, 1);
    row->addWidget(m_refresh);
    row->addWidget(m_close);
    return header;
}

QWidget* RecordPanel::createRecorder() {
    m_recording = new QWidget(this);
    m_meter = new LevelMeter(m_recording);
    m_button = new QPushButton(tr("Record"), m_recording);
    m_button->setProperty("look", "primary");
    m_button->setIcon(themedIcon(QStringLiteral("record"), IconTint::OnAccent));
    m_button->setIconSize({22, 22});
    m_button->setMinimumSize(176, 48);
    m_button->setEnabled(false);
    m_button->installEventFilter(this);
    m_meter->installEventFilter(this);
    setTextSize(m_button, TextSize::Heading, QFont::DemiBold);
    m_time = new QLabel(formatClock(0), m_recording);
    setTextSize(m_time, TextSize::Display, QFont::DemiBold);
    m_time->setAccessibleName(tr("Recorded time"));
    m_room = new QLabel(m_recording);
    m_room->setProperty("look", "muted");
    setTextSize(m_room, TextSize::Caption);
    m_room->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* times = new QVBoxLayout;
    times->setSpacing(0);
    times->addWidget(m_time);
    times->addWidget(m_room);
    auto* row = new QHBoxLayout;
    row->setSpacing(2 * kGrid);
    row->addWidget(m_button);
    row->addLayout(times, 1);
    auto* column = new QVBoxLayout(m_recording);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(m_meter);
    column->addLayout(row);
    return m_recording;
}

QWidget* RecordPanel::createReview() {
    m_review = new QWidget(this);
    m_deck = new SoundDeck(m_services.tasks, m_review);
    m_deck->setMinimumHeight(200);
    auto* column = new QVBoxLayout(m_review);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(m_deck, 1);
    column->addWidget(createFields(m_review));
    column->addWidget(createChoice(m_review));
    m_review->hide();
    return m_review;
}

QWidget* RecordPanel::createFields(QWidget* parent) {
    auto* fields = new QWidget(parent);
    m_task = new QComboBox(fields);
    for (const char* task : {"sqa", "ast", "asr"})
        m_task->addItem(taskWord(task), QString::fromLatin1(task));
    m_question = new QLineEdit(fields);
    m_question->setPlaceholderText(tr("Question, or what is to be done with the clip"));
    m_reference = new QLineEdit(fields);
    m_reference->setPlaceholderText(tr("Right answer; empty = label it later"));
    m_speaker = new QLineEdit(fields);
    m_split = new QComboBox(fields);
    m_split->setEditable(true);
    m_split->addItems(
        {QString(), QStringLiteral("train"), QStringLiteral("validation"), QStringLiteral("test")});
    auto* grid = new QGridLayout(fields);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(kGrid);
    grid->setVerticalSpacing(kHalfGrid);
    const auto add = [&](int row, int column, const QString& name, QWidget* field, int span = 1) {
        auto* label = new QLabel(name, fields);
        label->setBuddy(field);
        field->setAccessibleName(name);
        grid->addWidget(label, row, column);
        grid->addWidget(field, row, column + 1, 1, span);
    };
    add(0, 0, tr("Task"), m_task);
    add(0, 2, tr("Speaker"), m_speaker);
    add(0, 4, tr("Split"), m_split);
    add(1, 0, tr("Question"), m_question, 5);
    add(2, 0, tr("Reference"), m_reference, 5);
    grid->setColumnStretch(3, 1);
    return fields;
}

QWidget* RecordPanel::createChoice(QWidget* parent) {
    auto* choice = new QWidget(parent);
    m_keep = new QPushButton(tr("Keep"), choice);
    m_keep->setProperty("look", "primary");
    m_keep->setToolTip(tr("Add it to the project's clips and go on (Return in the last field)"));
    m_retake = new QPushButton(tr("Retake"), choice);
    m_retake->setToolTip(tr("Delete it and record it again; the fields stay (Ctrl+R)"));
    m_discard = new QPushButton(tr("Discard"), choice);
    m_discard->setToolTip(tr("Delete it (Esc twice)"));
    auto* row = new QHBoxLayout(choice);
    row->setContentsMargins(0, 0, 0, 0);
    for (QPushButton* button : {m_keep, m_retake, m_discard}) {
        button->installEventFilter(this);
        row->addWidget(button);
    }
    row->addStretch();
    return choice;
}

void RecordPanel::setLabels(const Utterance& labels) {
    m_speaker->setText(QString::fromStdString(labels.speaker));
    m_split->setCurrentText(QString::fromStdString(labels.split));
    if (labels.tasks.empty())
        return;
    const UtteranceTask& task = labels.tasks.front();
    m_task->setCurrentIndex(std::max(0, m_task->findData(QString::fromStdString(task.task))));
    m_question->setText(QString::fromStdString(task.question));
    m_reference->setText(task.references.empty() ? QString()
                                                 : QString::fromStdString(task.references.front()));
}

/// Without a reference the clip is kept as it is, to be labelled later.
Utterance RecordPanel::labels() const {
    Utterance labels;
    labels.speaker = m_speaker->text().trimmed().toStdString();
    labels.split = m_split->currentText().trimmed().toStdString();
    const std::string reference = m_reference->text().trimmed().toStdString();
    if (reference.empty())
        return labels;
    UtteranceTask task;
    task.task = m_task->currentData().toString().toStdString();
    task.question = m_question->text().trimmed().toStdString();
    task.references = {reference};
    if (task.task == "asr")
        labels.text = reference;
    labels.tasks.push_back(task);
    return labels;
}

void RecordPanel::connectSignals() {
    connect(m_recorder, &ClipRecorder::statusChanged, this, &RecordPanel::onStatus);
    connect(m_recorder, &ClipRecorder::devicesChanged, this, &RecordPanel::onDevices);
    connect(m_recorder, &ClipRecorder::takeEnded, this, &RecordPanel::onTake);
    connect(m_recorder, &ClipRecorder::failed, this, [this](const QString& sentence) {
        showNote(sentence, "errorText");
        emit failed(sentence);
    });
    connect(m_meter, &LevelMeter::clipResetRequested, this, [this] { m_recorder->resetClip(); });
    connect(m_button, &QPushButton::clicked, this, &RecordPanel::recordOrStop);
    connect(m_device, &QComboBox::currentIndexChanged, this, [this] {
        QSettings().setValue(QStringLiteral("data/microphone"), m_device->currentData());
        if (!m_reviewing && m_open)
            listen();
    });
    connect(m_refresh, &QToolButton::clicked, this, [this] { m_recorder->refreshDevices(); });
    connect(m_close, &QToolButton::clicked, this, &RecordPanel::close);
    connect(m_keep, &QPushButton::clicked, this, &RecordPanel::keep);
    connect(m_retake, &QPushButton::clicked, this, &RecordPanel::retake);
    connect(m_discard, &QPushButton::clicked, this, &RecordPanel::discard);
    connect(m_question, &QLineEdit::returnPressed, m_reference, qOverload<>(&QWidget::setFocus));
    connect(m_reference, &QLineEdit::returnPressed, this, &RecordPanel::keep);
    connect(m_deck, &SoundDeck::failed, this, &RecordPanel::failed);
}

} // namespace viva
