// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace viva {

/// A part of the text that the model tokenizes on its own.
struct TextPiece {
    std::string text;
    bool atStart = false; ///< begins where the whole text begins
};
using TextPieces = std::vector<TextPiece>;

/// One step that cuts text into pieces before the model sees them. Const use is thread-safe.
class PreTokenizer {
public:
    virtual ~PreTokenizer() = default;
    virtual void apply(TextPieces& pieces) const = 0;
};

/// Reads the `pre_tokenizer` entry of a tokenizer.json.
/// @throws Error(Format) naming `origin` (the file) and `place` (the path inside it).
[[nodiscard]] std::unique_ptr<PreTokenizer>
makePreTokenizer(const nlohmann::json& spec, const std::string& origin, const std::string& place);

} // namespace viva
