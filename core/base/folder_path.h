// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace viva {

/// A path as it is meant: absolute, without "." and "..", and without a closing slash. "a/" and "a"
/// name one folder, but only "a" has a name, a parent and neighbours. Links are not followed, and
/// nothing need exist.
[[nodiscard]] std::filesystem::path folderPath(const std::filesystem::path& path);

} // namespace viva
