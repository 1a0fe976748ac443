// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace viva {

/// Which of the three figures is the value of the reward.
enum class BertScoreFigure { F, Precision, Recall };

/// What RewardServices::makeBertScore is asked for.
struct BertScoreOptions {
    std::string model;      ///< folder of a BERT, RoBERTa or XLM-R checkpoint; never empty
    std::int64_t layer = 0; ///< 0 = the one bert_score takes for models of this size
    BertScoreFigure figure = BertScoreFigure::F;
    bool idf = false;        ///< weights from the references scored together
    bool prefixSpace = true; ///< RoBERTa alone: a space before every text
};

} // namespace viva
