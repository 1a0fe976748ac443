// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/train_config.h"

#include <algorithm>

namespace viva {

TrainConfig TrainConfig::demo() {
    TrainConfig config;
    config.maxCompletionLength = 32;
    config.learningRate = 2e-3;
    config.warmupSteps = 5;
    config.adamBeta2 = 0.95;
    return config;
}

int TrainConfig::updatesPerGeneration() const {
    const int perGeneration = stepsPerGeneration;
    return perGeneration > 0 ? std::max(1, perGeneration / std::max(1, gradientAccumulationSteps))
                             : 1;
}

GenerationConfig TrainConfig::generation() const {
    GenerationConfig out;
    out.temperature = temperature;
    out.topP = topP;
    out.topK = topK;
    out.minP = minP;
    out.maxCompletionLength = maxCompletionLength;
    return out;
}

} // namespace viva
