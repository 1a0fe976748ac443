// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <filesystem>

namespace viva {

/// Adds the lines of a feature set's resample/ folder: chirps against the same formula at the new
/// rate, and tones through every pair of rates that quality.json names. Nothing without the folder.
void verifyResampling(const std::filesystem::path& folder, VerifySet& set);

} // namespace viva
