// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/sound_source.h"

#include "core/audio/audio_reader.h"
#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <vector>

namespace viva {

struct SoundSource::Impl {
    // Immutable
    std::filesystem::path path;
    AudioFileInfo info;
    std::int64_t first = 0;
    std::int64_t count = 0;
    std::vector<float> samples;

    // Shared
    std::mutex mutex;
    std::optional<AudioReader> reader;
    std::int64_t at = -1; ///< where the reader stands
};

SoundSource::SoundSource(const std::filesystem::path& path, double fromSec, double toSec)
    : m_impl(std::make_unique<Impl>()) {
    Impl& impl = *m_impl;
    impl.path = path;
    impl.reader.emplace(path);
    impl.info = impl.reader->info();
    const double rate = impl.info.sampleRateHz;
    const auto frames = static_cast<double>(impl.info.frames);
    const auto place = [&](double seconds) {
        return static_cast<std::int64_t>(std::clamp(std::nearbyint(seconds * rate), 0.0, frames));
    };
    impl.first = place(std::max(0.0, fromSec));
    impl.count = (toSec < 0 ? impl.info.frames : place(toSec)) - impl.first;
    if (impl.count <= 0)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} holds nothing from {:.3f} to {:.3f} s; it is {:.3f} s long",
                                path.string(), fromSec, toSec, impl.info.durationSec));
    if (impl.count > kMostInMemory)
        return;
    impl.samples.resize(static_cast<std::size_t>(impl.count));
    impl.reader->seek(impl.first);
    const std::size_t got = impl.reader->read(impl.samples);
    if (got < impl.samples.size())
        throw Error(ErrorCode::Format,
                    fmt::format("{} is cut short or damaged: {} of {} samples could be decoded; "
                                "copy it again",
                                path.string(), got, impl.count));
    impl.reader.reset();
}

SoundSource::~SoundSource() = default;

const AudioFileInfo& SoundSource::file() const {
    return m_impl->info;
}
const std::filesystem::path& SoundSource::path() const {
    return m_impl->path;
}
std::int64_t SoundSource::sampleCount() const {
    return m_impl->count;
}
int SoundSource::sampleRateHz() const {
    return m_impl->info.sampleRateHz;
}
double SoundSource::startSec() const {
    return static_cast<double>(m_impl->first) / sampleRateHz();
}
double SoundSource::durationSec() const {
    return static_cast<double>(m_impl->count) / sampleRateHz();
}
std::span<const float> SoundSource::samples() const {
    return m_impl->samples;
}

void SoundSource::read(std::int64_t first, std::span<float> out) const {
    std::fill(out.begin(), out.end(), 0.0F);
    const std::int64_t from = std::clamp<std::int64_t>(first, 0, m_impl->count);
    const std::int64_t to = std::clamp<std::int64_t>(first + std::ssize(out), 0, m_impl->count);
    if (from >= to)
        return;
    const std::span<float> inside =
        out.subspan(static_cast<std::size_t>(from - first), static_cast<std::size_t>(to - from));
    if (!m_impl->samples.empty()) {
        std::copy_n(m_impl->samples.begin() + from, inside.size(), inside.begin());
        return;
    }
    const std::lock_guard lock(m_impl->mutex);
    if (m_impl->at != from && !m_impl->reader->seek(m_impl->first + from)) {
        m_impl->at = -1;
        return;
    }
    const std::size_t got = m_impl->reader->read(inside);
    m_impl->at = from + static_cast<std::int64_t>(got);
}

} // namespace viva
