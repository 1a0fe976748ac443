// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <filesystem>

namespace viva {

/// Whether a folder holds at least one golden list of policy losses, by its content.
[[nodiscard]] bool isLossSet(const std::filesystem::path& folder);

/// Computes every loss file of a folder again with the functions that train: advantages, losses and
/// gradients, curves, the entropy controller, MP-GRPO and its rivals, LEAF's spans, rewards by
/// length. Deviations are relative to 1 + |value|; allowed are 1e-6 in float64 and 1e-5 in float32.
/// What cannot be read, and options that are not known, become problems.
[[nodiscard]] VerifySet verifyLosses(const std::filesystem::path& folder);

} // namespace viva
