// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/pass_statistics.h"

#include "core/base/error.h"

namespace viva {

void PassStatistics::addItem(std::vector<MetricCounts> byPass) {
    VIVA_ASSERT(m_items.empty() || byPass.size() == passes());
    m_items.push_back(std::move(byPass));
}

double PassStatistics::score(std::span<const std::size_t> items, std::size_t pass) const {
    MetricCounts sum(m_items[items.front()][pass].size());
    for (const std::size_t item : items) {
        const MetricCounts& counts = m_items[item][pass];
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += counts[i];
    }
    return m_metric.score(sum);
}

double PassStatistics::meanScore(std::span<const std::size_t> items) const {
    if (passes() == 0)
        return 0;
    double sum = 0;
    for (std::size_t pass = 0; pass < passes(); ++pass)
        sum += score(items, pass);
    return sum / static_cast<double>(passes());
}

} // namespace viva
