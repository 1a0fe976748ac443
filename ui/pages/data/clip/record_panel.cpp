// SPDX-License-Identifier: GPL-3.0-or-later
// What the panel does; how it is built stands in record_panel_layout.cpp.
#include "ui/pages/data/clip/record_panel.h"

#include "core/project/clip_recording.h"
#include "core/store/project_store.h"
#include "ui/bridge/clip_recorder.h"
#include "ui/models/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/level_meter.h"
#include "ui/widgets/sound/sound_deck.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalBlocker>
#include <QStorageInfo>
#include <QStyle>
#include <QToolButton>

namespace viva {
namespace {

constexpr const char* kDeviceKey = "data/microphone";
constexpr int kQuietPolls = 120; // about four seconds

QString channelWord(int channels) {
    return channels == 1   ? RecordPanel::tr("mono")
           : channels == 2 ? RecordPanel::tr("stereo")
                           : RecordPanel::tr("%1 channels").arg(channels);
}

QString listeningHint() {
    return RecordPanel::tr(
        "Space or Return records. Speak so that the level stays between -18 and -6 dB.");
}

QString recordingHint() {
    return RecordPanel::tr("Recording. Space or Return stops.");
}

} // namespace

RecordPanel::RecordPanel(const PageServices& services, QWidget* parent)
    : RecordPanel(services, new ClipRecorder, parent) {}

RecordPanel::RecordPanel(const PageServices& services, ClipRecorder* recorder, QWidget* parent)
    : QFrame(parent), m_services(services), m_keeping(services.tasks, this),
      m_finding(services.tasks, this), m_recorder(recorder) {
    recorder->setParent(this);
    setProperty("look", "card");
    setAccessibleName(tr("Record"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    column->setSpacing(kGrid);
    column->addWidget(createHeader());
    column->addWidget(createRecorder());
    column->addWidget(m_note);
    column->addWidget(createReview(), 1);
    column->addStretch(0); // takes the room only while no take is looked at
    connectSignals();
    hide();
}

RecordPanel::~RecordPanel() = default;

void RecordPanel::open() {
    show();
    m_open = true;
    m_closing = false;
    m_recorder->refreshDevices();
    if (m_reviewing)
        return;
    m_wantsKeys = true;
    listen();
    m_finding.start(
        [folder = m_services.projectFolder] { return leftTakes(folder); },
        [this](std::vector<RecordedTake> takes) { takeLeftTakes(std::move(takes)); },
        [this](const ErrorInfo& error) { emit failed(QString::fromStdString(error.text())); });
}

void RecordPanel::close() {
    const bool wasOpen = m_open;
    m_open = false;
    m_closing = recording();
    m_deck->stop();
    m_recorder->release();
    hide();
    if (wasOpen)
        emit closed();
}

void RecordPanel::hideEvent(QHideEvent* event) {
    // Another page, a minimised window: nobody watches the meter, so nobody is listened to.
    if (!recording()) {
        m_recorder->release();
        m_deck->stop();
    }
    QFrame::hideEvent(event);
}

void RecordPanel::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    if (m_open && !m_reviewing && !recording())
        listen();
}

void RecordPanel::listen() {
    m_quietPolls = 0;
    m_warnedOfQuiet = false;
    showNote(listeningHint());
    m_recorder->listen(m_device->currentData().toString());
}

bool RecordPanel::recording() const {
    return m_recorder->status().state == RecorderState::Recording;
}

bool RecordPanel::playPause() {
    return m_reviewing && m_deck->playPause();
}

void RecordPanel::showNote(const QString& text, const char* look) {
    m_note->setText(text.left(1).toUpper() + text.mid(1)); // messages of core begin small
    if (m_note->property("look").toString() == QLatin1String(look))
        return;
    m_note->setProperty("look", look);
    m_note->style()->unpolish(m_note);
    m_note->style()->polish(m_note);
}

void RecordPanel::onDevices() {
    const QSignalBlocker block(m_device);
    const QString wanted = m_device->count() > 0
                               ? m_device->currentData().toString()
                               : QSettings().value(QLatin1String(kDeviceKey)).toString();
    m_device->clear();
    QString standard = tr("System default");
    for (const AudioDevice& device : m_recorder->devices())
        if (device.isDefault)
            standard = tr("System default (%1)").arg(QString::fromStdString(device.name));
    m_device->addItem(standard, QString());
    for (const AudioDevice& device : m_recorder->devices()) {
        const QString name = QString::fromStdString(device.name);
        m_device->addItem(name, name);
    }
    // A microphone that is not plugged in today stays the one that is wished for.
    int index = m_device->findData(wanted);
    if (index < 0 && !wanted.isEmpty()) {
        m_device->addItem(tr("%1 (not there)").arg(wanted), wanted);
        index = m_device->count() - 1;
    }
    m_device->setCurrentIndex(std::max(0, index));
    if (m_recorder->devices().isEmpty())
        showNote(tr("No microphone is there. Plug one in, then look again."), "warningText");
}

void RecordPanel::onStatus() {
    const RecorderStatus& status = m_recorder->status();
    const bool alive =
        status.state == RecorderState::Listening || status.state == RecorderState::Recording;
    m_meter->setLevel(status.level, alive);
    const bool records = status.state == RecorderState::Recording;
    m_button->setEnabled(alive);
    // A button that is off takes no focus, and the microphone needs a moment.
    if (alive && !m_reviewing && std::exchange(m_wantsKeys, false))
        m_button->setFocus();
    m_device->setEnabled(!records);
    m_refresh->setEnabled(!records);
    if (m_button->property("records").toBool() != records) {
        m_button->setProperty("records", records);
        m_button->setText(records ? tr("Stop") : tr("Record"));
        m_button->setIcon(themedIcon(records ? QStringLiteral("stop") : QStringLiteral("record"),
                                     IconTint::OnAccent));
    }
    m_time->setText(formatClock(records ? status.recordedSec : 0));
    showRoom(status);
    if (status.droppedFrames > 0 && records)
        showNote(tr("Frames lost so far: %1. The machine is too busy.").arg(status.droppedFrames),
                 "warningText");
    if (status.state == RecorderState::Lost)
        showNote(QString::fromStdString(status.trouble), "errorText");
    m_quietPolls = alive && status.level.heldDb < -75 ? m_quietPolls + 1 : 0;
    if (m_quietPolls == kQuietPolls) {
        m_warnedOfQuiet = true;
        showNote(tr("No sound arrives. Is the microphone muted, or is another one meant?"),
                 "warningText");
    } else if (alive && m_quietPolls == 0 && std::exchange(m_warnedOfQuiet, false)) {
        showNote(records ? recordingHint() : listeningHint());
    }
}

/// How long a recording can go on: told by the recorder, or by the disk before it begins.
void RecordPanel::showRoom(const RecorderStatus& status) {
    double leftSec = status.leftSec;
    auto bytes = static_cast<qint64>(status.diskFreeBytes);
    if (status.state != RecorderState::Recording) {
        const QStorageInfo disk(QString::fromStdString(m_services.projectFolder.string()));
        bytes = disk.bytesAvailable();
        const double perSec = 3.0 * std::max(1, status.rateHz) * std::max(1, status.channels);
        leftSec =
            status.rateHz > 0 ? std::min(static_cast<double>(bytes), 4294967295.0) / perSec : 0;
    }
    m_room->setText(leftSec > 0 ? tr("room for %1 · %2 free · %3 Hz, %4")
                                      .arg(formatDuration(leftSec), formatBytes(bytes))
                                      .arg(status.rateHz)
                                      .arg(channelWord(status.channels))
                                : QString());
}

void RecordPanel::recordOrStop() {
    if (recording()) {
        m_button->setEnabled(false); // until the take is there
        m_recorder->stop();
        return;
    }
    if (m_reviewing || !m_button->isEnabled())
        return;
    try {
        showNote(recordingHint());
        m_recorder->start(newTakeFile(m_services.projectFolder));
    } catch (...) {
        emit failed(QString::fromStdString(currentErrorInfo().text()));
    }
}

void RecordPanel::onTake(const RecordedTake& take) {
    if (std::exchange(m_closing, false) && !m_open)
        return; // found again by the next open()
    if (take.frames == 0) {
        discardTake(take);
        showNote(take.trouble.empty() ? tr("Nothing was heard.")
                                      : QString::fromStdString(take.trouble),
                 "warningText");
        return;
    }
    QString note =
        tr("Return in the last field keeps it; Ctrl+R records again, Esc twice discards.");
    if (!take.trouble.empty())
        note = QString::fromStdString(take.trouble);
    else if (take.droppedFrames > 0)
        note = tr("Frames lost: %1. The machine was too busy; better record it again.")
                   .arg(take.droppedFrames);
    else if (take.clipped)
        note = tr("Too loud: something was cut off. Move away or turn the input down, and record "
                  "it again.");
    review(take, note);
    const bool trouble = !take.trouble.empty() || take.droppedFrames > 0 || take.clipped;
    showNote(note, trouble ? "warningText" : "muted");
}

void RecordPanel::takeLeftTakes(std::vector<RecordedTake> takes) {
    std::erase_if(takes, [](const RecordedTake& take) {
        return !std::filesystem::exists(take.file); // kept or discarded meanwhile
    });
    if (!m_open || m_reviewing || recording() || takes.empty())
        return;
    m_left = std::move(takes);
    const RecordedTake first = m_left.front();
    m_left.erase(m_left.begin());
    review(first, tr("This recording of %1 was left when it broke off. Keep or discard it.")
                      .arg(formatDuration(first.durationSec())));
}

void RecordPanel::review(const RecordedTake& take, const QString& note) {
    m_take = take;
    m_reviewing = true;
    m_recorder->release();
    m_recording->hide();
    m_review->show();
    m_deck->setClip(take.file);
    showNote(note);
    // The question stays for the next takes: the first one needs it, the others only the answer.
    const bool asks = m_question->isEnabled() && m_question->text().trimmed().isEmpty();
    (asks ? m_question : m_reference)->setFocus();
}

void RecordPanel::keep() {
    if (!m_reviewing || !m_keep->isEnabled())
        return;
    const Utterance wanted = labels();
    if (m_question->isEnabled() && !wanted.tasks.empty() && wanted.tasks.front().question.empty()) {
        showNote(tr("A task needs its question or instruction."), "warningText");
        m_question->setFocus();
        return;
    }
    m_keep->setEnabled(false);
    m_deck->clear(tr("Keeping the take ...")); // the file is about to move
    m_keeping.start([folder = m_services.projectFolder, take = m_take,
                     wanted] { return keepTake(*ProjectStore::open(folder), take, wanted); },
                    [this](ClipId id) {
                        m_keep->setEnabled(true);
                        m_reference->clear();
                        emit clipKept(id);
                        next();
                    },
                    [this](const ErrorInfo& error) {
                        m_keep->setEnabled(true);
                        showNote(QString::fromStdString(error.text()), "errorText");
                        emit failed(QString::fromStdString(error.text()));
                    });
}

void RecordPanel::retake() {
    if (!m_reviewing)
        return;
    m_deck->clear();
    discardTake(m_take);
    next();
}

void RecordPanel::discard() {
    if (!m_reviewing)
        return;
    m_reference->clear();
    retake();
}

/// What was spoken is not deleted by one key.
void RecordPanel::askOrDiscard() {
    if (m_discard->hasFocus())
        return discard();
    m_discard->setFocus();
    showNote(tr("Esc once more deletes this take."), "warningText");
}

/// On to the next take: one that was left, or a new one.
void RecordPanel::next() {
    m_reviewing = false;
    m_take = {};
    m_deck->clear();
    m_recording->show();
    // A focus that is hidden would wander into the list of clips, which then shows its clip here.
    if (isAncestorOf(window()->focusWidget()))
        setFocus();
    m_review->hide();
    takeLeftTakes(std::exchange(m_left, {}));
    if (m_reviewing)
        return;
    if (!m_open)
        return;
    m_wantsKeys = true;
    listen();
}

void RecordPanel::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key == Qt::Key_Escape) {
        if (m_reviewing)
            askOrDiscard();
        else if (!recording())
            close();
        return;
    }
    if (m_reviewing && key == Qt::Key_R && event->modifiers() == Qt::ControlModifier) {
        retake();
        return;
    }
    if (!m_reviewing && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
        recordOrStop();
        return;
    }
    QFrame::keyPressEvent(event);
}

/// Buttons keep the keys that press them, which the window would take for playing the clip.
bool RecordPanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Space || key == Qt::Key_Return || key == Qt::Key_Enter) {
            event->accept();
            return true;
        }
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace viva
