// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/eval_metrics.h"

#include <cstddef>
#include <span>
#include <vector>

namespace viva {

/// A metric's counts of several passes over the same items, ready for resampling.
class PassStatistics {
public:
    /// `metric` is borrowed.
    explicit PassStatistics(const EvalMetric& metric) : m_metric(metric) {}
    /// The counts of one item, one for each pass. All items have equally many.
    void addItem(std::vector<MetricCounts> byPass);
    [[nodiscard]] std::size_t items() const { return m_items.size(); }
    [[nodiscard]] std::size_t passes() const { return m_items.empty() ? 0 : m_items[0].size(); }

    /// The metric of one pass over these items.
    [[nodiscard]] double score(std::span<const std::size_t> items, std::size_t pass) const;
    /// Its mean over the passes; 0 without items.
    [[nodiscard]] double meanScore(std::span<const std::size_t> items) const;

private:
    const EvalMetric& m_metric;
    std::vector<std::vector<MetricCounts>> m_items;
};

} // namespace viva
