// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/model_config.h"

namespace viva {

std::int64_t featureFrames(std::int64_t samples, const FeatureConfig& features) {
    return (samples / features.hopSamples + 1) / features.stackedFrames;
}

std::int64_t audioTokenCount(std::int64_t frames, const SpeechModelConfig& config) {
    const std::int64_t windows = (frames + config.framesPerWindow - 1) / config.framesPerWindow;
    return config.tokensPerWindow * windows;
}

} // namespace viva
