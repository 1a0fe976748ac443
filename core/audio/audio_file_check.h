// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace viva {

/// What libsndfile does not tell: says how a RIFF or Ogg file is cut short ("holds 100 of 200 bytes
/// of sound"), or nothing when it looks whole. Files of unknown length (streams) look whole.
[[nodiscard]] std::string describeTruncation(const std::filesystem::path& path);

} // namespace viva
