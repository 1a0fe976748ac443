// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// A configuration that comes with the program: the method of a paper or the defaults of a library.
struct PresetInfo {
    std::string name;   ///< as in `viva train --preset`: the file's stem
    std::string title;  ///< for people
    std::string source; ///< paper, section or code it is taken from
    std::filesystem::path file;
};

/// The presets of a folder of JSON configurations, "demo" first, then by title. A file that cannot
/// be read is listed with its name alone. Empty for a folder that is not there.
[[nodiscard]] std::vector<PresetInfo> listPresets(const std::filesystem::path& folder);

/// Title and source of one file; what it lacks is empty, the title then made from the name.
[[nodiscard]] PresetInfo presetInfo(const std::filesystem::path& file);

/// The file of a preset. @throws Error(NotFound) naming those that there are.
[[nodiscard]] std::filesystem::path presetFile(const std::filesystem::path& folder,
                                               const std::string& name);

} // namespace viva
