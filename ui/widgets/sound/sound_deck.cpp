// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sound/sound_deck.h"

#include "ui/bridge/clip_player.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/sound_view.h"
#include "ui/widgets/sound/time_axis.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QSettings>
#include <QToolButton>

#include <array>

namespace viva {
namespace {

constexpr std::array<double, 5> kSpeeds{0.5, 0.75, 1.0, 1.5, 2.0};
constexpr const char* kPictureKey = "data/soundPicture";

QToolButton* tool(QWidget* parent, const char* icon, const QString& what) {
    auto* button = new QToolButton(parent);
    button->setIcon(themedIcon(QString::fromLatin1(icon)));
    button->setToolTip(what);
    button->setAccessibleName(what);
    return button;
}

} // namespace

SoundDeck::SoundDeck(TaskRunner& tasks, QWidget* parent)
    : QFrame(parent), m_view(new SoundView(tasks, this)), m_player(new ClipPlayer(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kHalfGrid);
    column->addWidget(m_view, 1);
    column->addWidget(createBar());
    connectSignals();
    // The picture that was chosen last is the one to begin with.
    m_picture->setCurrentIndex(QSettings().value(QLatin1String(kPictureKey), 0).toInt() == 1 ? 1
                                                                                             : 0);
    clear(tr("No clip chosen"));
}

SoundDeck::~SoundDeck() = default;

QWidget* SoundDeck::createBar() {
    auto* bar = new QWidget(this);
    m_play = tool(bar, "play", tr("Play or pause the clip (Space)"));
    m_play->setIconSize({22, 22});
    m_loop = tool(bar, "loop", tr("Play the selection, or all, again and again"));
    m_loop->setCheckable(true);
    m_speed = new QComboBox(bar);
    m_speed->setProperty("look", "compact");
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("Speed; the pitch stays"));
    for (const double speed : kSpeeds)
        m_speed->addItem(tr("%1×").arg(speed), speed);
    m_speed->setCurrentIndex(2);
    m_picture = new QComboBox(bar);
    m_picture->setProperty("look", "compact-wide");
    m_picture->setAccessibleName(tr("Picture"));
    m_picture->addItem(tr("Spectrogram"));
    m_picture->addItem(tr("Log-mel, as the model hears it"));
    m_picture->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_picture->setMinimumContentsLength(11);
    m_picture->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_time = new QLabel(bar);
    m_time->setProperty("look", "muted");
    setTextSize(m_time, TextSize::Caption);
    m_time->setMinimumWidth(m_time->fontMetrics().horizontalAdvance(tr("0.00 s selected")));
    m_facts = new QLabel(bar);
    m_facts->setProperty("look", "muted");
    setTextSize(m_facts, TextSize::Caption);
    m_facts->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* zoomIn = tool(bar, "zoom-in", tr("Zoom in (+)"));
    auto* zoomOut = tool(bar, "zoom-out", tr("Zoom out (-)"));
    connect(zoomIn, &QToolButton::clicked, m_view, &SoundView::zoomIn);
    connect(zoomOut, &QToolButton::clicked, m_view, &SoundView::zoomOut);
    m_edits = new QWidget(bar);
    m_trim = new QToolButton(m_edits);
    m_trim->setText(tr("Trim"));
    m_trim->setToolTip(tr("Keep the selection only, in a new file; undo goes back"));
    auto* gain = new QToolButton(m_edits);
    gain->setText(tr("Gain"));
    gain->setToolTip(tr("Louder or softer, in a new file; undo goes back"));
    connect(gain, &QToolButton::clicked, this, [this, gain] { askGain(gain); });
    auto* normalise = new QToolButton(m_edits);
    normalise->setText(tr("Normalise"));
    normalise->setToolTip(tr("Set the loudest sample to -1 dB, in a new file; undo goes back"));
    connect(normalise, &QToolButton::clicked, this, [this] {
        AudioEdit edit;
        edit.normaliseToDb = -1.0;
        emit editRequested(edit);
    });
    auto* edits = new QHBoxLayout(m_edits);
    edits->setContentsMargins(0, 0, 0, 0);
    edits->setSpacing(kHalfGrid);
    for (QToolButton* button : {m_trim, gain, normalise})
        edits->addWidget(button);
    m_edits->hide();
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kHalfGrid);
    row->addWidget(m_play);
    row->addWidget(m_loop);
    row->addWidget(m_speed);
    row->addWidget(m_time);
    row->addWidget(m_facts, 1);
    row->addWidget(m_edits);
    row->addWidget(m_picture);
    row->addWidget(zoomOut);
    row->addWidget(zoomIn);
    return bar;
}

