// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/vocabulary.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

class JsonReader;

/// The part of a tokenizer that turns one pre-tokenized piece into ids. Const use is thread-safe.
class TokenModel {
public:
    virtual ~TokenModel() = default;
    /// Appends the ids of `piece` (valid UTF-8, not empty).
    virtual void encode(std::string_view piece, std::vector<std::int64_t>& ids) const = 0;
    [[nodiscard]] virtual const Vocabulary& vocabulary() const = 0;
};

/// Reads the `model` entry of a tokenizer.json: BPE, WordPiece or Unigram.
/// @throws Error(Format) naming file and place.
[[nodiscard]] std::unique_ptr<TokenModel> makeTokenModel(JsonReader& reader);

} // namespace viva
