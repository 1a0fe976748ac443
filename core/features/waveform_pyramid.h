// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/features/waveform_summary.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace viva {

/// Extremes and loudness of sound that arrives piece by piece, at every zoom, without the sound
/// itself: an hour at 48 kHz takes 11 MB. Any range is answered in time proportional to the
/// columns.
///
/// The finest level has one node for kBase samples; columns narrower than that are drawn from the
/// sound. A column may reach up to one node beyond its range, never less far.
class WaveformPyramid {
public:
    static constexpr std::size_t kBase = 256;

    void append(std::span<const float> samples);
    /// Brings what is left of the last node in; nothing may be appended afterwards.
    void finish();

    [[nodiscard]] std::int64_t sampleCount() const { return m_samples; }
    /// `count` columns that share the samples [first, last) evenly; zeros beyond what there is.
    [[nodiscard]] std::vector<WaveformColumn> columns(double first, double last, int count) const;
    [[nodiscard]] std::size_t bytes() const;

private:
    static constexpr std::size_t kFan = 4;
    struct Node {
        float min;
        float max;
        float meanSquare;
    };

    void push(std::size_t level, Node node);
    [[nodiscard]] WaveformColumn over(std::size_t level, std::size_t first, std::size_t last) const;

    std::vector<std::vector<Node>> m_levels{1}; ///< level l: one node for kBase * kFan^l samples
    std::int64_t m_samples = 0;
    std::size_t m_filled = 0; ///< samples of the node that is not full yet
    float m_min = 0;
    float m_max = 0;
    double m_squares = 0;
};

/// Exact columns of samples that are at hand: `samples` begin at sample `at` of the sound. A column
/// narrower than a sample shows the one it lies in; columns beyond what is given are zero.
[[nodiscard]] std::vector<WaveformColumn> columnsOf(std::span<const float> samples, std::int64_t at,
                                                    double first, double last, int count);

} // namespace viva
