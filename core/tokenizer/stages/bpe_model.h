// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/token_model.h"

namespace viva {

/// Byte-pair encoding by ranked merges: the best-ranked neighbouring pair is joined, leftmost
/// first, until none is left. @source Sennrich et al. 2016 (arXiv 1508.07909), section 3.2 Reads
/// vocab, merges ("a b" strings or pairs), unk_token, fuse_unk, byte_fallback, ignore_merges,
/// continuing_subword_prefix, end_of_word_suffix.
/// @throws Error(Format) naming the merge whose tokens the vocabulary lacks.
[[nodiscard]] std::unique_ptr<TokenModel> makeBpeModel(JsonReader& reader);

} // namespace viva
