// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip_card.h"

#include "core/audio/log_mel.h"
#include "core/audio/resampler.h"
#include "ui/models/format.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/clip_strip.h"
#include "ui/widgets/mel_view.h"
#include "ui/widgets/waveform_view.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QLabel>
#include <QScrollArea>

namespace viva {
namespace {

constexpr int kModelRateHz = 16000;

QImage pictureOf(const AudioBuffer& buffer) {
    const AudioBuffer heard = resample(buffer, kModelRateHz);
    const LogMel mel;
    const Features features = mel.computeMelFrames(heard.samples);
    return MelView::makeImage(features.values, features.frames, features.width);
}

} // namespace

ClipCard::ClipCard(TaskRunner& tasks, QWidget* parent) : QFrame(parent), m_mel(tasks, this) {
    setProperty("look", "card");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(createSoundPanel(tasks));
    column->addWidget(createTaskPanel(), 1);
    connectSignals();
    clear();
}

QWidget* ClipCard::createSoundPanel(TaskRunner& tasks) {
    auto* panel = new QWidget(this);
    m_title = new QLabel(panel);
    setTextSize(m_title, TextSize::Heading, QFont::DemiBold);
    m_facts = wrappedLabel(panel, "muted");
    m_clip = new ClipStrip(tasks, panel);
    m_picture = new MelView(panel);
    m_picture->setToolTip(tr("Log-mel features, 80 bins: all the encoder gets of this clip"));
    m_text = wrappedLabel(panel);
    setTextSize(m_text, TextSize::Heading);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    for (QWidget* widget : {static_cast<QWidget*>(m_title), static_cast<QWidget*>(m_facts),
                            static_cast<QWidget*>(m_clip), static_cast<QWidget*>(m_picture),
                            static_cast<QWidget*>(m_text)})
        column->addWidget(widget);
    return panel;
}

QWidget* ClipCard::createTaskPanel() {
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* inner = new QWidget(scroll);
    inner->setProperty("look", "page");
    m_tasks = new QVBoxLayout(inner);
    m_tasks->setContentsMargins(0, kGrid, 0, 0);
    m_tasks->setSpacing(kGrid);
    scroll->setWidget(inner);
    return scroll;
}

void ClipCard::connectSignals() {
    connect(m_clip, &ClipStrip::clipLoaded, this, &ClipCard::onClipLoaded);
    connect(m_clip, &ClipStrip::failed, this, &ClipCard::failed);
    connect(&m_clip->waveform(), &WaveformView::visibleChanged, m_picture, &MelView::setVisibleSec);
}

void ClipCard::onClipLoaded() {
    const std::shared_ptr<const AudioBuffer> buffer = m_clip->buffer();
    m_mel.start([buffer] { return pictureOf(*buffer); },
                [this, buffer](const QImage& image) {
                    m_picture->setPicture(image, buffer->durationSec());
                });
}

void ClipCard::addTask(const UtteranceTask& task) {
    QWidget* parent = m_tasks->parentWidget();
    auto* kind = new QLabel(taskWord(task.task), parent);
    kind->setProperty("look", "chip");
    kind->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    m_tasks->addWidget(kind);
    m_tasks->addWidget(wrappedLabel(parent, nullptr, QString::fromStdString(task.question)));
    for (const std::string& reference : task.references)
        m_tasks->addWidget(wrappedLabel(
            parent, "muted", tr("Reference: %1").arg(QString::fromStdString(reference))));
    m_tasks->addSpacing(kGrid);
}

void ClipCard::setClip(const Utterance& utterance, const std::filesystem::path& audio) {
    clear();
    m_title->setText(QString::fromStdString(utterance.id));
    QStringList facts{tr("%1 s").arg(utterance.durationSec, 0, 'f', 2)};
    if (!utterance.voice.empty())
        facts << tr("voice %1").arg(QString::fromStdString(utterance.voice));
    facts << tr("split %1").arg(QString::fromStdString(utterance.split));
    if (!utterance.licence.empty())
        facts << QString::fromStdString(utterance.licence);
    m_facts->setText(facts.join(QStringLiteral(" · ")));
    m_text->setText(QString::fromStdString(utterance.text));
    for (const UtteranceTask& task : utterance.tasks)
        addTask(task);
    m_tasks->addStretch();
    m_clip->setClip(audio);
}

void ClipCard::clear() {
    m_mel.cancel();
    m_title->setText(tr("No clip chosen"));
    m_facts->clear();
    m_text->clear();
    m_picture->clear();
    m_clip->clear(tr("Choose a clip in the list to see and hear it"));
    while (QLayoutItem* item = m_tasks->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

bool ClipCard::playPause() {
    return m_clip->playPause();
}

} // namespace viva
