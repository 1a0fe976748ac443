// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/sound_source.h"
#include "ui/bridge/task_runner.h"

#include <QHash>
#include <QImage>
#include <QRectF>
#include <QString>

#include <functional>
#include <memory>

class QPainter;

namespace viva {

/// What is drawn below the waveform.
enum class PictureKind { Spectrogram, LogMel };

/// The spectrogram or log-mel of a clip in tiles of 256 columns, made on task threads as they come
/// into view, a level for each doubling of the zoom. What is not there yet is drawn from a coarser
/// level meanwhile.
class SoundPicture {
public:
    static constexpr double kMostMelSec = 600.0; ///< the features of a clip need all of it

    /// `changed` is called on the GUI thread when there is something new to draw.
    SoundPicture(TaskRunner& tasks, QObject* context, std::function<void()> changed);
    ~SoundPicture();

    /// @param peakDb of the clip, which the colours of the spectrogram follow
    void setSource(std::shared_ptr<const SoundSource> source, double peakDb);
    void setKind(PictureKind kind);
    [[nodiscard]] PictureKind kind() const { return m_kind; }
    /// Draws the samples [first, last) into the area and asks for what is missing.
    void paint(QPainter& painter, const QRectF& area, double first, double last);
    [[nodiscard]] bool complete() const { return m_missing == 0; } ///< at the last paint
    [[nodiscard]] QString hint() const; ///< why there is no picture; else empty
    [[nodiscard]] double topHz() const; ///< of the spectrogram's rows

private:
    struct Shared;
    struct Tile {
        QImage image;
        quint64 used = 0;
    };

    void forget();
    void request(int level, qint64 index);
    void requestMel();
    void insert(quint64 key, const QImage& image);
    void drawTile(QPainter& painter, const QRectF& area, double first, double last, int level,
                  qint64 index);
    [[nodiscard]] double hopAt(int level) const;
    [[nodiscard]] static quint64 keyOf(int level, qint64 index);

    TaskRunner& m_tasks;
    QObject* m_context;
    std::function<void()> m_changed;
    std::shared_ptr<const SoundSource> m_source;
    std::shared_ptr<Shared> m_shared; ///< of the present source and kind; jobs of others are stale
    QHash<quint64, Tile> m_tiles;
    PictureKind m_kind = PictureKind::Spectrogram;
    double m_peakDb = 0;
    int m_missing = 0;
    bool m_melAsked = false;
    QString m_trouble;
    quint64 m_tick = 0;
};

} // namespace viva
