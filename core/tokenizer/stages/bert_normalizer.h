// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/normalizer.h"

namespace viva {

class JsonReader;

/// BERT's cleaning: control characters vanish, spaces round Chinese characters, accents and case
/// as the options clean_text, handle_chinese_chars, strip_accents and lowercase say.
[[nodiscard]] std::unique_ptr<Normalizer> makeBertNormalizer(JsonReader& reader);

} // namespace viva
