// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

namespace viva {

/// The file called `name` in a folder that strangers may have filled: names that lead out of it
/// and links that point out of it are refused, so that nothing else of the computer is read.
///
/// A link into the blobs of a Hugging Face cache (models--X/snapshots/Y links to models--X/blobs)
/// belongs to the folder. The file need not exist.
/// @param origin who names the file, for the sentence; empty: the folder itself
/// @throws Error(Format) naming the name or the link and where it points, Error(Io) for links that
/// lead in a circle.
[[nodiscard]] std::filesystem::path fileInside(const std::filesystem::path& folder,
                                               std::string_view name, std::string_view origin = {});

/// Whether fileInside() would give a file that exists. @throws Error as fileInside() does.
[[nodiscard]] bool existsInside(const std::filesystem::path& folder, std::string_view name);

/// Copies those of the named files that a folder has over what is in `to`.
/// @throws Error(Io), and Error as fileInside() does.
void copyInside(const std::filesystem::path& from, const std::filesystem::path& to,
                std::span<const std::string_view> names);

} // namespace viva
