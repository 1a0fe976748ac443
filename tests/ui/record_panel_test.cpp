// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_run_service.h"

#include "core/audio/audio_file.h"
#include "core/audio/wav_stream.h"
#include "core/run/reward_bench.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/support/pulse_daemon.h"
#include "tests/support/sound_compare.h"
#include "ui/bridge/clip_recorder.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/pages/data/clip/record_panel.h"
#include "ui/theme/theme.h"
#include "ui/widgets/sound/level_meter.h"
#include "ui/widgets/sound/sound_deck.h"
#include "ui/widgets/sound/sound_view.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QShortcut>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QVBoxLayout>

#include <gtest/gtest.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

/// A recorder without sound: notes what it was told and makes a take of a tenth of a second.
class FakeRecorder : public ClipRecorder {
public:
    FakeRecorder() : ClipRecorder(Quiet{}) {}

    void refreshDevices() override {
        commands << "refresh";
        setDevices({{"front mic", "ALSA", 2, 48000, 0.01, true},
                    {"usb mic", "ALSA", 1, 44100, 0.01, false}});
    }
    void listen(const QString& device) override {
        commands << "listen " + device;
        if (!slow)
            say(RecorderState::Listening);
        else
            QTimer::singleShot(20, this, [this] { say(RecorderState::Listening); });
    }
    void release() override {
        commands << "release";
        if (status().state == RecorderState::Recording)
            stop();
        say(RecorderState::Closed);
    }
    void start(const fs::path& path) override {
        commands << "start";
        file = path;
        say(RecorderState::Recording);
    }
    void stop() override {
        commands << "stop";
        end({});
    }
    void resetClip() override { commands << "reset"; }

    void end(const std::string& trouble) {
        WavStream stream(file, 16000, 1);
        EXPECT_EQ(stream.write(std::vector<float>(1600, 0.25F)), WavStream::Result::Ok);
        stream.finish();
        RecordedTake take;
        take.file = file;
        take.rateHz = 16000;
        take.channels = 1;
        take.frames = 1600;
        take.trouble = trouble;
        take.end = trouble.empty() ? TakeEnd::Stopped : TakeEnd::DeviceLost;
        say(RecorderState::Listening);
        emit takeEnded(take);
    }
    void say(RecorderState state, bool clipped = false) {
        RecorderStatus status;
        status.state = state;
        status.rateHz = 16000;
        status.channels = 1;
        status.level.clipped = clipped;
        setStatus(status);
    }

    QStringList commands;
    fs::path file;
    bool slow = false; ///< as a real microphone, which needs a moment
};

class RecordPanelTest : public testing::Test {
protected:
    void SetUp() override {
        QSettings().clear();
        static_cast<void>(ProjectStore::open(services.projectFolder));
    }
    void open(ClipRecorder* recorder) {
        panel = new RecordPanel(services, recorder, &window);
        auto* column = new QVBoxLayout(&window);
        column->addWidget(&elsewhere);
        column->addWidget(panel);
        // As in the window: Space elsewhere plays the clip in view.
        auto* space = new QShortcut(QKeySequence(Qt::Key_Space), &window);
        QObject::connect(space, &QShortcut::activated, &window, [this] { ++spaces; });
        QObject::connect(panel, &RecordPanel::clipKept, &window,
                         [this](qlonglong id) { kept << id; });
        QObject::connect(panel, &RecordPanel::failed, &window,
                         [this](const QString& sentence) { messages << sentence; });
        window.resize(760, 520);
        window.show();
        panel->open();
        QTest::qWait(20);
    }
    void press(Qt::Key key, Qt::KeyboardModifiers keys = {}) {
        QWidget* target = window.focusWidget() != nullptr ? window.focusWidget() : panel;
        QTest::keyClick(target, key, keys);
    }
    [[nodiscard]] bool waits(const std::function<bool()>& what, int ms = 8000) const {
        return QTest::qWaitFor(what, ms);
    }
    [[nodiscard]] ClipRecord clip(qlonglong id) const {
        const auto store = ProjectStore::openReadOnly(services.projectFolder);
        return ClipStore(*store).clip(id).value();
    }
    [[nodiscard]] bool shows(const QString& words) const {
        for (const QLabel* label : panel->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(words))
                return true;
        return false;
    }

    QTemporaryDir place;
    Theme theme{*qApp};
    TaskRunner tasks;
    FakeRunService runs;
    ProjectClips clips{place.filePath("A.viva").toStdString()};
    RewardBench bench{std::filesystem::path(VIVA_DEMO_DIR)};
    PageServices services{runs, clips, bench, tasks, theme, place.filePath("A.viva").toStdString(),
                          {}};
    QWidget window;
    QPushButton elsewhere; ///< where Qt sends a focus that is hidden
    RecordPanel* panel = nullptr;
    QList<qlonglong> kept;
    QStringList messages;
    int spaces = 0;
};

