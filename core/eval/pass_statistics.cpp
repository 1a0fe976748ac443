// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/pass_statistics.h"

#include "core/base/error.h"

namespace viva {

void PassStatistics::addItem(std::span<const BleuStatistics> byPass) {
    VIVA_ASSERT(m_items.empty() || byPass.size() == passes());
    m_items.emplace_back(byPass.begin(), byPass.end());
}

double PassStatistics::corpusBleu(std::span<const std::size_t> items, std::size_t pass) const {
    BleuOptions options;
    options.effectiveOrder = false;
    BleuStatistics sum;
    for (const std::size_t item : items)
        sum += m_items[item][pass];
    return bleuScore(sum, options).score;
}

double PassStatistics::meanCorpusBleu(std::span<const std::size_t> items) const {
    if (passes() == 0)
        return 0;
    double sum = 0;
    for (std::size_t pass = 0; pass < passes(); ++pass)
        sum += corpusBleu(items, pass);
    return sum / static_cast<double>(passes());
}

} // namespace viva
