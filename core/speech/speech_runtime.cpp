// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/speech_runtime.h"

#include "core/families/speech_family.h"
#include "core/model/trained_weights.h"
#include "core/nn/device.h"
#include "core/nn/memory_pressure.h"

#include <algorithm>
#include <thread>

namespace viva {
namespace {

int workerCount(const torch::Device& device, int threads) {
    if (!device.is_cpu())
        return 1;
    if (threads > 0)
        return threads;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

} // namespace

std::unique_ptr<SpeechRuntime> SpeechRuntime::open(const RuntimeOptions& options,
                                                   const std::function<void(double)>& progress,
                                                   const std::stop_token& stop) {
    useOneOperatorThread();
    keepFreedMemory();
    const auto device = findDevice(options.device);
    auto runtime = std::unique_ptr<SpeechRuntime>(new SpeechRuntime());
    SpeechLoadOptions load;
    load.device = device;
    load.dtype = torchDtype(options.dtype);
    load.progress = progress;
    load.stop = stop;
    runtime->m_model = openSpeechModel(options.modelFolder, load);
    if (!runtime->m_model)
        return nullptr;
    const int workers = workerCount(device, options.threads);
    runtime->m_pool = std::make_unique<WorkerPool>(workers);
    runtime->m_clips = std::make_unique<ClipCache>(
        *runtime->m_model, options.cacheFolder,
        audioStageBefore(*runtime->m_model, weightsThatFit(*runtime->m_model, options.trainable)));
    runtime->m_deviceText = describeDevice(device, workers);
    return runtime;
}

} // namespace viva
