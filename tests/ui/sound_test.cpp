// SPDX-License-Identifier: GPL-3.0-or-later
// What is seen of sound: SoundView, SoundDeck and LevelMeter.
#include "core/audio/audio_file.h"
#include "tests/support/sound_compare.h"
#include "tests/support/temp_dir.h"
#include "ui/bridge/task_runner.h"
#include "ui/theme/theme_colors.h"
#include "ui/widgets/sound/level_meter.h"
#include "ui/widgets/sound/sound_deck.h"
#include "ui/widgets/sound/sound_view.h"
#include "ui/widgets/sound/time_axis.h"

#include <QImage>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

/// A second of silence, a second of a tone, a second of silence.
AudioBuffer beep(double hertz) {
    AudioBuffer buffer{std::vector<float>(3 * 16000), 16000};
    for (std::size_t i = 16000; i < 32000; ++i)
        buffer.samples[i] = static_cast<float>(
            0.5 * std::sin(2 * 3.14159265358979 * hertz * static_cast<double>(i) / 16000));
    return buffer;
}

double brightness(const QImage& image, double x, double y) {
    const QRgb pixel =
        image.pixel(static_cast<int>(x * image.width()), static_cast<int>(y * image.height()));
    return qGray(pixel);
}

class SoundViewTest : public testing::Test {
protected:
    void SetUp() override {
        view.resize(900, 300);
        view.show();
    }
    void open(const AudioBuffer& sound) {
        writeAudioFile(dir / "a.wav", sound, AudioEncoding::WavFloat);
        view.setClip(dir / "a.wav");
        ASSERT_TRUE(QTest::qWaitFor([this] { return view.durationSec() > 0; }, 5000));
        ASSERT_TRUE(settled());
    }
    /// Paints until everything that is visible is there.
    bool settled() {
        return QTest::qWaitFor(
            [this] {
                image = view.grab().toImage();
                return view.complete();
            },
            8000);
    }
    void turn(QPoint angle, Qt::KeyboardModifiers keys = {}) {
        const QPointF at(450, 50);
        QWheelEvent event(at, view.mapToGlobal(at), {}, angle, Qt::NoButton, keys,
                          Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&view, &event);
    }

    test::TempDir dir;
    TaskRunner tasks;
    SoundView view{tasks};
    QImage image;
};

TEST_F(SoundViewTest, ATonesWaveAndRowAreWhereTheyBelong) {
    open(beep(2000));
    EXPECT_DOUBLE_EQ(view.durationSec(), 3.0);
    EXPECT_EQ(view.facts().sampleRateHz, 16000);
    // Of 300 pixels 20 are the ruler; the wave takes 125, the picture the 153 from 127 on.
    const double row = (127 + 153 * (1 - 2000.0 / 8000)) / 300;
    const double other = (127 + 153 * (1 - 6000.0 / 8000)) / 300;
    EXPECT_GT(brightness(image, 0.5, row), 150);
    EXPECT_LT(brightness(image, 0.5, other), 60);
    EXPECT_LT(brightness(image, 0.15, row), 60);
    const QRgb quiet = image.pixel(135, 40);
    EXPECT_NE(image.pixel(450, 40), quiet) << "the wave reaches up in the middle";
    EXPECT_EQ(image.pixel(800, 40), quiet);
}

TEST_F(SoundViewTest, LogMelShowsTheSameSound) {
    open(beep(2000));
    const QImage spectrogram = image;
    view.setPicture(PictureKind::LogMel);
    ASSERT_TRUE(settled());
    EXPECT_NE(image, spectrogram);
    double brightest = 0;
    for (double y = 0.45; y < 0.92; y += 0.005)
        brightest = std::max(brightest, brightness(image, 0.5, y));
    EXPECT_GT(brightest, 150);
    EXPECT_LT(brightness(image, 0.15, 0.8), 60);
}

TEST_F(SoundViewTest, TheWheelZoomsAroundThePointerAndShiftScrolls) {
    open(beep(2000));
    turn({0, 120});
    auto [from, to] = view.visibleSec();
    EXPECT_NEAR(to - from, 2.4, 1e-6);
    EXPECT_NEAR((from + to) / 2, 1.5, 1e-6) << "the pointer's place stays";
    turn({0, -120}, Qt::ShiftModifier);
    EXPECT_GT(view.visibleSec().first, from);
    EXPECT_NEAR(view.visibleSec().second - view.visibleSec().first, 2.4, 1e-6);
    for (int i = 0; i < 20; ++i)
        turn({0, -120});
    EXPECT_EQ(view.visibleSec(), std::pair(0.0, 3.0)) << "never beyond the clip";
    for (int i = 0; i < 100; ++i)
        turn({0, 120});
    EXPECT_NEAR(view.visibleSec().second - view.visibleSec().first, 0.002, 1e-9);
    EXPECT_TRUE(settled());
}