TEST_F(RecordPanelTest, TheKeyboardAloneRecordsStopsLabelsAndGoesOn) {
    auto* recorder = new FakeRecorder;
    open(recorder);
    Utterance labels;
    labels.speaker = "anna";
    labels.split = "train";
    labels.tasks = {{"sqa", "Where is the key?", {}, {}, {}, {}}};
    panel->setLabels(labels);
    for (const char* answer : {"In the kitchen.", "In the hall."}) {
        press(Qt::Key_Space);
        EXPECT_TRUE(panel->recording());
        press(Qt::Key_Return);
        ASSERT_TRUE(panel->reviewing());
        QTest::keyClicks(window.focusWidget(), answer);
        press(Qt::Key_Return);
        ASSERT_TRUE(waits([&] { return !panel->reviewing(); }));
    }
    ASSERT_EQ(kept.size(), 2);
    EXPECT_EQ(spaces, 0) << "the button keeps its key";
    const ClipRecord second = clip(kept[1]);
    EXPECT_EQ(second.utterance.speaker, "anna");
    EXPECT_EQ(second.utterance.split, "train");
    ASSERT_EQ(second.utterance.tasks.size(), 1u);
    EXPECT_EQ(second.utterance.tasks[0].question, "Where is the key?");
    EXPECT_EQ(second.utterance.tasks[0].references, std::vector<std::string>{"In the hall."});
    EXPECT_TRUE(fs::exists(services.projectFolder / second.utterance.audioPath));
    EXPECT_TRUE(messages.isEmpty()) << messages.join('\n').toStdString();
}

TEST_F(RecordPanelTest, TheButtonGetsTheKeysWhenTheMicrophoneComesLater) {
    auto* recorder = new FakeRecorder;
    recorder->slow = true;
    open(recorder);
    for (int take = 0; take < 2; ++take) {
        const auto* button = qobject_cast<QPushButton*>(window.focusWidget());
        ASSERT_TRUE(waits([&] {
            button = qobject_cast<QPushButton*>(window.focusWidget());
            return button != nullptr && button->text() == "Record";
        }));
        press(Qt::Key_Space);
        EXPECT_TRUE(panel->recording());
        press(Qt::Key_Space);
        ASSERT_TRUE(panel->reviewing());
        press(Qt::Key_R, Qt::ControlModifier);
    }
}

TEST_F(RecordPanelTest, TheFocusStaysInThePanelUntilTheMicrophoneIsReadyAgain) {
    auto* recorder = new FakeRecorder;
    recorder->slow = true;
    open(recorder);
    ASSERT_TRUE(waits([&] { return recorder->status().state == RecorderState::Listening; }));
    press(Qt::Key_Space);
    press(Qt::Key_Space);
    ASSERT_TRUE(panel->reviewing());
    press(Qt::Key_Return);
    press(Qt::Key_Return);
    bool left = false;
    ASSERT_TRUE(waits([&] {
        left = left || elsewhere.hasFocus();
        return !panel->reviewing() && recorder->status().state == RecorderState::Listening;
    }));
    EXPECT_FALSE(left);
    press(Qt::Key_Space);
    EXPECT_TRUE(panel->recording());
}

TEST_F(RecordPanelTest, TheMicrophoneIsFreeWhileATakeIsLookedAtAndAfterClosing) {
    auto* recorder = new FakeRecorder;
    open(recorder);
    EXPECT_EQ(recorder->status().state, RecorderState::Listening);
    press(Qt::Key_Space);
    press(Qt::Key_Space);
    EXPECT_EQ(recorder->status().state, RecorderState::Closed);
    press(Qt::Key_R, Qt::ControlModifier);
    EXPECT_FALSE(panel->reviewing());
    EXPECT_FALSE(fs::exists(recorder->file)) << "a retake deletes the take";
    EXPECT_EQ(recorder->status().state, RecorderState::Listening);
    QSignalSpy closed(panel, &RecordPanel::closed);
    press(Qt::Key_Escape);
    EXPECT_EQ(closed.count(), 1);
    EXPECT_FALSE(panel->isVisible());
    EXPECT_EQ(recorder->status().state, RecorderState::Closed);
    EXPECT_TRUE(kept.isEmpty());
}

TEST_F(RecordPanelTest, LeavingThePageGivesTheMicrophoneBackAndComingBackTakesIt) {
    auto* recorder = new FakeRecorder;
    open(recorder);
    window.hide();
    EXPECT_EQ(recorder->status().state, RecorderState::Closed);
    window.show();
    EXPECT_EQ(recorder->status().state, RecorderState::Listening);
}

TEST_F(RecordPanelTest, ClosingWhileRecordingLosesNothing) {
    auto* recorder = new FakeRecorder;
    open(recorder);
    press(Qt::Key_Space);
    panel->close();
    EXPECT_TRUE(fs::exists(recorder->file));
    panel->open();
    ASSERT_TRUE(waits([&] { return panel->reviewing(); }));
    EXPECT_TRUE(shows("was left when it broke off"));
    press(Qt::Key_Escape);
    EXPECT_TRUE(fs::exists(recorder->file)) << "one key deletes nothing that was spoken";
    press(Qt::Key_Escape);
    EXPECT_FALSE(fs::exists(recorder->file));
}

