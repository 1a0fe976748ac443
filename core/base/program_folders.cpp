// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/program_folders.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace viva {
namespace {

namespace fs = std::filesystem;

fs::path fromEnvironment(const char* name) {
    const char* value = std::getenv(name);
    return value ? fs::path(value) : fs::path{};
}

fs::path cacheFolder() {
    if (const fs::path own = fromEnvironment("VIVA_CACHE"); !own.empty())
        return own;
    if (const fs::path user = fromEnvironment("XDG_CACHE_HOME"); !user.empty())
        return user / "vivavoce";
    if (const fs::path home = fromEnvironment("HOME"); !home.empty())
        return home / ".cache" / "vivavoce";
    return fs::temp_directory_path() / "vivavoce";
}

bool isResources(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_directory(folder / "configs", ignored);
}

} // namespace

ProgramFolders findProgramFolders() {
    std::vector<fs::path> places;
    if (const fs::path own = fromEnvironment("VIVA_RESOURCES"); !own.empty())
        places.push_back(own);
    std::error_code failure;
    if (const fs::path program = fs::read_symlink("/proc/self/exe", failure); !failure)
        places.push_back(program.parent_path().parent_path() / "share" / "vivavoce");
    places.emplace_back(VIVA_SOURCE_RESOURCES);
    std::string tried;
    for (const fs::path& place : places) {
        if (isResources(place)) {
            const fs::path found = fs::absolute(place).lexically_normal();
            return {found, found / "demo", cacheFolder()};
        }
        tried += (tried.empty() ? "" : ", ") + place.string();
    }
    throw Error(ErrorCode::NotFound,
                fmt::format("the program's resources are in none of: {}; set VIVA_RESOURCES to the "
                            "folder resources of the source tree",
                            tried));
}

fs::path defaultProjectFolder() {
    fs::path data = fromEnvironment("XDG_DATA_HOME");
    if (data.empty()) {
        const fs::path home = fromEnvironment("HOME");
        data = home.empty() ? fs::temp_directory_path() : home / ".local" / "share";
    }
    const fs::path folder = data / "vivavoce";
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot make the folder {}: {}; name a project with --project",
                                folder.string(), failure.message()));
    return folder / "Demo.viva";
}

} // namespace viva
