// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/generation_config.h"
#include "core/speech/inference_session.h"

#include <string>

namespace CLI {
class App;
}

namespace viva {

/// Which model answers: the options that `answer` and `evaluate` share.
struct ModelOptions {
    std::string model = "demo";
    std::string adapter;
    Device device = Device::Auto;
    Dtype dtype = Dtype::Float32;
    int threads = 0;

    void declare(CLI::App& app);
    [[nodiscard]] ModelChoice choice() const;
};

/// Opens a model with a progress line on standard error; null when it was stopped.
[[nodiscard]] std::unique_ptr<InferenceSession> openWithProgress(const ModelChoice& choice,
                                                                 bool silent, std::stop_token stop);

/// How it answers. `generation` holds the command's defaults before declare().
struct SamplingOptions {
    GenerationConfig generation;

    void declare(CLI::App& app);
};

} // namespace viva
