// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace viva {

/// What of a clip is played, and how. Times are in seconds from the clip's start.
struct PlayRange {
    double startSec = 0; ///< where it begins
    double toSec = -1;   ///< where it ends; negative = the clip's end
    bool loop = false;   ///< at `toSec` it goes on at `fromSec`, for ever
    double fromSec = 0;
    double speed = 1.0; ///< 0.5 to 2; the pitch stays
};

/// Makes the samples a loudspeaker gets from a clip and a range. fill() neither locks nor
/// allocates, so that a sound callback may call it; placeSec() may be called from another thread
/// meanwhile.
///
/// Other speeds are made by overlapping pieces of 30 ms, each taken where it continues the one
/// before best within 8 ms of its place.
/// @source Verhelst and Roelands, "An overlap-add technique based on waveform similarity (WSOLA)
/// for high quality time-scale modification of speech", ICASSP 1993
class PlaySource {
public:
    /// @throws Error(InvalidArgument) for an empty buffer or a speed outside 0.5 to 2. A range is
    /// cut to the clip; one that is empty plays nothing.
    PlaySource(std::shared_ptr<const AudioBuffer> buffer, const PlayRange& range);

    /// The next samples at the clip's rate; @return how many, fewer than wanted only at the end.
    std::size_t fill(std::span<float> out);
    /// The place in the clip that sounds so long after the first sample.
    [[nodiscard]] double placeSec(double playedSec) const;
    [[nodiscard]] bool empty() const { return m_start >= m_last; }

private:
    std::size_t copy(std::span<float> out);
    void makePiece();
    [[nodiscard]] float sampleAt(std::ptrdiff_t at) const;

    // Immutable
    std::shared_ptr<const AudioBuffer> m_buffer;
    double m_speed;
    bool m_loop;
    std::ptrdiff_t m_first; ///< of the loop
    std::ptrdiff_t m_start;
    std::ptrdiff_t m_last;
    std::ptrdiff_t m_hop;    ///< half a piece
    std::ptrdiff_t m_search; ///< to both sides
    std::vector<float> m_rise;

    // Of the thread that fills
    std::ptrdiff_t m_next;      ///< speed 1: the next sample
    double m_nominal = 0;       ///< where the next piece belongs
    std::ptrdiff_t m_piece = 0; ///< where the piece before was taken
    bool m_begun = false;
    std::size_t m_left = 0; ///< samples until the end, where there is one
    std::vector<float> m_out;
    std::size_t m_taken = 0; ///< of m_out
    std::vector<float> m_wanted;
    std::vector<float> m_region;
};

} // namespace viva
