// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"
#include "core/soundcard/recorder.h"
#include "ui/bridge/task_runner.h"
#include "ui/pages/page.h"

#include <QFrame>

#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace viva {

class ClipRecorder;
class LevelMeter;
class SoundDeck;

/// Recording in place: device, a meter that is alive before recording, one big button, then the
/// take with its labels: keep, retake or discard.
///
/// The microphone is taken by open() and given back by close(), by hiding, and while a take is
/// looked at. Everything is reached by keys: Space or Return on the big button records and stops,
/// Return in the last field keeps and goes on to the next take, Ctrl+R takes again, Esc discards.
class RecordPanel : public QFrame {
    Q_OBJECT

public:
    explicit RecordPanel(const PageServices& services, QWidget* parent = nullptr);
    /// The same with another recorder, which the panel makes its own.
    RecordPanel(const PageServices& services, ClipRecorder* recorder, QWidget* parent = nullptr);
    ~RecordPanel() override;

    void open(); ///< shows the panel, takes the microphone, gives the button the focus
    /// Gives the microphone back and hides. A recording is ended, and a take that is neither kept
    /// nor discarded is offered again at the next open().
    void close();
    /// What the next take is asked and answered, as far as it is known (from a script, say).
    void setLabels(const Utterance& labels);
    bool playPause(); ///< the take that is looked at; false when there is none

    [[nodiscard]] bool recording() const;
    [[nodiscard]] bool reviewing() const { return m_reviewing; } ///< a take waits for a decision

signals:
    void clipKept(qlonglong id); ///< ClipId of the new clip; it is in the project
    void closed();
    void failed(const QString& sentence);

protected:
    void hideEvent(QHideEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* createHeader();
    QWidget* createRecorder();
    QWidget* createReview();
    QWidget* createFields(QWidget* parent);
    QWidget* createChoice(QWidget* parent);
    void connectSignals();
    void onDevices();
    void onStatus();
    void onTake(const RecordedTake& take);
    void takeLeftTakes(std::vector<RecordedTake> takes);
    void review(const RecordedTake& take, const QString& note);
    void recordOrStop();
    void keep();
    void retake();
    void discard();
    void askOrDiscard();
    void next();
    void listen();
    void showNote(const QString& text, const char* look = "muted");
    void showRoom(const RecorderStatus& status);
    [[nodiscard]] Utterance labels() const;

    PageServices m_services;
    TaskChannel m_keeping;
    TaskChannel m_finding;
    ClipRecorder* m_recorder;
    RecordedTake m_take;
    std::vector<RecordedTake> m_left; ///< by a crash, still to be looked at
    bool m_open = false;
    bool m_reviewing = false;
    bool m_wantsKeys = false; ///< the button gets the keyboard once the microphone listens
    bool m_warnedOfQuiet = false;
    bool m_closing = false; ///< asked while recording: the take stays for the next time
    int m_quietPolls = 0;
    QComboBox* m_device = nullptr;
    QToolButton* m_refresh = nullptr;
    QToolButton* m_close = nullptr;
    QWidget* m_recording = nullptr;
    LevelMeter* m_meter = nullptr;
    QPushButton* m_button = nullptr;
    QLabel* m_time = nullptr;
    QLabel* m_room = nullptr;
    QLabel* m_note = nullptr;
    QWidget* m_review = nullptr;
    SoundDeck* m_deck = nullptr;
    QComboBox* m_task = nullptr;
    QLineEdit* m_question = nullptr;
    QLineEdit* m_reference = nullptr;
    QLineEdit* m_speaker = nullptr;
    QComboBox* m_split = nullptr;
    QPushButton* m_keep = nullptr;
    QPushButton* m_retake = nullptr;
    QPushButton* m_discard = nullptr;
};

} // namespace viva
