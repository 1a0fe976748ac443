// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family_config.h"
#include "core/families/granite/config/granite_shapes.h"

namespace viva {
namespace {

SpeechModelConfig readGranite(const std::filesystem::path& folder) {
    return describe(readGraniteConfig(folder));
}

std::optional<SpeechModelConfig> shapeOfGranite(const ModelShape& shape) {
    const auto found = graniteShape(shape);
    return found ? std::optional(describe(*found)) : std::nullopt;
}

} // namespace

FamilyConfig graniteFamilyConfig() {
    return {{"granite_speech", "granite_speech_plus"},
            readGranite,
            graniteShapeNames(),
            shapeOfGranite};
}

} // namespace viva
