// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/metrics/bleu.h"

#include <cstddef>
#include <span>
#include <vector>

namespace viva {

/// BLEU counts of several passes over the same items, ready for resampling.
class PassStatistics {
public:
    /// The counts of one item, one for each pass. All items have equally many.
    void addItem(std::span<const BleuStatistics> byPass);
    [[nodiscard]] std::size_t items() const { return m_items.size(); }
    [[nodiscard]] std::size_t passes() const { return m_items.empty() ? 0 : m_items[0].size(); }

    /// Corpus BLEU, 0..100, of one pass over these items.
    [[nodiscard]] double corpusBleu(std::span<const std::size_t> items, std::size_t pass) const;
    /// Its mean over the passes; 0 without items.
    [[nodiscard]] double meanCorpusBleu(std::span<const std::size_t> items) const;

private:
    std::vector<std::vector<BleuStatistics>> m_items;
};

} // namespace viva
