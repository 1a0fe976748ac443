// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/text_files.h"

#include "core/base/inside_folder.h"

#include <string_view>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTextFiles[] = {"tokenizer.json",
                                           "tokenizer_config.json",
                                           "special_tokens_map.json",
                                           "added_tokens.json",
                                           "vocab.json",
                                           "merges.txt",
                                           "chat_template.jinja",
                                           "chat_template.json",
                                           "generation_config.json"};

} // namespace

void copyTextFiles(const fs::path& from, const fs::path& to) {
    if (from.empty() || fs::weakly_canonical(from) == fs::weakly_canonical(to))
        return;
    copyInside(from, to, kTextFiles);
}

} // namespace viva
