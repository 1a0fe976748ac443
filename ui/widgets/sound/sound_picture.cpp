// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sound/sound_picture.h"

#include "core/audio/resampler.h"
#include "core/features/log_mel.h"
#include "core/features/spectrogram.h"
#include "ui/widgets/sound/heat_colors.h"

#include <QCoreApplication>
#include <QPainter>
#include <QSet>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace viva {
namespace {

constexpr int kColumns = 256;  // of a tile
constexpr int kRows = 160;     // of a spectrogram
constexpr int kFinestHop = 32; // samples
constexpr int kTopLevel = 20;
constexpr int kMostTiles = 300; // of the spectrogram: 48 MB
constexpr int kMostInFlight = 6;
constexpr int kModelRateHz = 16000;
/// Longer columns are looked at in a few places instead of being read whole.
constexpr std::int64_t kMostReadHop = 4096;

const std::array<QRgb, 256>& heatTable() {
    static const std::array<QRgb, 256> table = [] {
        std::array<QRgb, 256> colors{};
        for (std::size_t i = 0; i < colors.size(); ++i)
            colors[i] = heatColor(static_cast<double>(i) / 255.0);
        return colors;
    }();
    return table;
}

QRgb colorOf(float value, float low, float high) {
    const float part = std::clamp((value - low) / (high - low), 0.0F, 1.0F);
    return heatTable()[static_cast<std::size_t>(part * 255.0F)];
}

QImage spectrogramTile(const SoundSource& source, const Spectrogram& spectrogram, double topDb,
                       std::int64_t hop, qint64 index) {
    const auto window = static_cast<std::int64_t>(spectrogram.windowSamples());
    const std::int64_t begin = index * kColumns * hop;
    const auto windows = std::clamp<std::int64_t>(2 * hop / window, 1, 4);
    const bool whole = hop <= kMostReadHop;
    std::vector<float> sound(static_cast<std::size_t>(whole ? kColumns * hop + window : window));
    if (whole)
        source.read(begin - window / 2, sound);
    QImage image(kColumns, kRows, QImage::Format_RGB32);
    std::vector<float> column(kRows);
    const auto high = static_cast<float>(topDb);
    for (int x = 0; x < kColumns; ++x) {
        std::fill(column.begin(), column.end(), Spectrogram::kFloorDb);
        for (std::int64_t part = 0; part < windows; ++part) {
            const std::int64_t middle = x * hop + hop * (2 * part + 1) / (2 * windows);
            if (!whole)
                source.read(begin + middle - window / 2, sound);
            const std::size_t at = whole ? static_cast<std::size_t>(middle) : 0;
            spectrogram.column({sound.data() + at, static_cast<std::size_t>(window)}, column);
        }
        for (int row = 0; row < kRows; ++row)
            reinterpret_cast<QRgb*>(image.scanLine(kRows - 1 - row))[x] =
                colorOf(column[static_cast<std::size_t>(row)], high - 75.0F, high);
    }
    return image;
}

/// Draws a part of a tile, and of that only what is in view: scaling far beyond the window would
/// cost what is scaled.
void drawPart(QPainter& painter, const QRectF& area, const QRectF& target, const QImage& image,
              const QRectF& part) {
    const QRectF seen = target.intersected(area.adjusted(-2, 0, 2, 0));
    if (seen.width() <= 0 || target.width() <= 0)
        return;
    const double scale = part.width() / target.width();
    painter.drawImage(seen, image,
                      QRectF(part.left() + (seen.left() - target.left()) * scale, part.top(),
                             seen.width() * scale, part.height()));
}

/// Tiles by level of the features of the whole clip.
std::vector<std::vector<QImage>> melTiles(const SoundSource& source) {
    AudioBuffer sound{std::vector<float>(static_cast<std::size_t>(source.sampleCount())),
                      source.sampleRateHz()};
    source.read(0, sound.samples);
    const Features mel =
        LogMel().computeMelFrames(resample(std::move(sound), kModelRateHz).samples);
    std::vector<float> values = mel.values;
    const auto bins = static_cast<std::size_t>(mel.width);
    auto frames = static_cast<std::size_t>(mel.frames);
    const float high = *std::max_element(values.begin(), values.end());
    std::vector<std::vector<QImage>> levels;
    for (;;) {
        std::vector<QImage>& tiles = levels.emplace_back();
        for (std::size_t first = 0; first < frames; first += kColumns) {
            QImage image(kColumns, mel.width, QImage::Format_RGB32);
            image.fill(heatTable()[0]);
            const std::size_t last = std::min(frames, first + kColumns);
            for (std::size_t bin = 0; bin < bins; ++bin) {
                auto* line =
                    reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(bins - 1 - bin)));
                for (std::size_t frame = first; frame < last; ++frame)
                    line[frame - first] = colorOf(values[frame * bins + bin], high - 2.0F, high);
            }
            tiles.push_back(image);
        }
        if (frames <= kColumns)
            return levels;
        // The next level: the louder of each two frames, so that short sounds stay.
        const std::size_t half = (frames + 1) / 2;
        for (std::size_t frame = 0; frame < half; ++frame)
            for (std::size_t bin = 0; bin < bins; ++bin) {
                const std::size_t other = std::min(2 * frame + 1, frames - 1);
                values[frame * bins + bin] =
                    std::max(values[2 * frame * bins + bin], values[other * bins + bin]);
            }
        frames = half;
    }
}

} // namespace

