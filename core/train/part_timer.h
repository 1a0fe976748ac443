// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace viva {

/// Adds up the seconds of a named part of a step.
class PartTimer {
public:
    explicit PartTimer(double& total) : m_total(total), m_start(Clock::now()) {}
    ~PartTimer() { m_total += std::chrono::duration<double>(Clock::now() - m_start).count(); }
    PartTimer(const PartTimer&) = delete;
    PartTimer& operator=(const PartTimer&) = delete;

private:
    using Clock = std::chrono::steady_clock;
    double& m_total;
    Clock::time_point m_start;
};

} // namespace viva
