// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/token_model.h"

#include "core/base/json_reader.h"
#include "core/tokenizer/stages/bpe_model.h"
#include "core/tokenizer/stages/unigram_model.h"
#include "core/tokenizer/stages/wordpiece_model.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

/// Older files leave the type out; the fields tell.
std::string guessType(JsonReader& reader) {
    if (reader.has("merges"))
        return "BPE";
    const nlohmann::json* vocabulary = reader.raw("vocab");
    if (vocabulary != nullptr && vocabulary->is_array())
        return "Unigram";
    return "WordPiece";
}

} // namespace

std::unique_ptr<TokenModel> makeTokenModel(JsonReader& reader) {
    std::string type;
    reader.optional("type", type);
    if (type.empty())
        type = guessType(reader);
    if (type == "BPE")
        return makeBpeModel(reader);
    if (type == "WordPiece")
        return makeWordPieceModel(reader);
    if (type == "Unigram")
        return makeUnigramModel(reader);
    reader.fail("type",
                fmt::format("model \"{}\" is not known; known are BPE, WordPiece, Unigram", type));
}

} // namespace viva
