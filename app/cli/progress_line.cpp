// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace viva {
namespace {

constexpr int kWidth = 30;

} // namespace

ProgressLine::ProgressLine(std::string what, bool silent)
    : m_what(std::move(what)), m_silent(silent), m_terminal(::isatty(STDERR_FILENO) != 0),
      m_begin(std::chrono::steady_clock::now()), m_last(m_begin) {}

ProgressLine::~ProgressLine() {
    if (m_drawn && m_terminal)
        fmt::print(stderr, "\n");
}

void ProgressLine::show(double share) {
    const auto now = std::chrono::steady_clock::now();
    const auto rest = m_terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000);
    if (m_silent || (share < 1 && now - m_last < rest))
        return;
    m_last = now;
    m_drawn = true;
    const double done = std::clamp(share, 0.0, 1.0);
    const double spent = std::chrono::duration<double>(now - m_begin).count();
    const double left = done > 0 ? spent * (1 - done) / done : 0;
    const int full = static_cast<int>(done * kWidth + 0.5);
    const std::string text =
        fmt::format("{} [{}{}] {:3.0f} %, {:.0f} s left", m_what, std::string(full, '#'),
                    std::string(kWidth - full, '.'), 100 * done, left);
    fmt::print(stderr, "{}{}{}", m_terminal ? "\r" : "", text, m_terminal ? "  " : "\n");
    std::fflush(stderr);
}

} // namespace viva
