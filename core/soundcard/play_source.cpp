// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/play_source.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace viva {
namespace {

constexpr double kHopSec = 0.015;
constexpr double kSearchSec = 0.008;
constexpr std::ptrdiff_t kStride = 4; // in samples compared
constexpr std::ptrdiff_t kStep = 2;   // in places tried

} // namespace

PlaySource::PlaySource(std::shared_ptr<const AudioBuffer> buffer, const PlayRange& range)
    : m_buffer(std::move(buffer)), m_speed(range.speed), m_loop(range.loop) {
    if (!m_buffer || m_buffer->samples.empty())
        throw Error(ErrorCode::InvalidArgument, "Player: the buffer to play holds no samples");
    if (!(range.speed >= 0.5 && range.speed <= 2.0))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("Player: a speed of {} is not from 0.5 to 2", range.speed));
    const double rate = m_buffer->sampleRateHz;
    const auto size = std::ssize(m_buffer->samples);
    const auto place = [&](double seconds) {
        return static_cast<std::ptrdiff_t>(
            std::clamp(std::nearbyint(seconds * rate), 0.0, static_cast<double>(size)));
    };
    m_last = range.toSec < 0 ? size : place(range.toSec);
    m_first = std::min(place(range.fromSec), m_last);
    m_start = place(range.startSec);
    m_loop = m_loop && m_first < m_last;
    if (m_loop && m_start >= m_last)
        m_start = m_first;
    m_hop = std::max<std::ptrdiff_t>(8, std::lround(kHopSec * rate));
    m_search = std::lround(kSearchSec * rate);
    m_next = m_start;
    m_nominal = static_cast<double>(m_start);
    m_left =
        m_start < m_last
            ? static_cast<std::size_t>(std::ceil(static_cast<double>(m_last - m_start) / m_speed))
            : 0;
    const auto hop = static_cast<std::size_t>(m_hop);
    m_rise.resize(hop);
    for (std::size_t i = 0; i < hop; ++i)
        m_rise[i] = static_cast<float>(
            0.5 - 0.5 * std::cos(3.14159265358979 * (static_cast<double>(i) + 0.5) /
                                 static_cast<double>(hop)));
    m_out.resize(hop);
    m_taken = hop;
    m_wanted.resize(hop);
    m_region.resize(hop + 2 * static_cast<std::size_t>(m_search));
}

float PlaySource::sampleAt(std::ptrdiff_t at) const {
    return at >= 0 && at < std::ssize(m_buffer->samples)
               ? m_buffer->samples[static_cast<std::size_t>(at)]
               : 0.0F;
}

/// The next hop of samples into m_out.
void PlaySource::makePiece() {
    m_taken = 0;
    if (m_loop && m_nominal >= static_cast<double>(m_last))
        m_nominal =
            static_cast<double>(m_first) + std::fmod(m_nominal - static_cast<double>(m_last),
                                                     static_cast<double>(m_last - m_first));
    const auto nominal = static_cast<std::ptrdiff_t>(m_nominal);
    m_nominal += static_cast<double>(m_hop) * m_speed;
    if (!m_begun) {
        m_begun = true;
        m_piece = nominal;
        for (std::ptrdiff_t i = 0; i < m_hop; ++i)
            m_out[static_cast<std::size_t>(i)] = sampleAt(nominal + i);
        return;
    }
    // What would have come next without a jump, and where something like it lies.
    for (std::ptrdiff_t i = 0; i < m_hop; ++i)
        m_wanted[static_cast<std::size_t>(i)] = sampleAt(m_piece + m_hop + i);
    for (std::size_t i = 0; i < m_region.size(); ++i)
        m_region[i] = sampleAt(nominal - m_search + static_cast<std::ptrdiff_t>(i));
    std::ptrdiff_t best = m_search;
    double highest = -INFINITY;
    for (std::ptrdiff_t shift = 0; shift <= 2 * m_search; shift += kStep) {
        float dot = 0.0F;
        float energy = 1e-9F;
        for (std::ptrdiff_t i = 0; i < m_hop; i += kStride) {
            const float value = m_region[static_cast<std::size_t>(shift + i)];
            dot += value * m_wanted[static_cast<std::size_t>(i)];
            energy += value * value;
        }
        const double likeness = static_cast<double>(dot) / std::sqrt(static_cast<double>(energy));
        if (likeness > highest) {
            highest = likeness;
            best = shift;
        }
    }
    for (std::size_t i = 0; i < m_out.size(); ++i)
        m_out[i] =
            m_wanted[i] + m_rise[i] * (m_region[static_cast<std::size_t>(best) + i] - m_wanted[i]);
    m_piece = nominal - m_search + best;
}

std::size_t PlaySource::copy(std::span<float> out) {
    std::size_t done = 0;
    while (done < out.size()) {
        if (m_next >= m_last) {
            if (!m_loop)
                break;
            m_next = m_first;
        }
        const std::size_t count =
            std::min(out.size() - done, static_cast<std::size_t>(m_last - m_next));
        std::copy_n(m_buffer->samples.data() + m_next, count, out.data() + done);
        m_next += static_cast<std::ptrdiff_t>(count);
        done += count;
    }
    return done;
}

std::size_t PlaySource::fill(std::span<float> out) {
    if (empty())
        return 0;
    if (m_speed == 1.0)
        return copy(out);
    std::size_t want = out.size();
    if (!m_loop) {
        want = std::min(want, m_left);
        m_left -= want;
    }
    std::size_t done = 0;
    while (done < want) {
        if (m_taken == m_out.size())
            makePiece();
        const std::size_t count = std::min(want - done, m_out.size() - m_taken);
        std::copy_n(m_out.data() + m_taken, count, out.data() + done);
        m_taken += count;
        done += count;
    }
    return done;
}

double PlaySource::placeSec(double playedSec) const {
    const double rate = m_buffer->sampleRateHz;
    double place = static_cast<double>(m_start) + std::max(0.0, playedSec) * m_speed * rate;
    const auto last = static_cast<double>(m_last);
    if (place >= last && m_loop)
        place = static_cast<double>(m_first) +
                std::fmod(place - last, static_cast<double>(m_last - m_first));
    return std::min(place, std::max(last, static_cast<double>(m_start))) / rate;
}

} // namespace viva
