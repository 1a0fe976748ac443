// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/token_model.h"

namespace viva {

/// Unigram: the segmentation with the largest sum of log probabilities (Viterbi); of equal paths
/// the one found first. Unknown characters score the lowest probability less 10 and neighbours
/// fuse.
/// @source Kudo 2018 (arXiv 1804.10959), section 3.2
/// @throws Error(Format) for a vocabulary that is no list of [token, score] or an unk_id outside
/// it.
[[nodiscard]] std::unique_ptr<TokenModel> makeUnigramModel(JsonReader& reader);

} // namespace viva
