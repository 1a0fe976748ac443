// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace viva {

/// How answers are sampled. Names are TRL's / transformers'.
struct GenerationConfig {
    double temperature = 1.0; ///< (0, 10]; logits are divided by it before the softmax
    double topP = 1.0;        ///< (0, 1]; nucleus: the smallest set of tokens with this probability
    int topK = 0;             ///< 0 = off
    double minP = 0.0;        ///< [0, 1); tokens below minP * max probability are cut; 0 = off
    bool greedy = false;      ///< the most likely token; the rest is ignored
    int maxCompletionLength = 200;         ///< new tokens at most, EOS included
    std::vector<std::int64_t> eosTokenIds; ///< empty = the model's own
};

} // namespace viva
