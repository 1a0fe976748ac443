// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/shape_bench.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/config/parameter_count.h"
#include "core/families/family_config.h"
#include "core/families/speech_family.h"
#include "core/nn/device.h"
#include "core/nn/error_translation.h"
#include "core/nn/worker_pool.h"
#include "core/train/trainer.h"

#include <ATen/DeviceAccelerator.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <span>
#include <thread>
#include <variant>

namespace viva {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A worker without a prompt would only thin out the mean times.
int workersOf(const TrainConfig& config) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return std::min(config.threads > 0 ? config.threads : cores,
                    std::max(config.promptsPerStep, 1));
}

ModelShape shapeOf(const ShapeBenchRequest& request) {
    return {request.shape, request.layers, request.encoderLayers};
}

/// One prompt, made once; every step trains on it.
class OnePrompt final : public ExampleSource {
public:
    explicit OnePrompt(torch::Tensor embeddings) : m_embeddings(std::move(embeddings)) {}

    [[nodiscard]] std::size_t size() const override { return 1; }
    [[nodiscard]] TrainExample example(std::size_t /*index*/) override {
        TrainExample example;
        example.question.id = "noise";
        example.embeddings = m_embeddings;
        example.targetIds = {1, 2, 3, 4};
        return example;
    }

private:
    torch::Tensor m_embeddings;
};

AudioBuffer noise(double seconds, int sampleRateHz, std::uint64_t seed) {
    Rng rng(seed, "bench/clip");
    AudioBuffer clip;
    clip.sampleRateHz = sampleRateHz;
    clip.samples.resize(static_cast<std::size_t>(std::llround(seconds * sampleRateHz)));
    for (float& sample : clip.samples)
        sample = static_cast<float>(rng.uniform(-0.1, 0.1));
    return clip;
}

/// Text tokens round the clip's placeholders.
std::vector<std::int64_t> promptIds(const SpeechModelConfig& model, std::int64_t audioTokens,
                                    const ShapeBenchRequest& request) {
    Rng rng(request.config.seed, "bench/prompt");
    std::vector<std::int64_t> ids(static_cast<std::size_t>(audioTokens), model.audioTokenIndex);
    for (std::int64_t i = 0; i < request.promptTextTokens; ++i) {
        const auto id = static_cast<std::int64_t>(
            rng.uniform(1.0, static_cast<double>(model.audioTokenIndex - 1)));
        ids.insert(i % 2 == 0 ? ids.begin() : ids.end(), id);
    }
    return ids;
}

AnswerTexts numbersAsText() {
    return {
        [](std::span<const std::int64_t> ids) { return fmt::format("{}", fmt::join(ids, " ")); },
        [](std::span<const std::int64_t> ids) {
            std::vector<std::string> pieces;
            for (const auto id : ids)
                pieces.push_back(std::to_string(id));
            return pieces;
        }};
}

/// A reward that differs from answer to answer, so that there is something to learn from.
RewardedText scoreOfText(const std::string& text, const std::vector<std::string>& /*references*/) {
    RewardedText scored;
    Rng rng(0, text);
    scored.total = rng.uniform();
    return scored;
}

std::uint64_t peakOf(const torch::Device& device) {
    if (device.is_cpu())
        return peakMemoryBytes();
    const auto stats = at::accelerator::getDeviceStats(device.has_index() ? device.index() : 0);
    return static_cast<std::uint64_t>(stats.reserved_bytes[0].peak);
}

/// The model and everything a trainer borrows, in the order they are needed.
class Bench {
public:
    Bench(const ShapeBenchRequest& request,
          const std::function<void(std::string_view, double)>& progress, std::stop_token stop)
        : m_request(request), m_progress(progress), m_stop(std::move(stop)) {}

    ShapeBenchResult run() {
        m_result.stopped = !build();
        if (m_result.stopped)
            return m_result;
        hear();
        train();
        m_result.peakBytes = peakOf(m_model->device());
        return m_result;
    }

private:
    void tell(std::string_view doing, double share) const {
        if (m_progress)
            m_progress(doing, share);
    }

