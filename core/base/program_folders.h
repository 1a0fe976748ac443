// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace viva {

/// Where the things lie that come with the program, and where it may keep what can be made again.
struct ProgramFolders {
    std::filesystem::path resources; ///< presets, the demo, icons
    std::filesystem::path demo;      ///< resources/demo
    std::filesystem::path cache;     ///< encoder outputs; may be deleted at any time
};

/// Looks in VIVA_RESOURCES, then in ../share/vivavoce beside the program, then in the source tree
/// the program was built from. The cache is VIVA_CACHE, else XDG_CACHE_HOME or ~/.cache, /vivavoce.
/// @throws Error(NotFound) naming every place that was tried.
[[nodiscard]] ProgramFolders findProgramFolders();

/// The project that is used when none is named: Demo.viva in XDG_DATA_HOME or ~/.local/share,
/// /vivavoce. Its parent folder is made. @throws Error(Io).
[[nodiscard]] std::filesystem::path defaultProjectFolder();

} // namespace viva
