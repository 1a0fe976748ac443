// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/waveform_pyramid.h"

#include <algorithm>
#include <cmath>

namespace viva {

void WaveformPyramid::append(std::span<const float> samples) {
    m_samples += std::ssize(samples);
    while (!samples.empty()) {
        if (m_filled == 0) {
            m_min = INFINITY;
            m_max = -INFINITY;
            m_squares = 0;
        }
        const std::size_t count = std::min(samples.size(), kBase - m_filled);
        float low = m_min;
        float high = m_max;
        float squares = 0; // at most kBase of them: float keeps the loop in vector registers
        for (const float sample : samples.first(count)) {
            low = sample < low ? sample : low;
            high = sample > high ? sample : high;
            squares += sample * sample;
        }
        m_min = low;
        m_max = high;
        m_squares += static_cast<double>(squares);
        m_filled += count;
        samples = samples.subspan(count);
        if (m_filled == kBase) {
            push(0, {m_min, m_max, static_cast<float>(m_squares / kBase)});
            m_filled = 0;
        }
    }
}

void WaveformPyramid::push(std::size_t level, Node node) {
    if (level == m_levels.size())
        m_levels.emplace_back();
    std::vector<Node>& own = m_levels[level];
    own.push_back(node);
    if (own.size() % kFan != 0)
        return;
    Node above{INFINITY, -INFINITY, 0};
    for (auto child = own.end() - kFan; child != own.end(); ++child) {
        above.min = std::min(above.min, child->min);
        above.max = std::max(above.max, child->max);
        above.meanSquare += child->meanSquare / static_cast<float>(kFan);
    }
    push(level + 1, above);
}

void WaveformPyramid::finish() {
    if (m_filled == 0)
        return;
    push(0, {m_min, m_max, static_cast<float>(m_squares / static_cast<double>(m_filled))});
    m_filled = 0;
}

/// Nodes [first, last) of a level; where it has fewer than that, the rest comes from below.
WaveformColumn WaveformPyramid::over(std::size_t level, std::size_t first, std::size_t last) const {
    WaveformColumn column{INFINITY, -INFINITY, 0};
    double squares = 0;
    double weight = 0;
    double share = std::pow(static_cast<double>(kFan), static_cast<double>(level));
    for (;; --level, first *= kFan, last *= kFan, share /= kFan) {
        const std::vector<Node>& nodes = m_levels[level];
        for (; first < std::min(last, nodes.size()); ++first) {
            column.min = std::min(column.min, nodes[first].min);
            column.max = std::max(column.max, nodes[first].max);
            squares += static_cast<double>(nodes[first].meanSquare) * share;
            weight += share;
        }
        if (level == 0 || first >= last)
            break;
    }
    if (weight <= 0)
        return {};
    column.rms = static_cast<float>(std::sqrt(squares / weight));
    return column;
}

std::vector<WaveformColumn> WaveformPyramid::columns(double first, double last, int count) const {
    std::vector<WaveformColumn> columns(static_cast<std::size_t>(std::max(count, 0)));
    const double width = (last - first) / std::max(count, 1);
    std::size_t level = 0;
    double size = kBase;
    while (level + 1 < m_levels.size() && size * kFan <= width) {
        ++level;
        size *= kFan;
    }
    const auto end = static_cast<double>(m_samples);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double from = std::max(0.0, first + width * static_cast<double>(i));
        const double to = std::min(end, first + width * static_cast<double>(i + 1));
        if (!(from < to))
            continue;
        columns[i] = over(level, static_cast<std::size_t>(from / size),
                          static_cast<std::size_t>(std::ceil(to / size)));
    }
    return columns;
}

std::vector<WaveformColumn> columnsOf(std::span<const float> samples, std::int64_t at, double first,
                                      double last, int count) {
    std::vector<WaveformColumn> columns(static_cast<std::size_t>(std::max(count, 0)));
    const double width = (last - first) / std::max(count, 1);
    const auto begin = static_cast<double>(at);
    const auto end = begin + static_cast<double>(samples.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const double from = std::floor(first + width * static_cast<double>(i));
        const double to =
            std::max(std::floor(first + width * static_cast<double>(i + 1)), from + 1.0);
        const double low = std::max(from, begin);
        const double high = std::min(to, end);
        if (!(low < high))
            continue;
        WaveformColumn column{INFINITY, -INFINITY, 0};
        float squares = 0;
        const auto inside = samples.subspan(static_cast<std::size_t>(low - begin),
                                            static_cast<std::size_t>(high - low));
        for (const float sample : inside) {
            column.min = std::min(column.min, sample);
            column.max = std::max(column.max, sample);
            squares += sample * sample;
        }
        column.rms = std::sqrt(squares / static_cast<float>(inside.size()));
        columns[i] = column;
    }
    return columns;
}

std::size_t WaveformPyramid::bytes() const {
    std::size_t nodes = 0;
    for (const std::vector<Node>& level : m_levels)
        nodes += level.capacity();
    return nodes * sizeof(Node);
}

} // namespace viva
