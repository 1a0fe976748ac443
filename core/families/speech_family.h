// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/speech_model.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace viva {

/// How a family of speech models makes one; beside its FamilyConfig.
struct SpeechFamily {
    /// @return nullptr when the stop token ended it.
    std::unique_ptr<SpeechModel> (*open)(const std::filesystem::path& folder,
                                         const SpeechLoadOptions& options) = nullptr;
    /// A model with seeded random weights, without text files. @return as open.
    std::unique_ptr<SpeechModel> (*create)(const ModelShape& shape, std::uint64_t seed,
                                           const SpeechLoadOptions& options) = nullptr;
};

/// All families, in the order of familyConfigs().
[[nodiscard]] const std::vector<SpeechFamily>& speechFamilies();

/// Opens a checkpoint folder by the family that claims its config.json.
/// @return nullptr when the stop token ended it.
/// @throws Error naming file, key and cure.
[[nodiscard]] std::unique_ptr<SpeechModel> openSpeechModel(const std::filesystem::path& folder,
                                                           const SpeechLoadOptions& options = {});

/// A model of a published shape with seeded random weights, without text files.
/// @return nullptr when the stop token ended it.
/// @throws Error(InvalidArgument) as modelShape.
[[nodiscard]] std::unique_ptr<SpeechModel> createSpeechModel(const ModelShape& shape,
                                                             std::uint64_t seed,
                                                             const SpeechLoadOptions& options = {});

} // namespace viva
