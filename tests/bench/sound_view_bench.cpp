// SPDX-License-Identifier: GPL-3.0-or-later
// An hour of sound in a SoundView: sound_view_bench [rate]. Prints how soon the waveform is there,
// how much memory it takes, and what a frame costs while zooming, scrolling and playing.
#include "core/audio/wav_stream.h"
#include "core/base/rng.h"
#include "tests/support/temp_dir.h"
#include "ui/bridge/task_runner.h"
#include "ui/widgets/sound/sound_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QImage>
#include <QTest>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

void makeHour(const std::filesystem::path& file, int rateHz) {
    viva::Rng rng(1, "hour");
    std::vector<float> second(static_cast<std::size_t>(rateHz));
    viva::WavStream stream(file, rateHz, 1);
    for (int at = 0; at < 3600; ++at) {
        if (at % 60 == 0)
            for (float& sample : second)
                sample = static_cast<float>(rng.uniform(-0.5, 0.5));
        static_cast<void>(stream.write(second));
    }
    stream.finish();
}

double memoryMb() {
    QFile file("/proc/self/status");
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray& line : file.readAll().split('\n'))
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
    return 0;
}

/// Median and 99th percentile of the time a frame takes to draw.
void report(const char* what, std::vector<double> ms) {
    std::sort(ms.begin(), ms.end());
    std::printf("%-28s %6.2f ms a frame (median), %6.2f ms (99 in 100), %zu frames\n", what,
                ms[ms.size() / 2], ms[ms.size() * 99 / 100], ms.size());
}

template<typename Move>
std::vector<double> framesOf(viva::SoundView& view, int count, Move move) {
    QImage image(view.size(), QImage::Format_ARGB32_Premultiplied);
    std::vector<double> ms;
    for (int i = 0; i < count; ++i) {
        move(i);
        QElapsedTimer timer;
        timer.start();
        view.render(&image);
        ms.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        QCoreApplication::processEvents(); // tiles and details that came meanwhile
    }
    return ms;
}

} // namespace

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QApplication application(argc, argv);
    const int rateHz = argc > 1 ? std::atoi(argv[1]) : 16000;
    const viva::test::TempDir dir;
    makeHour(dir / "hour.wav", rateHz);
    viva::TaskRunner tasks;
    viva::SoundView view(tasks);
    view.resize(1400, 360);
    view.show();
    QCoreApplication::processEvents();
    const double before = memoryMb();
    QElapsedTimer timer;
    timer.start();
    qint64 loadedMs = -1;
    QObject::connect(&view, &viva::SoundView::clipLoaded, &view,
                     [&] { loadedMs = timer.elapsed(); });
    view.setClip(dir / "hour.wav");
    static_cast<void>(QTest::qWaitFor([&] { return view.scanned(); }, 60000));
    std::printf("an hour at %d Hz: open after %lld ms, whole waveform after %lld ms\n", rateHz,
                static_cast<long long>(loadedMs), static_cast<long long>(timer.elapsed()));
    report("zooming in", framesOf(view, 400, [&](int i) {
               if (i % 40 == 0)
                   view.showWhole();
               view.zoomIn();
           }));
    view.showWhole();
    static_cast<void>(QTest::qWaitFor(
        [&] {
            view.update();
            return view.complete();
        },
        30000));
    report("whole, all tiles there",
           framesOf(view, 200, [&](int i) { view.setCursorSec(i * 15); }));
    view.setVisibleSec(1000, 1010);
    report("scrolling ten seconds", framesOf(view, 400, [&](int i) {
               view.setVisibleSec(1000 + 0.05 * i, 1010 + 0.05 * i);
           }));
    std::printf("memory: %.0f MB more than before\n", memoryMb() - before);
    return 0;
}
