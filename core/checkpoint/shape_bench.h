// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/memory_estimate.h"
#include "core/config/model_config.h"
#include "core/config/train_config.h"
#include "core/modelcard/device_memory.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace viva {

/// A published shape, or fewer layers of it, with random weights, and the steps it shall train.
struct ShapeBenchRequest {
    std::string shape = "granite-speech-3.3-2b";
    std::int64_t layers = 0;        ///< of the decoder; 0 = all
    std::int64_t encoderLayers = 0; ///< 0 = all
    double clipSec = 10;
    std::int64_t promptTextTokens = 32;
    int steps = 1;
    TrainConfig config; ///< batch, lengths, LoRA, dtype, device, threads, seed
};

struct ShapeBenchResult {
    std::int64_t parameters = 0;
    std::int64_t trainable = 0;
    std::string device; ///< "CPU, 2 threads"
    double buildSec = 0;
    double hearSec = 0; ///< features, encoder and projector of one clip
    std::int64_t audioTokens = 0;
    std::int64_t promptTokens = 0;
    double stepSec = 0;      ///< mean
    double tokensPerSec = 0; ///< sampled, over the time of sampling
    std::int64_t answers = 0;
    std::int64_t tokens = 0;
    double loss = 0;
    double gradNorm = 0;
    std::uint64_t peakBytes = 0; ///< of the process on the CPU, of the device on a GPU
    std::vector<std::pair<std::string, double>> timings; ///< of the last step
    bool stopped = false;
};

/// Sizes of the model that will be built. @throws Error(InvalidArgument) for an unknown shape or
/// more layers than it has.
[[nodiscard]] SpeechModelConfig benchModel(const ShapeBenchRequest& request);
/// What that needs, for saying so before anything is built.
[[nodiscard]] MemoryEstimate benchEstimate(const ShapeBenchRequest& request, bool gpu);

/// Builds the model with random weights, hears a clip of seeded noise, samples and trains whole
/// GRPO steps with the trainer runs use. Rewards are drawn from the answers' tokens.
/// @throws Error naming what cannot be done.
[[nodiscard]] ShapeBenchResult
runShapeBench(const ShapeBenchRequest& request,
              const std::function<void(std::string_view doing, double share)>& progress = {},
              std::stop_token stop = {});

} // namespace viva
