// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/speech_family.h"

#include "core/families/family_config.h"

namespace viva {

std::unique_ptr<SpeechModel> openSpeechModel(const std::filesystem::path& folder,
                                             const SpeechLoadOptions& options) {
    return speechFamilies()[familyOf(folder)].open(folder, options);
}

std::unique_ptr<SpeechModel> createSpeechModel(const ModelShape& shape, std::uint64_t seed,
                                               const SpeechLoadOptions& options) {
    return speechFamilies()[familyOf(shape)].create(shape, seed, options);
}

} // namespace viva
