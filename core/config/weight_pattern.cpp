// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/weight_pattern.h"

namespace viva {

bool fitsPattern(std::string_view name, std::string_view pattern) {
    if (pattern.find_first_of("*?") == std::string_view::npos)
        return name == pattern || (!pattern.empty() && name.starts_with(pattern) &&
                                   name.size() > pattern.size() && name[pattern.size()] == '.');
    // On a mismatch the last "*" takes one character more.
    std::size_t n = 0, p = 0, star = std::string_view::npos, taken = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            taken = n;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

} // namespace viva