TEST_F(SoundViewTest, KeysZoomScrollAndShowAll) {
    open(beep(2000));
    QTest::keyClick(&view, Qt::Key_Plus);
    const auto zoomed = view.visibleSec();
    EXPECT_LT(zoomed.second - zoomed.first, 3.0);
    QTest::keyClick(&view, Qt::Key_Right);
    EXPECT_GT(view.visibleSec().first, zoomed.first);
    QTest::keyClick(&view, Qt::Key_Home);
    EXPECT_EQ(view.visibleSec().first, 0);
    QTest::keyClick(&view, Qt::Key_End);
    EXPECT_EQ(view.visibleSec().second, 3.0);
    QTest::keyClick(&view, Qt::Key_0);
    EXPECT_EQ(view.visibleSec(), std::pair(0.0, 3.0));
    QTest::keyClick(&view, Qt::Key_A, Qt::ControlModifier);
    EXPECT_EQ(view.selection(), std::pair(0.0, 3.0));
    QTest::keyClick(&view, Qt::Key_Escape);
    EXPECT_FALSE(view.selection());
}

TEST_F(SoundViewTest, DraggingSelectsAndAClickSeeks) {
    open(beep(2000));
    QSignalSpy changed(&view, &SoundView::selectionChanged);
    QSignalSpy seek(&view, &SoundView::seekRequested);
    QTest::mousePress(&view, Qt::LeftButton, {}, {600, 50});
    QTest::mouseMove(&view, {450, 50});
    QTest::mouseMove(&view, {300, 50});
    QTest::mouseRelease(&view, Qt::LeftButton, {}, {300, 50});
    ASSERT_TRUE(view.selection());
    EXPECT_NEAR(view.selection()->first, 1.0, 1e-6);
    EXPECT_NEAR(view.selection()->second, 2.0, 1e-6);
    EXPECT_GE(changed.count(), 1);
    EXPECT_EQ(seek.count(), 0);
    view.showSelection();
    EXPECT_NEAR(view.visibleSec().first, 0.95, 1e-6);
    view.showWhole();
    QTest::mouseClick(&view, Qt::LeftButton, {}, {300, 50});
    EXPECT_FALSE(view.selection());
    ASSERT_EQ(seek.count(), 1);
    EXPECT_NEAR(seek[0][0].toDouble(), 1.0, 1e-6);
}

TEST_F(SoundViewTest, TheViewFollowsTheCursorWhenItLeaves) {
    open(beep(2000));
    view.setVisibleSec(0, 1);
    view.setCursorSec(0.5);
    EXPECT_EQ(view.visibleSec().first, 0);
    view.setCursorSec(1.2);
    EXPECT_LE(view.visibleSec().first, 1.2);
    EXPECT_GE(view.visibleSec().second, 1.2);
}

TEST_F(SoundViewTest, AStretchOfAFileIsAClipOfItsOwn) {
    writeAudioFile(dir / "a.wav", beep(1000), AudioEncoding::WavFloat);
    view.setClip(dir / "a.wav", 1.0, 1.5);
    ASSERT_TRUE(QTest::qWaitFor([this] { return view.durationSec() > 0; }, 5000));
    EXPECT_DOUBLE_EQ(view.durationSec(), 0.5);
}

TEST_F(SoundViewTest, AFileThatCannotBeReadIsSaidByName) {
    QSignalSpy failed(&view, &SoundView::failed);
    view.setClip(dir / "gone.wav");
    ASSERT_TRUE(QTest::qWaitFor([&] { return failed.count() > 0; }, 5000));
    EXPECT_TRUE(failed[0][0].toString().contains("gone.wav"));
    EXPECT_EQ(view.durationSec(), 0);
}

TEST_F(SoundViewTest, LongSoundStaysOnTheDiskAndIsDrawnAtEveryZoom) {
    AudioBuffer buffer{std::vector<float>(SoundSource::kMostInMemory + 16000 * 60), 16000};
    for (std::size_t i = 0; i < buffer.samples.size(); ++i)
        buffer.samples[i] = static_cast<float>(i % 100) / 200.0F;
    open(buffer);
    view.setVisibleSec(120, 120.5);
    EXPECT_TRUE(settled());
    view.setVisibleSec(120, 120.01);
    EXPECT_TRUE(settled());
    view.setPicture(PictureKind::LogMel);
    EXPECT_TRUE(settled());
}

