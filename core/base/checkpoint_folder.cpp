// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/checkpoint_folder.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <system_error>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";

/// nullopt for what is no whole checkpoint.
std::optional<std::int64_t> stepOf(const fs::path& folder) {
    const auto name = folder.filename().string();
    if (!name.starts_with(kPrefix))
        return std::nullopt;
    std::int64_t step = 0;
    const auto* last = name.data() + name.size();
    const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), last, step);
    std::error_code failure;
    if (error != std::errc() || end != last || !fs::exists(folder / kTrainerStateFile, failure))
        return std::nullopt;
    return step;
}

fs::path checkpointsOf(const fs::path& runFolder) {
    return runFolder / "checkpoints";
}

} // namespace

fs::path checkpointFolder(const fs::path& runFolder, std::int64_t step) {
    return checkpointsOf(runFolder) / fmt::format("{}{:06}", kPrefix, step);
}

std::optional<fs::path> newestCheckpoint(const fs::path& runFolder) {
    std::optional<fs::path> newest;
    std::int64_t highest = -1;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(checkpointsOf(runFolder), failure)) {
        const auto step = stepOf(entry.path());
        if (step && *step > highest) {
            highest = *step;
            newest = entry.path();
        }
    }
    return newest;
}

} // namespace viva