/// What the jobs of one source and kind share with the picture.
struct SoundPicture::Shared {
    Shared(int rateHz, double top) : spectrogram(rateHz, kRows), topDb(top) {}

    Spectrogram spectrogram;
    double topDb;
    std::mutex mutex;
    QSet<quint64> wanted; ///< tiles in view
    QSet<quint64> asked;  ///< GUI thread only
};

SoundPicture::SoundPicture(TaskRunner& tasks, QObject* context, std::function<void()> changed)
    : m_tasks(tasks), m_context(context), m_changed(std::move(changed)) {}

SoundPicture::~SoundPicture() {
    forget();
}

void SoundPicture::forget() {
    if (m_shared) {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->wanted.clear();
    }
    m_shared.reset();
    m_tiles.clear();
    m_melAsked = false;
    m_trouble.clear();
    m_missing = 0;
}

void SoundPicture::setSource(std::shared_ptr<const SoundSource> source, double peakDb) {
    forget();
    m_source = std::move(source);
    m_peakDb = peakDb;
    if (m_source) // speech's strongest partials lie about 10 dB under its peaks
        m_shared = std::make_shared<Shared>(m_source->sampleRateHz(), peakDb - 10.0);
}

void SoundPicture::setKind(PictureKind kind) {
    if (kind == m_kind)
        return;
    m_kind = kind;
    setSource(m_source, m_peakDb);
}

QString SoundPicture::hint() const {
    if (m_source && m_kind == PictureKind::LogMel && m_source->durationSec() > kMostMelSec)
        return QCoreApplication::translate("SoundPicture",
                                           "Log-mel is shown of clips up to 10 minutes: its "
                                           "scale needs the whole clip. Cut it at silence first.");
    return m_trouble;
}

double SoundPicture::topHz() const {
    return m_shared ? m_shared->spectrogram.topHz() : Spectrogram::kTopHz;
}

double SoundPicture::hopAt(int level) const {
    const double finest = m_kind == PictureKind::Spectrogram
                              ? kFinestHop
                              : 0.01 * m_source->sampleRateHz(); // 160 samples at 16 kHz
    return std::ldexp(finest, level);
}

quint64 SoundPicture::keyOf(int level, qint64 index) {
    return static_cast<quint64>(level) << 48U | static_cast<quint64>(index);
}

