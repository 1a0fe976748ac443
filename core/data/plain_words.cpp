// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/plain_words.h"

#include <cctype>

namespace viva {

std::string plainWords(std::string_view text) {
    std::string words;
    bool gap = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && !std::isalnum(byte)) {
            gap = !words.empty();
            continue;
        }
        if (gap)
            words += ' ';
        gap = false;
        words += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
    }
    return words;
}

} // namespace viva