TEST(SoundDeckTest, EditsAreAskedForAndNeedTheirSelection) {
    const test::TempDir dir;
    writeAudioFile(dir / "a.wav", beep(1000), AudioEncoding::WavFloat);
    TaskRunner tasks;
    SoundDeck deck(tasks);
    deck.setEditable(true);
    deck.resize(900, 320);
    deck.show();
    EXPECT_FALSE(deck.playPause()) << "nothing to play yet";
    QSignalSpy loaded(&deck, &SoundDeck::clipLoaded);
    deck.setClip(dir / "a.wav");
    ASSERT_TRUE(QTest::qWaitFor([&] { return loaded.count() > 0; }, 5000));
    std::vector<AudioEdit> edits;
    QObject::connect(&deck, &SoundDeck::editRequested, &deck,
                     [&](const AudioEdit& edit) { edits.push_back(edit); });
    QToolButton* trim = nullptr;
    QToolButton* normalise = nullptr;
    for (auto* button : deck.findChildren<QToolButton*>()) {
        trim = button->text() == "Trim" ? button : trim;
        normalise = button->text() == "Normalise" ? button : normalise;
    }
    ASSERT_TRUE(trim != nullptr && normalise != nullptr);
    EXPECT_FALSE(trim->isEnabled());
    deck.view().setSelection(std::pair(1.0, 2.0));
    ASSERT_TRUE(trim->isEnabled());
    trim->click();
    normalise->click();
    ASSERT_EQ(edits.size(), 2u);
    EXPECT_DOUBLE_EQ(edits[0].fromSec, 1.0);
    EXPECT_DOUBLE_EQ(edits[0].toSec, 2.0);
    EXPECT_EQ(edits[1].normaliseToDb, -1.0);
    EXPECT_LT(edits[1].toSec, 0);
}

TEST(LevelMeterTest, TheBarRisesAtOnceAndFallsSlowlyAndTheLightIsPutOutByClickAndKey) {
    LevelMeter meter;
    meter.resize(500, 48);
    meter.show();
    SoundLevel loud;
    loud.peakDb = loud.heldDb = -5;
    loud.rmsDb = -15;
    loud.clipped = true;
    meter.setLevel(loud, true);
    EXPECT_DOUBLE_EQ(meter.shownPeakDb(), -5);
    const QImage lit = meter.grab().toImage();
    SoundLevel quiet;
    quiet.clipped = true;
    QTest::qWait(40);
    meter.setLevel(quiet, true);
    EXPECT_LT(meter.shownPeakDb(), -5);
    EXPECT_GT(meter.shownPeakDb(), -40);
    EXPECT_EQ(meter.accessibleDescription(), "clipped");
    QSignalSpy reset(&meter, &LevelMeter::clipResetRequested);
    QTest::mouseClick(&meter, Qt::LeftButton, {}, {480, 12});
    QTest::mouseClick(&meter, Qt::LeftButton, {}, {100, 12});
    EXPECT_EQ(reset.count(), 1) << "only the light is a switch";
    QTest::keyClick(&meter, Qt::Key_Space);
    EXPECT_EQ(reset.count(), 2);
    meter.setLevel({}, false);
    EXPECT_EQ(meter.shownPeakDb(), SoundLevel::kSilenceDb);
    EXPECT_EQ(meter.accessibleDescription(), "not clipped");
    EXPECT_NE(meter.grab().toImage(), lit);
}

TEST(TimeText, HasTheDigitsOfItsStep) {
    EXPECT_EQ(timeText(2.5, 0.5), "2.5 s");
    EXPECT_EQ(timeText(2, 1), "2 s");
    EXPECT_EQ(timeText(0.125, 0.005), "0.125 s");
    EXPECT_EQ(timeText(65, 5), "1:05");
    EXPECT_EQ(timeText(65.5, 0.1), "1:05.5");
    EXPECT_EQ(timeText(3723, 1), "1:02:03");
    EXPECT_DOUBLE_EQ(niceStep(0.01, 84), 1.0);
    EXPECT_DOUBLE_EQ(niceStep(1.0, 84), 100.0);
}

} // namespace
} // namespace viva
