// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/text_comparison.h"

#include "core/rewards/reward_option_reader.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

namespace viva {

std::string comparableText(std::string_view text, const TextComparison& comparison) {
    std::string out = comparison.lowercase ? lowerCase(text) : std::string(text);
    if (!comparison.ignorePunctuation)
        return out;
    std::string kept;
    forEachCodePoint(out, [&kept](char32_t c, std::string_view bytes) {
        if (!isPunctuation(c))
            kept += bytes;
    });
    return kept;
}

TextComparison readTextComparison(RewardOptionReader& options) {
    TextComparison out;
    options.read("lowercase", out.lowercase);
    options.read("ignore_punctuation", out.ignorePunctuation);
    return out;
}

} // namespace viva
