// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/folder_path.h"

namespace viva {

std::filesystem::path folderPath(const std::filesystem::path& path) {
    const std::filesystem::path place = std::filesystem::absolute(path).lexically_normal();
    return place.has_filename() || !place.has_relative_path() ? place : place.parent_path();
}

} // namespace viva
