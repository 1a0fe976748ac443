// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/template_text.h"

#include "core/base/error.h"

#include <fmt/format.h>

namespace viva {
std::string fillTemplate(std::string_view pattern, const std::map<std::string, std::string>& values,
                         std::string_view origin) {
    std::string text;
    std::size_t at = 0;
    while (at < pattern.size()) {
        const std::size_t open = pattern.find_first_of("{}", at);
        text += pattern.substr(at, open - at);
        if (open == std::string_view::npos)
            break;
        const std::size_t close = pattern.find('}', open);
        if (pattern[open] == '}' || close == std::string_view::npos)
            throw Error(ErrorCode::Format,
                        fmt::format("{}: the template \"{}\" has a brace without its partner at "
                                    "character {}; write {{slot.form}}",
                                    origin, pattern, open));
        const std::string key(pattern.substr(open + 1, close - open - 1));
        const auto found = values.find(key);
        if (found == values.end())
            throw Error(ErrorCode::Format,
                        fmt::format("{}: the template \"{}\" asks for \"{}\", which is no slot or "
                                    "form here; correct the name",
                                    origin, pattern, key));
        text += found->second;
        at = close + 1;
    }
    return text;
}

std::string capitalised(std::string text) {
    if (text.empty())
        return text;
    if (text[0] >= 'a' && text[0] <= 'z') {
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    } else if (text.size() > 1 && text[0] == '\xC3') {
        // In UTF-8 the umlauts are C3 A4, C3 B6, C3 BC; their capitals lie 0x20 below.
        if (text[1] == '\xA4' || text[1] == '\xB6' || text[1] == '\xBC')
            text[1] = static_cast<char>(text[1] - 0x20);
    }
    return text;
}

} // namespace viva
