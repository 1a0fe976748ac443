// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <filesystem>

namespace viva {

/// Whether a folder is a golden set of log-mel features (cases.jsonl and features.safetensors).
[[nodiscard]] bool isFeatureSet(const std::filesystem::path& folder);

/// Computes everything a feature set states and compares: features (each clip within its own
/// tolerance), the double-precision result, silence, clips padded to a batch, counts of frames and
/// tokens, filters, and resampling. Sizes of the front end come from the set's own tensors.
///
/// What cannot be read or compared becomes a problem of the report; nothing is thrown for it.
[[nodiscard]] VerifySet verifyFeatures(const std::filesystem::path& folder);

} // namespace viva
