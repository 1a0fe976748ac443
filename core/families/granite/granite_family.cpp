// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_shapes.h"
#include "core/families/granite/granite_speech.h"
#include "core/families/speech_family.h"

namespace viva {
namespace {

std::unique_ptr<SpeechModel> openGranite(const std::filesystem::path& folder,
                                         const SpeechLoadOptions& options) {
    return GraniteSpeech::load(folder, options);
}

std::unique_ptr<SpeechModel> createGranite(const ModelShape& shape, std::uint64_t seed,
                                           const SpeechLoadOptions& options) {
    return GraniteSpeech::create(graniteShape(shape).value(), seed, {}, options);
}

} // namespace

SpeechFamily graniteFamily() {
    return {openGranite, createGranite};
}

} // namespace viva
