// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program_start.h"

#include <cstdlib>
#include <unistd.h>

namespace viva {

void settleThreadPolicy(char** argv) {
    if (std::getenv("OMP_WAIT_POLICY"))
        return;
    if (::setenv("OMP_WAIT_POLICY", "passive", 1) != 0)
        return;
    // Where /proc is missing the program runs on without the setting.
    ::execv("/proc/self/exe", argv);
}

} // namespace viva
