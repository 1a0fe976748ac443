// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sound/clip_strip.h"

#include "core/audio/audio_file.h"
#include "core/features/waveform_summary.h"
#include "ui/bridge/clip_player.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/waveform_view.h"

#include <QBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace viva {
namespace {

struct LoadedClip {
    std::shared_ptr<const AudioBuffer> buffer;
    std::shared_ptr<const WaveformSummary> summary;
};

LoadedClip load(const std::filesystem::path& path) {
    LoadedClip clip;
    auto buffer = std::make_shared<AudioBuffer>(readAudioFile(path));
    clip.summary = std::make_shared<const WaveformSummary>(buffer->samples);
    clip.buffer = std::move(buffer);
    return clip;
}

} // namespace

ClipStrip::ClipStrip(TaskRunner& tasks, QWidget* parent)
    : QFrame(parent), m_loads(tasks, this), m_player(new ClipPlayer(this)),
      m_wave(new WaveformView(this)), m_play(new QToolButton(this)), m_time(new QLabel(this)) {
    m_play->setIcon(themedIcon(QStringLiteral("play"), IconTint::Accent));
    m_play->setIconSize({24, 24});
    m_play->setToolTip(tr("Play or pause (Space)"));
    m_play->setAccessibleName(tr("Play or pause the clip"));
    m_time->setProperty("look", "caption");
    setTextSize(m_time, TextSize::Caption);
    m_time->setAlignment(Qt::AlignCenter);
    m_time->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("00.0 / 00.0 s")));
    auto* left = new QVBoxLayout;
    left->addStretch();
    left->addWidget(m_play, 0, Qt::AlignHCenter);
    left->addWidget(m_time);
    left->addStretch();
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kGrid);
    row->addLayout(left);
    row->addWidget(m_wave, 1);
    connectSignals();
    clear(tr("No clip chosen"));
}

ClipStrip::~ClipStrip() = default;

void ClipStrip::connectSignals() {
    connect(m_play, &QToolButton::clicked, this, [this] { playPause(); });
    connect(m_wave, &WaveformView::seekRequested, this, &ClipStrip::playFrom);
    connect(m_player, &ClipPlayer::positionChanged, this, &ClipStrip::onPosition);
    connect(m_player, &ClipPlayer::playingChanged, this, &ClipStrip::onPlaying);
    connect(m_player, &ClipPlayer::failed, this, &ClipStrip::failed);
}

void ClipStrip::clear(const QString& hint) {
    m_loads.cancel();
    if (m_player->playing())
        m_player->stop();
    m_buffer.reset();
    m_wave->setClip(nullptr, 1, hint);
    m_play->setEnabled(false);
    m_time->clear();
}

void ClipStrip::setClip(const std::filesystem::path& path) {
    clear(tr("Reading the clip ..."));
    m_loads.start([path] { return load(path); },
                  [this](LoadedClip clip) {
                      m_buffer = clip.buffer;
                      m_wave->setClip(clip.summary, m_buffer->sampleRateHz);
                      m_play->setEnabled(true);
                      showTime(0);
                      emit clipLoaded();
                  },
                  [this](const ErrorInfo& error) {
                      clear(tr("This clip cannot be shown"));
                      emit failed(QString::fromStdString(error.text()));
                  });
}

bool ClipStrip::playPause() {
    if (!m_buffer)
        return false;
    if (m_player->playing()) {
        m_stopWished = true;
        m_player->stop();
    } else {
        const auto selection = m_wave->selectionSec();
        playFrom(selection ? selection->first : 0);
    }
    return true;
}

void ClipStrip::playFrom(double seconds) {
    if (!m_buffer)
        return;
    const auto selection = m_wave->selectionSec();
    m_stopWished = false;
    m_player->play(m_buffer, seconds, selection ? selection->second : -1);
}

void ClipStrip::onPosition(double seconds) {
    m_wave->setCursorSec(seconds);
    showTime(seconds);
}

void ClipStrip::onPlaying(bool playing) {
    m_play->setIcon(
        themedIcon(playing ? QStringLiteral("pause") : QStringLiteral("play"), IconTint::Accent));
    if (playing)
        return;
    if (m_looping && !m_stopWished && m_buffer && isVisible()) {
        playPause();
        return;
    }
    m_wave->setCursorSec(-1);
    showTime(0);
}

void ClipStrip::showTime(double seconds) {
    m_time->setText(tr("%1 / %2 s").arg(seconds, 0, 'f', 1).arg(m_wave->durationSec(), 0, 'f', 1));
}

} // namespace viva
