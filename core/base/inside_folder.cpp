// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/inside_folder.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

namespace fs = std::filesystem;

bool liesIn(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
           folder.end();
}

fs::path resolved(const fs::path& path) {
    std::error_code failure;
    const fs::path result = fs::weakly_canonical(path, failure);
    if (failure)
        throw Error(ErrorCode::Io,
                    fmt::format("{} cannot be followed: {}", path.string(), failure.message()));
    return result;
}

} // namespace

fs::path fileInside(const fs::path& folder, std::string_view name, std::string_view origin) {
    const fs::path relative = fs::path(name).lexically_normal();
    if (name.empty() || name.find('\0') != std::string_view::npos || relative.is_absolute() ||
        relative.begin()->string() == "..")
        throw Error(ErrorCode::Format,
                    fmt::format("{}: \"{}\" is not inside the model's folder; it is not opened",
                                origin.empty() ? folder.string() : std::string(origin),
                                name.substr(0, name.find('\0'))));
    const fs::path path = folder / relative;
    const fs::path home = resolved(folder);
    const fs::path target = resolved(path);
    if (liesIn(target, home))
        return path;
    if (home.parent_path().filename() == "snapshots" &&
        liesIn(target, home.parent_path().parent_path() / "blobs"))
        return path;
    throw Error(ErrorCode::Format,
                fmt::format("{} is a link to {}, which is not inside the model's folder; it is not "
                            "opened, copy the file there if it belongs to the model",
                            path.string(), target.string()));
}

bool existsInside(const fs::path& folder, std::string_view name) {
    std::error_code failure;
    return fs::exists(fileInside(folder, name), failure);
}

void copyInside(const fs::path& from, const fs::path& to, std::span<const std::string_view> names) {
    for (const auto name : names) {
        if (!existsInside(from, name))
            continue;
        std::error_code failure;
        fs::copy_file(fileInside(from, name), to / name, fs::copy_options::overwrite_existing,
                      failure);
        if (failure)
            throw Error(ErrorCode::Io,
                        fmt::format("{} cannot be copied to {}: {}", (from / name).string(),
                                    to.string(), failure.message()));
    }
}

} // namespace viva
