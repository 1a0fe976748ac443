// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace viva {

/// Writes a file so that a crash leaves the old or the new one, never half: written beside, synced,
/// renamed. Missing parent folders are made.
/// @throws Error(Io) naming the file and the system's reason (no space, no permission); the old
/// file is untouched and nothing is left beside it.
void writeFileAtomically(const std::filesystem::path& path, std::string_view bytes);

/// The same with a writer that streams into the file.
void writeFileAtomically(const std::filesystem::path& path,
                         const std::function<void(std::ostream&)>& write);

/// The whole file as bytes.
/// @throws Error(NotFound) where there is none, Error(Io) for a folder, no permission, or a file
/// larger than `limit` bytes.
[[nodiscard]] std::string readFile(const std::filesystem::path& path,
                                   std::uint64_t limit = std::uint64_t{1} << 30);

} // namespace viva