void SoundPicture::paint(QPainter& painter, const QRectF& area, double first, double last) {
    m_missing = 0;
    if (!m_source || !m_shared || !hint().isEmpty() || last <= first)
        return;
    const double perPixel = (last - first) / std::max(1.0, area.width());
    const double whole = static_cast<double>(m_source->sampleCount());
    int level = 0;
    while (level < kTopLevel && hopAt(level + 1) <= perPixel)
        ++level;
    if (m_kind == PictureKind::LogMel)
        while (level > 0 && hopAt(level - 1) * kColumns >= whole)
            --level; // the coarsest there is
    const double span = hopAt(level) * kColumns;
    const auto from = static_cast<qint64>(std::floor(std::max(0.0, first) / span));
    const auto to = static_cast<qint64>(std::floor((std::min(last, whole) - 1) / span));
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->wanted.clear();
        for (qint64 index = from; index <= to; ++index)
            m_shared->wanted.insert(keyOf(level, index));
    }
    painter.save();
    painter.setClipRect(area);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    ++m_tick;
    for (qint64 index = from; index <= to; ++index)
        drawTile(painter, area, first, last, level, index);
    painter.restore();
}

void SoundPicture::drawTile(QPainter& painter, const QRectF& area, double first, double last,
                            int level, qint64 index) {
    const double span = hopAt(level) * kColumns;
    const double scale = area.width() / (last - first);
    const double begin = static_cast<double>(index) * span;
    const QRectF target(area.left() + (begin - first) * scale, area.top(), span * scale,
                        area.height());
    const auto found = m_tiles.find(keyOf(level, index));
    if (found != m_tiles.end()) {
        found->used = m_tick;
        drawPart(painter, area, target, found->image, QRectF(found->image.rect()));
        return;
    }
    ++m_missing;
    if (m_kind == PictureKind::LogMel)
        requestMel();
    else
        request(level, index);
    for (int up = 1; level + up <= kTopLevel; ++up) {
        const auto coarse = m_tiles.constFind(keyOf(level + up, index >> up));
        if (coarse == m_tiles.constEnd())
            continue;
        const double width = std::ldexp(kColumns, -up);
        const auto part = static_cast<double>(index - ((index >> up) << up));
        drawPart(painter, area, target, coarse->image,
                 QRectF(part * width, 0, width, coarse->image.height()));
        return;
    }
}

void SoundPicture::request(int level, qint64 index) {
    const quint64 key = keyOf(level, index);
    if (m_shared->asked.contains(key) || m_shared->asked.size() >= kMostInFlight)
        return;
    m_shared->asked.insert(key);
    const auto hop = static_cast<std::int64_t>(hopAt(level));
    m_tasks.post(m_context, [this, shared = m_shared, source = m_source, key, hop, index] {
        QImage image;
        bool wanted = false;
        {
            const std::lock_guard lock(shared->mutex);
            wanted = shared->wanted.contains(key);
        }
        if (wanted)
            image = spectrogramTile(*source, shared->spectrogram, shared->topDb, hop, index);
        return std::function<void()>([this, shared, key, image] {
            shared->asked.remove(key);
            if (shared != m_shared)
                return;
            if (!image.isNull())
                insert(key, image);
            m_changed(); // also when it was not wanted: others may be asked for now
        });
    });
}

void SoundPicture::requestMel() {
    if (m_melAsked)
        return;
    m_melAsked = true;
    m_tasks.post(m_context, [this, shared = m_shared, source = m_source] {
        std::vector<std::vector<QImage>> levels;
        QString trouble;
        try {
            levels = melTiles(*source);
        } catch (...) {
            trouble = QString::fromStdString(currentErrorInfo().text());
        }
        return std::function<void()>([this, shared, levels, trouble] {
            if (shared != m_shared)
                return;
            m_trouble = trouble;
            for (std::size_t level = 0; level < levels.size(); ++level)
                for (std::size_t index = 0; index < levels[level].size(); ++index)
                    m_tiles.insert(keyOf(static_cast<int>(level), static_cast<qint64>(index)),
                                   {levels[level][index], m_tick});
            m_changed();
        });
    });
}

void SoundPicture::insert(quint64 key, const QImage& image) {
    while (m_tiles.size() >= kMostTiles) {
        auto oldest = m_tiles.begin();
        for (auto tile = m_tiles.begin(); tile != m_tiles.end(); ++tile)
            if (tile->used < oldest->used)
                oldest = tile;
        m_tiles.erase(oldest);
    }
    m_tiles.insert(key, {image, m_tick});
}

} // namespace viva
