// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace viva {

/// The file without which a folder is no checkpoint.
inline constexpr const char* kTrainerStateFile = "trainer_state.json";

/// Where a run keeps the checkpoint of a step: runFolder/checkpoints/step-NNNNNN.
[[nodiscard]] std::filesystem::path checkpointFolder(const std::filesystem::path& runFolder,
                                                     std::int64_t step);

/// The checkpoint of the highest step below runFolder; nullopt when there is none. Folders that
/// were left half-written by a crash are not looked at.
[[nodiscard]] std::optional<std::filesystem::path>
newestCheckpoint(const std::filesystem::path& runFolder);

} // namespace viva
