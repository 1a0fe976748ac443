// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace viva {

/// One line on standard error with a bar, for work that takes longer than a moment; on a terminal
/// it is drawn again, elsewhere a line comes every few seconds.
class ProgressLine {
public:
    ProgressLine(std::string what, bool silent);
    ~ProgressLine(); ///< ends the line
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(double share); ///< 0..1

private:
    std::string m_what;
    bool m_silent;
    bool m_terminal;
    bool m_drawn = false;
    std::chrono::steady_clock::time_point m_begin;
    std::chrono::steady_clock::time_point m_last;
};

} // namespace viva