TEST_F(RecordPanelTest, TroubleIsSaidAndTheTakeIsThere) {
    auto* recorder = new FakeRecorder;
    open(recorder);
    press(Qt::Key_Space);
    recorder->end("Recording ended after 0.1 s: the microphone went away.");
    EXPECT_TRUE(panel->reviewing());
    EXPECT_TRUE(shows("the microphone went away"));
}

TEST_F(RecordPanelTest, ATaskWithoutAQuestionIsNotKept) {
    auto* recorder = new FakeRecorder;
    open(recorder);
    press(Qt::Key_Space);
    press(Qt::Key_Space);
    press(Qt::Key_Return); // from the empty question to the answer
    QTest::keyClicks(window.focusWidget(), "An answer to nothing");
    press(Qt::Key_Return);
    EXPECT_TRUE(panel->reviewing());
    EXPECT_TRUE(shows("needs its question"));
    QTest::keyClicks(window.focusWidget(), "Why?"); // the cursor went there
    press(Qt::Key_Return);
    press(Qt::Key_Return);
    ASSERT_TRUE(waits([&] { return kept.size() == 1; }));
    EXPECT_EQ(clip(kept[0]).utterance.tasks[0].question, "Why?");
}

TEST_F(RecordPanelTest, DevicesAreListedAndTheChosenOneIsRemembered) {
    auto* recorder = new FakeRecorder;
    open(recorder);
    auto* device = panel->findChild<QComboBox*>();
    ASSERT_EQ(device->count(), 3);
    EXPECT_EQ(device->itemText(0), "System default (front mic)");
    device->setCurrentIndex(2);
    EXPECT_EQ(recorder->commands.last(), "listen usb mic");
    EXPECT_EQ(QSettings().value("data/microphone").toString(), "usb mic");
    recorder->commands.clear();
    auto* meter = panel->findChild<LevelMeter*>();
    recorder->say(RecorderState::Listening, true);
    EXPECT_TRUE(meter->level().clipped);
    emit meter->clipResetRequested();
    EXPECT_EQ(recorder->commands, QStringList{"reset"});
}

/// The whole way through the virtual microphone: what was played is in the project.
TEST_F(RecordPanelTest, SpeechIsRecordedInTheWindowAsItWasPlayed) {
    static PulseDaemon daemon;
    const fs::path speech = test::speechFile();
    if (!daemon.whyNot().empty() || speech.empty())
        GTEST_SKIP() << daemon.whyNot() << "; or pocketsphinx-testdata is not installed";
    QSettings().setValue("data/microphone", "pulse");
    open(new ClipRecorder);
    auto* device = panel->findChild<QComboBox*>();
    ASSERT_TRUE(waits([&] { return device->count() > 1; }));
    if (device->findData("pulse") < 0)
        GTEST_SKIP() << "ALSA's pulse plug-in (libasound2-plugins) is not installed";
    device->setCurrentIndex(0);
    device->setCurrentIndex(device->findData("pulse"));
    auto* meter = panel->findChild<LevelMeter*>();
    daemon.startPlaying(speech);
    EXPECT_TRUE(waits([&] { return meter->level().peakDb > -30; })) << "alive before recording";
    daemon.waitForPlaying();
    panel->setFocus();
    press(Qt::Key_Return);
    ASSERT_TRUE(waits([&] { return panel->recording(); }));
    daemon.startPlaying(speech);
    QTest::qWait(500);
    EXPECT_GT(meter->level().heldDb, -60);
    const QString pictures = qEnvironmentVariable("VIVA_PICTURES");
    const auto shoot = [&](const QString& name) {
        if (pictures.isEmpty())
            return;
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            theme.setMode(mode);
            QTest::qWait(60);
            window.grab().save(
                QString("%1/%2-%3.png")
                    .arg(pictures, name, mode == ThemeMode::Light ? "light" : "dark"));
        }
    };
    QTest::qWait(1200);
    shoot("record");
    daemon.waitForPlaying();
    QTest::qWait(500);
    press(Qt::Key_Return);
    ASSERT_TRUE(waits([&] { return panel->reviewing(); }));
    auto* deck = panel->findChild<SoundDeck*>();
    ASSERT_TRUE(waits([&] {
        static_cast<void>(window.grab());
        return deck->view().complete();
    }));
    shoot("review");
    ASSERT_TRUE(panel->playPause());
    EXPECT_TRUE(waits([&] { return deck->view().cursorSec() > 0.5; })) << "the cursor follows";
    shoot("playing");
    deck->stop();
    press(Qt::Key_Return);
    press(Qt::Key_Return); // neither question nor answer: to be labelled later
    ASSERT_TRUE(waits([&] { return kept.size() == 1; }));
    const AudioBuffer heard =
        readAudioFile(services.projectFolder / clip(kept[0]).utterance.audioPath);
    EXPECT_GT(test::alignedCorrelation(heard, readAudioFile(speech)), 0.99);
    EXPECT_TRUE(messages.isEmpty()) << messages.join('\n').toStdString();
}

} // namespace
} // namespace viva
