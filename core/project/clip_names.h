// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace viva {

/// Names of files in a project's clips/; internal to core/session.

/// @throws Error(Io) naming the folder.
void makeClipFolder(const std::filesystem::path& folder);

/// A name that is safe as a file name everywhere: letters, digits, '.', '_' and '-' and everything
/// beyond ASCII stay, others become '_'; at most 80 bytes, never empty, hidden or a way up.
[[nodiscard]] std::string fileNameOf(std::string_view name);

/// folder/name.ext, or with the first free number behind the name.
[[nodiscard]] std::filesystem::path freeFile(const std::filesystem::path& folder,
                                             const std::string& name, const std::string& extension);

} // namespace viva
