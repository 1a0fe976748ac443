// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/token_model.h"

namespace viva {

/// WordPiece: the longest known beginning, again and again; a word that cannot be spelt is
/// unk_token.
/// @source Devlin et al. 2019 (BERT), tokenization.py
/// @throws Error(Format) when unk_token is not in the vocabulary.
[[nodiscard]] std::unique_ptr<TokenModel> makeWordPieceModel(JsonReader& reader);

} // namespace viva
