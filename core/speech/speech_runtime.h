// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choices.h"
#include "core/model/speech_model.h"
#include "core/nn/worker_pool.h"
#include "core/speech/answerer.h"
#include "core/speech/clip_cache.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace viva {

struct RuntimeOptions {
    std::filesystem::path modelFolder;
    std::filesystem::path cacheFolder; ///< empty: clips are cached in memory only
    Device device = Device::Auto;
    Dtype dtype = Dtype::Float32;
    int threads = 0;                      ///< workers on the CPU; 0 = one a core. A GPU has one.
    std::vector<std::string> trainable{}; ///< weights that will change; clips are heard in advance
                                          ///< up to the first network that holds one
};

/// A loaded model with the workers and the clip cache it runs with; what training, evaluation and
/// answering share. Belongs to one thread.
class SpeechRuntime {
public:
    /// Loads the model; nullptr when it was stopped.
    /// @throws Error naming what is wrong with folder, device or dtype.
    [[nodiscard]] static std::unique_ptr<SpeechRuntime>
    open(const RuntimeOptions& options, const std::function<void(double fraction)>& progress = {},
         const std::stop_token& stop = {});

    [[nodiscard]] SpeechModel& model() { return *m_model; }
    [[nodiscard]] WorkerPool& pool() { return *m_pool; }
    [[nodiscard]] ClipCache& clips() { return *m_clips; }
    [[nodiscard]] Answerer answerer() { return {*m_model, *m_clips, *m_pool}; }
    /// "CPU, 2 threads".
    [[nodiscard]] const std::string& deviceText() const { return m_deviceText; }

private:
    SpeechRuntime() = default;

    std::unique_ptr<SpeechModel> m_model;
    std::unique_ptr<WorkerPool> m_pool;
    std::unique_ptr<ClipCache> m_clips;
    std::string m_deviceText;
};

} // namespace viva
