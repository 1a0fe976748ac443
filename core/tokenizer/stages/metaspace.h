// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/pre_tokenizer.h"

#include <string>

namespace viva {

class JsonReader;

/// Where Metaspace puts its mark in front of a text.
enum class PrependScheme { Always, First, Never };

/// Metaspace as pre-tokenizer and decoder share it.
struct MetaspaceOptions {
    std::string replacement = "\xE2\x96\x81"; ///< U+2581
    PrependScheme prepend = PrependScheme::Always;
    bool split = true;
};

/// Reads the options; older files write add_prefix_space for prepend_scheme.
[[nodiscard]] MetaspaceOptions readMetaspace(JsonReader& reader);

/// Spaces become the mark, and pieces begin at each mark.
[[nodiscard]] std::unique_ptr<PreTokenizer> makeMetaspacePreTokenizer(JsonReader& reader);

} // namespace viva
