// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace viva {

/// Extremes and loudness of a stretch of samples, for one pixel column.
struct WaveformColumn {
    float min = 0.0F;
    float max = 0.0F;
    float rms = 0.0F;

    /// A sample reached full scale: the column is drawn as clipped.
    [[nodiscard]] bool clipped() const { return max >= 1.0F || min <= -1.0F; }
};

/// A pyramid of extremes over a clip: any range is drawn in time proportional to the columns, not
/// to the samples. Immutable after construction, so any thread may query it.
class WaveformSummary {
public:
    WaveformSummary() = default;
    explicit WaveformSummary(std::vector<float> samples);

    [[nodiscard]] std::size_t sampleCount() const noexcept { return m_samples.size(); }
    [[nodiscard]] std::span<const float> samples() const noexcept { return m_samples; }

    /// One column over the samples [first, last), exact; zeros for an empty range. The range is cut
    /// to the clip.
    [[nodiscard]] WaveformColumn column(std::size_t first, std::size_t last) const;

    /// `count` columns that share [first, last) evenly. A column narrower than one sample shows the
    /// sample it lies in; columns beyond the clip are zero.
    [[nodiscard]] std::vector<WaveformColumn> columns(double first, double last, int count) const;

private:
    struct Node {
        float min;
        float max;
        double squares; // sum
    };
    static constexpr std::size_t kFan = 16;

    void add(WaveformColumn& sum, double& squares, std::size_t level, std::size_t first,
             std::size_t last) const;

    std::vector<float> m_samples;
    std::vector<std::vector<Node>> m_levels; // level l: one node for kFan^(l+1) samples
};

} // namespace viva
