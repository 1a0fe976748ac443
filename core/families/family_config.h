// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace viva {

/// What a family of speech models says about its checkpoints without torch.
struct FamilyConfig {
    std::vector<std::string> modelTypes; ///< of config.json, which it claims
    /// Reads the configuration files of a folder. @throws Error naming file, key and cure.
    SpeechModelConfig (*read)(const std::filesystem::path& folder) = nullptr;
    std::vector<std::string> shapes; ///< the published ones
    /// Nothing for a name that is not of this family.
    /// @throws Error(InvalidArgument) for more layers than the shape has.
    std::optional<SpeechModelConfig> (*shape)(const ModelShape& shape) = nullptr;
};

/// All families, in the order of core/families/CMakeLists.txt.
[[nodiscard]] const std::vector<FamilyConfig>& familyConfigs();

/// Index of the family that claims a folder's config.json.
/// @throws Error(NotFound | Format | InvalidArgument) naming the file and what can be opened.
[[nodiscard]] std::size_t familyOf(const std::filesystem::path& folder);
/// Index of the family that has a shape. @throws Error(InvalidArgument) listing the names.
[[nodiscard]] std::size_t familyOf(const ModelShape& shape);

/// Reads the configuration files of a checkpoint folder.
/// @throws Error(NotFound | Format | InvalidArgument) naming file, key, value and what is
/// supported.
[[nodiscard]] SpeechModelConfig readModelConfig(const std::filesystem::path& folder);

/// A published shape. @throws Error(InvalidArgument) listing the names, or for more layers than it
/// has.
[[nodiscard]] SpeechModelConfig modelShape(const ModelShape& shape);

} // namespace viva
