// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/text_table.h"

#include <algorithm>

namespace viva {
namespace {

bool isNumber(const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789+-.,eE%") == std::string::npos;
}

} // namespace

std::size_t displayWidth(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string textTable(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    std::vector<bool> numeric;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        widths.resize(std::max(widths.size(), rows[r].size()), 0);
        numeric.resize(widths.size(), rows.size() > 1);
        for (std::size_t c = 0; c < rows[r].size(); ++c) {
            widths[c] = std::max(widths[c], displayWidth(rows[r][c]));
            if (r > 0 && !rows[r][c].empty() && !isNumber(rows[r][c]))
                numeric[c] = false;
        }
    }
    std::string out;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string line;
        std::string rule;
        for (std::size_t c = 0; c < rows[r].size(); ++c) {
            const std::string pad(widths[c] - displayWidth(rows[r][c]), ' ');
            line += (c > 0 ? "  " : "") + (numeric[c] ? pad + rows[r][c] : rows[r][c] + pad);
            rule += (c > 0 ? "  " : "") + std::string(widths[c], '-');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
        if (r == 0 && rows.size() > 1)
            out += rule + "\n";
    }
    return out;
}

} // namespace viva
