// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace viva {

/// To be called first in main. OpenMP reads its environment when its library is loaded, before main
/// runs, so a setting can only be made for the next start: the program starts itself again, once,
/// with OMP_WAIT_POLICY=passive unless a person set it. Operator threads that wait spinning would
/// stall the workers, the window and the sound. Returns when nothing is to be done.
void settleThreadPolicy(char** argv);

} // namespace viva