    bool build() {
        const TrainConfig& config = m_request.config;
        useOneOperatorThread();
        const auto start = Clock::now();
        SpeechLoadOptions options;
        options.device = findDevice(config.device);
        options.dtype = torchDtype(config.dtype);
        options.stop = m_stop;
        options.progress = [this](double share) { tell("building", share); };
        tell("building", 0);
        m_model = createSpeechModel(shapeOf(m_request), config.seed, options);
        if (!m_model)
            return false;
        // A tied head over random weights would only repeat the last token, and equal answers teach
        // nothing; a quieter final norm makes the tokens nearly equally likely.
        {
            const torch::NoGradGuard noGrad;
            m_model->decoder()->model->norm->weight.mul_(0.05);
        }
        m_result.buildSec = secondsSince(start);
        m_result.parameters = countParameters(m_model->config()).total();
        const int workers = options.device.is_cpu() ? workersOf(config) : 1;
        m_pool = std::make_unique<WorkerPool>(workers);
        m_result.device = describeDevice(options.device, workers);
        return true;
    }

    void hear() {
        tell("hearing", 0);
        const auto start = Clock::now();
        const torch::NoGradGuard noGrad;
        const SpeechModelConfig& sizes = m_model->config();
        const torch::Tensor features = m_model->features(
            noise(m_request.clipSec, sizes.features.sampleRateHz, m_request.config.seed));
        const torch::Tensor audio = m_model->project(m_model->encode(features));
        m_result.hearSec = secondsSince(start);
        m_result.audioTokens = audio.size(0);
        const auto ids = promptIds(sizes, audio.size(0), m_request);
        m_result.promptTokens = static_cast<std::int64_t>(ids.size());
        m_source = std::make_unique<OnePrompt>(m_model->mergeEmbeddings(ids, audio));
    }

    void train() {
        const TrainConfig& config = m_request.config;
        AdapterConfig lora;
        lora.rank = config.lora.rank;
        lora.alpha = config.lora.alpha;
        lora.targetModules = config.lora.targets;
        LoraAdapter adapter = LoraAdapter::attach(m_model->decoder(), lora, AdapterSlot::Trained,
                                                  Rng(config.seed, "lora"));
        m_result.trainable = adapter.parameterCount();
        TrainerParts parts;
        parts.decoder = m_model->decoder();
        parts.adapter = &adapter;
        parts.examples = m_source.get();
        parts.pool = m_pool.get();
        parts.texts = numbersAsText();
        parts.score = oneByOne(scoreOfText);
        parts.eosTokenIds = m_model->config().text.eosTokenIds();
        const auto trainer = makeTrainer(config, std::move(parts));
        for (int step = 0; step < m_request.steps && !m_result.stopped; ++step) {
            tell("training", static_cast<double>(step) / m_request.steps);
            m_result.stopped =
                !trainer->runStep([this](const TrainingEvent& event) { take(event); }, m_stop);
        }
        m_result.stepSec /= std::max(m_steps, 1);
        m_result.tokensPerSec =
            m_samplingSec > 0 ? static_cast<double>(m_result.tokens) / m_samplingSec : 0;
    }

    void take(const TrainingEvent& event) {
        const auto* step = std::get_if<StepEvent>(&event);
        if (step == nullptr)
            return;
        ++m_steps;
        m_result.answers = step->samples;
        m_result.tokens = step->tokens;
        m_result.loss = step->metric("loss");
        m_result.gradNorm = step->metric("grad_norm");
        m_result.stepSec += step->metric("step_time");
        m_samplingSec += step->metric("timing/generate");
        m_result.timings.clear();
        for (const auto& [name, value] : step->metrics)
            if (name.starts_with("timing/"))
                m_result.timings.emplace_back(name.substr(7), value);
    }

    const ShapeBenchRequest& m_request;
    const std::function<void(std::string_view, double)>& m_progress;
    std::stop_token m_stop;
    ShapeBenchResult m_result;
    std::unique_ptr<SpeechModel> m_model;
    std::unique_ptr<WorkerPool> m_pool;
    std::unique_ptr<OnePrompt> m_source;
    double m_samplingSec = 0;
    int m_steps = 0;
};

} // namespace

SpeechModelConfig benchModel(const ShapeBenchRequest& request) {
    return modelShape(shapeOf(request));
}

MemoryEstimate benchEstimate(const ShapeBenchRequest& request, bool gpu) {
    MemorySetting setting;
    setting.workers = workersOf(request.config);
    setting.gpu = gpu;
    setting.clipSec = request.clipSec;
    setting.promptTextTokens = request.promptTextTokens;
    return estimateMemory(benchModel(request), request.config, setting);
}

ShapeBenchResult
runShapeBench(const ShapeBenchRequest& request,
              const std::function<void(std::string_view doing, double share)>& progress,
              std::stop_token stop) {
    return translated("running " + request.shape, [&] {
        requireValid(request.config);
        return Bench(request, progress, stop).run();
    });
}

} // namespace viva