void SoundDeck::connectSignals() {
    connect(m_play, &QToolButton::clicked, this, [this] { playPause(); });
    connect(m_loop, &QToolButton::toggled, this, [this] {
        if (m_player->playing())
            playFrom(m_atSec);
    });
    connect(m_speed, &QComboBox::currentIndexChanged, this, [this] {
        if (m_player->playing())
            playFrom(m_atSec);
    });
    connect(m_picture, &QComboBox::currentIndexChanged, this, [this](int index) {
        m_view->setPicture(index == 1 ? PictureKind::LogMel : PictureKind::Spectrogram);
        QSettings().setValue(QLatin1String(kPictureKey), index);
    });
    connect(m_trim, &QToolButton::clicked, this, [this] {
        if (const auto selection = m_view->selection()) {
            AudioEdit edit;
            edit.fromSec = selection->first;
            edit.toSec = selection->second;
            emit editRequested(edit);
        }
    });
    connect(m_view, &SoundView::clipLoaded, this, [this] {
        const AudioFileInfo& facts = m_view->facts();
        m_play->setEnabled(true);
        m_facts->setText(facts.channels > 1 ? tr("%1 Hz · %2 channels, heard as one")
                                                  .arg(facts.sampleRateHz)
                                                  .arg(facts.channels)
                                            : tr("%1 Hz").arg(facts.sampleRateHz));
        m_facts->setToolTip(QString::fromStdString(facts.format));
        showTime(0);
        emit clipLoaded();
    });
    connect(m_view, &SoundView::failed, this, &SoundDeck::failed);
    connect(m_view, &SoundView::seekRequested, this, &SoundDeck::playFrom);
    connect(m_view, &SoundView::selectionChanged, this, [this] {
        m_trim->setEnabled(m_view->selection().has_value());
        showTime(m_atSec);
    });
    connect(m_player, &ClipPlayer::positionChanged, this, &SoundDeck::onPosition);
    connect(m_player, &ClipPlayer::playingChanged, this, &SoundDeck::onPlaying);
    connect(m_player, &ClipPlayer::failed, this, &SoundDeck::failed);
}

void SoundDeck::setClip(const std::filesystem::path& path, double fromSec, double toSec) {
    clear(tr("Reading the clip ..."));
    m_path = path;
    m_startSec = fromSec;
    m_view->setClip(path, fromSec, toSec);
}

void SoundDeck::clear(const QString& hint) {
    stop();
    m_path.clear();
    m_view->clear(hint);
    m_play->setEnabled(false);
    m_trim->setEnabled(false);
    m_time->clear();
    m_facts->clear();
    m_atSec = 0;
}

void SoundDeck::setEditable(bool editable) {
    m_edits->setVisible(editable);
}

void SoundDeck::stop() {
    if (m_player->playing())
        m_player->stop();
}

bool SoundDeck::playPause() {
    if (m_path.empty() || m_view->durationSec() <= 0)
        return false;
    if (m_player->playing()) {
        m_paused = true;
        m_player->stop();
        return true;
    }
    const auto selection = m_view->selection();
    const double from = selection ? selection->first : 0;
    const double to = selection ? selection->second : m_view->durationSec();
    // Goes on where it was paused, if that still lies in what is to be heard.
    playFrom(m_paused && m_atSec > from && m_atSec < to - 0.05 ? m_atSec : from);
    return true;
}

void SoundDeck::playFrom(double seconds) {
    if (m_path.empty())
        return;
    const auto selection = m_view->selection();
    PlayRange range;
    range.startSec = seconds;
    range.fromSec = selection ? selection->first : 0;
    range.toSec = selection ? selection->second : m_view->durationSec();
    range.loop = m_loop->isChecked();
    range.speed = m_speed->currentData().toDouble();
    m_paused = false;
    m_player->playFile(m_path, m_startSec, range);
}

void SoundDeck::onPosition(double seconds) {
    m_atSec = seconds;
    m_view->setCursorSec(seconds);
    showTime(seconds);
}

void SoundDeck::onPlaying(bool playing) {
    m_play->setIcon(themedIcon(playing ? QStringLiteral("pause") : QStringLiteral("play")));
    if (playing || m_paused)
        return;
    m_atSec = 0;
    m_view->setCursorSec(-1);
    showTime(0);
}

void SoundDeck::showTime(double seconds) {
    const double whole = m_view->durationSec();
    const QString place =
        tr("%1 / %2").arg(timeText(seconds, 0.1), timeText(whole, whole < 600 ? 0.1 : 1.0));
    const auto selection = m_view->selection();
    if (!selection) {
        m_time->setText(place);
        m_time->setToolTip({});
        return;
    }
    // In the room that one of them takes, so that nothing beside it moves.
    const QString selected =
        tr("%1 selected").arg(timeText(selection->second - selection->first, 0.01));
    m_time->setText(m_player->playing() ? place : selected);
    m_time->setToolTip(tr("%1; %2 to %3, %4")
                           .arg(place, timeText(selection->first, 0.01),
                                timeText(selection->second, 0.01), selected));
}

void SoundDeck::askGain(QWidget* button) {
    QMenu menu(this);
    for (const double gainDb : {-12.0, -6.0, -3.0, 3.0, 6.0, 12.0})
        menu.addAction(tr("%1%2 dB").arg(gainDb > 0 ? QStringLiteral("+") : QString()).arg(gainDb),
                       this, [this, gainDb] {
                           AudioEdit edit;
                           edit.gainDb = gainDb;
                           emit editRequested(edit);
                       });
    menu.exec(button->mapToGlobal(QPoint(0, button->height())));
}

} // namespace viva
