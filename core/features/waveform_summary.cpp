// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/waveform_summary.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace viva {

WaveformSummary::WaveformSummary(std::vector<float> samples) : m_samples(std::move(samples)) {
    std::size_t below = m_samples.size();
    while (below > kFan) {
        std::vector<Node> level((below + kFan - 1) / kFan);
        for (std::size_t i = 0; i < level.size(); ++i) {
            const std::size_t last = std::min(below, (i + 1) * kFan);
            Node node{INFINITY, -INFINITY, 0.0};
            for (std::size_t child = i * kFan; child < last; ++child) {
                const Node part =
                    m_levels.empty()
                        ? Node{m_samples[child], m_samples[child],
                               static_cast<double>(m_samples[child]) * m_samples[child]}
                        : m_levels.back()[child];
                node = {std::min(node.min, part.min), std::max(node.max, part.max),
                        node.squares + part.squares};
            }
            level[i] = node;
        }
        below = level.size();
        m_levels.push_back(std::move(level));
    }
}

/// Adds the items [first, last) of a level (0 = samples): the ragged ends here, the rest above.
void WaveformSummary::add(WaveformColumn& sum, double& squares, std::size_t level,
                          std::size_t first, std::size_t last) const {
    const auto addItem = [&](std::size_t i) {
        const Node item = level == 0 ? Node{m_samples[i], m_samples[i],
                                            static_cast<double>(m_samples[i]) * m_samples[i]}
                                     : m_levels[level - 1][i];
        sum.min = std::min(sum.min, item.min);
        sum.max = std::max(sum.max, item.max);
        squares += item.squares;
    };
    if (level < m_levels.size() && last - first >= 2 * kFan) {
        const std::size_t firstWhole = (first + kFan - 1) / kFan;
        const std::size_t lastWhole = last / kFan;
        for (std::size_t i = first; i < firstWhole * kFan; ++i)
            addItem(i);
        add(sum, squares, level + 1, firstWhole, lastWhole);
        for (std::size_t i = lastWhole * kFan; i < last; ++i)
            addItem(i);
        return;
    }
    for (std::size_t i = first; i < last; ++i)
        addItem(i);
}

WaveformColumn WaveformSummary::column(std::size_t first, std::size_t last) const {
    last = std::min(last, m_samples.size());
    if (first >= last)
        return {};
    WaveformColumn sum{INFINITY, -INFINITY, 0.0F};
    double squares = 0.0;
    add(sum, squares, 0, first, last);
    sum.rms = static_cast<float>(std::sqrt(squares / static_cast<double>(last - first)));
    return sum;
}

std::vector<WaveformColumn> WaveformSummary::columns(double first, double last, int count) const {
    std::vector<WaveformColumn> columns(static_cast<std::size_t>(std::max(count, 0)));
    const double width = (last - first) / std::max(count, 1);
    const auto end = static_cast<double>(m_samples.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double from = std::floor(first + width * static_cast<double>(i));
        const double to =
            std::max(std::floor(first + width * static_cast<double>(i + 1)), from + 1.0);
        if (to <= 0.0 || !(from < end))
            continue;
        columns[i] = column(static_cast<std::size_t>(std::max(from, 0.0)),
                            static_cast<std::size_t>(std::min(to, end)));
    }
    return columns;
}

} // namespace viva
