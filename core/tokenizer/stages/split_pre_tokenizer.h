// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/pattern.h"
#include "core/tokenizer/stages/pre_tokenizer.h"

#include <functional>
#include <string_view>

namespace viva {

class JsonReader;

/// What becomes of the parts that a splitting pattern matches.
enum class SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// Cuts `text` at `matches` (in order, not overlapping); empty parts are dropped.
/// `invert` swaps what is a match and what lies between.
[[nodiscard]] std::vector<TextSpan> splitSpans(std::string_view text,
                                               const std::vector<TextSpan>& matches,
                                               SplitBehavior behavior, bool invert);

/// Replaces each piece by its parts, cut at what `find` returns for its text.
void splitPieces(TextPieces& pieces, SplitBehavior behavior, bool invert,
                 const std::function<std::vector<TextSpan>(std::string_view)>& find);

/// Split, Digits, Whitespace, WhitespaceSplit, Punctuation, CharDelimiterSplit, BertPreTokenizer;
/// nullptr for any other type. @throws Error(Format).
[[nodiscard]] std::unique_ptr<PreTokenizer>
makeSplitPreTokenizer(std::string_view type, JsonReader& reader, const std::string& place);

/// The types above, for messages.
[[nodiscard]] std::string_view splitPreTokenizerNames() noexcept;

} // namespace viva
