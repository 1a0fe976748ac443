// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/trainer.h"

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/nn/memory_pressure.h"
#include "core/train/grpo/grpo_trainer.h"
#include "core/train/schedule.h"
#include "core/train/sft_trainer.h"
#include "core/train/tensor_copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

namespace viva {
namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What the parts of a step took; the rest of the step is mostly waiting for the slowest worker.
double timedSeconds(const std::vector<std::pair<std::string, double>>& metrics) {
    double sum = 0;
    for (const auto& [name, value] : metrics)
        sum += name.starts_with("timing/") ? value : 0;
    return sum;
}

/// Small steps get lost in 8 bits of mantissa, so they are made in float32.
std::vector<torch::Tensor> optimizedOf(const std::vector<torch::Tensor>& parameters) {
    std::vector<torch::Tensor> result;
    for (const auto& parameter : parameters)
        result.push_back(parameter.scalar_type() == torch::kFloat32
                             ? parameter
                             : parameter.detach().to(torch::kFloat32));
    return result;
}

} // namespace

Trainer::Trainer(const TrainConfig& config, TrainerParts parts)
    : m_config(config), m_parts(std::move(parts)), m_order(m_parts.examples->size(), config.seed),
      m_parameters(m_parts.parameters()),
      m_optimizer(optimizedOf(m_parameters),
                  {config.adamBeta1, config.adamBeta2, config.adamEpsilon, config.weightDecay}),
      m_microBatches(std::max(1, config.gradientAccumulationSteps)) {
    if (m_parameters.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "there is nothing to train: no adapter and no weights");
    for (auto& parameter : m_parameters)
        parameter.set_requires_grad(true);
}

std::vector<std::string> Trainer::names() const {
    std::vector<std::string> result = m_parts.adapter->names();
    for (const auto& weight : m_parts.weights)
        result.push_back(weight.first);
    return result;
}

void Trainer::publish() {
    const torch::NoGradGuard noGrad;
    const auto& optimized = m_optimizer.parameters();
    for (std::size_t i = 0; i < m_parameters.size(); ++i)
        if (!m_parameters[i].is_same(optimized[i]))
            m_parameters[i].copy_(optimized[i]);
}

double Trainer::learningRate() const {
    return learningRateAt({.kind = m_config.lrSchedulerType,
                           .peak = m_config.learningRate,
                           .warmupSteps = m_config.warmupSteps,
                           .totalSteps = m_config.maxSteps},
                          currentStep());
}

bool Trainer::runStep(const TrainEventSink& sink, std::stop_token stop) {
    const auto start = std::chrono::steady_clock::now();
    const auto count = static_cast<std::size_t>(m_config.promptsPerStep);
    std::vector<TrainExample> examples;
    examples.reserve(count);
    for (const auto index : m_order.indices(m_progress.consumed, count)) {
        examples.push_back(m_parts.examples->example(index));
        if (stop.stop_requested())
            return false;
    }
    const auto end = attemptWithRetries(examples, sink, stop);
    if (!end)
        return false;
    auto report = (*end)(); // the update is applied: from here on nothing is tried again
    m_progress.step += 1;
    m_progress.consumed += static_cast<std::int64_t>(count + m_drawn);
    m_progress.tokens += report.tokens;
    m_progress.samples += report.samples;
    const double stepSec = secondsSince(start);
    m_progress.trainSec += stepSec;
    send(std::move(report), stepSec, sink);
    return true;
}

std::optional<Trainer::StepEnd>
Trainer::attemptWithRetries(const std::vector<TrainExample>& examples, const TrainEventSink& sink,
                            const std::stop_token& stop) {
    // With one update a step nothing has changed when an attempt ends early; with several the first
    // ones must be taken back.
    std::optional<TrainerState> before;
    if (m_config.numIterations > 1 || m_config.updatesPerGeneration() > 1)
        before = state();
    while (true) {
        std::string reason;
        m_drawn = 0;
        try {
            auto end = attempt(examples, stop);
            if (!end && before)
                restore(*before);
            return end;
        } catch (const std::exception& error) {
            if (before)
                restore(*before);
            if (!isOutOfMemory(error))
                throw;
            const std::string_view text = error.what();
            reason = text.substr(0, text.find('\n')); // without LibTorch's backtrace
        }
        // Outside the handler: the exception may hold on to what filled the memory.
        m_notes.clear();
        releaseCachedMemory();
        if (!shrinkMicroBatches(sink, reason))
            throw Error(
                ErrorCode::OutOfMemory,
                fmt::format("step {} does not fit into memory even with one prompt at a time; "
                            "lower num_generations (now {}) or max_completion_length (now {})",
                            currentStep(), m_config.numGenerations, m_config.maxCompletionLength));
    }
}

bool Trainer::shrinkMicroBatches(const TrainEventSink& sink, const std::string& reason) {
    const auto slice = sliceOf(static_cast<std::size_t>(m_config.promptsPerStep),
                               m_parts.pool->size() - 1, m_parts.pool->size());
    const int largest = std::max(1, static_cast<int>(slice.size()));
    if (m_microBatches >= largest)
        return false;
    const int now = (largest + m_microBatches - 1) / m_microBatches;
    m_microBatches = std::min(largest, m_microBatches * 2);
    const int next = (largest + m_microBatches - 1) / m_microBatches;
    log(LogLevel::Warning, "train",
        fmt::format("step {}: out of memory: {}", currentStep(), reason));
    sink(
        NoteEvent{currentStep(),
                  fmt::format("Memory was full in step {}; it is tried again with {} prompt{} in a "
                              "micro-batch instead of {}.",
                              currentStep(), next, next == 1 ? "" : "s", now)});
    return true;
}

double Trainer::applyUpdate(std::vector<Gradients> byWorker) {
    auto sum = sumInOrder(std::move(byWorker));
    VIVA_ASSERT(!sum.empty());
    for (auto& gradient : sum)
        gradient = gradient.to(torch::kFloat32);
    const double norm = m_optimizer.step(sum, learningRate(), m_config.maxGradNorm);
    publish();
    if (!std::isfinite(norm))
        m_notes.push_back(
            fmt::format("The gradient of step {} is not a finite number; the update was "
                        "left out. Lower learning_rate if this comes again.",
                        currentStep()));
    return norm;
}

void Trainer::send(StepReport report, double stepSec, const TrainEventSink& sink) {
    StepEvent event;
    event.step = m_progress.step;
    event.totalSteps = m_config.maxSteps;
    event.trainSec = m_progress.trainSec;
    event.tokens = m_progress.tokens;
    event.samples = m_progress.samples;
    event.etaSec = m_progress.trainSec / static_cast<double>(m_progress.step) *
                   static_cast<double>(m_config.maxSteps - m_progress.step);
    event.metrics = std::move(report.metrics);
    event.metrics.emplace_back("epoch", m_order.epochsAt(m_progress.consumed));
    event.metrics.emplace_back("num_tokens", static_cast<double>(m_progress.tokens));
    event.metrics.emplace_back("step_time", stepSec);
    event.metrics.emplace_back("timing/other", stepSec - timedSeconds(event.metrics));
    event.metrics.emplace_back("tokens_per_second", static_cast<double>(report.tokens) / stepSec);
    // Charts and files hold numbers only; what went wrong is in the notes.
    std::erase_if(event.metrics, [](const auto& metric) { return !std::isfinite(metric.second); });
    for (auto& note : std::exchange(m_notes, {}))
        sink(NoteEvent{m_progress.step, std::move(note)});
    for (auto& group : report.groups)
        sink(GroupEvent{std::move(group)});
    sink(std::move(event));
}

std::vector<TrainExample> Trainer::drawMore(std::size_t count) {
    const auto from = m_progress.consumed + m_config.promptsPerStep;
    std::vector<TrainExample> examples;
    for (const auto index : m_order.indices(from + static_cast<std::int64_t>(m_drawn), count))
        examples.push_back(m_parts.examples->example(index));
    m_drawn += count;
    return examples;
}

TrainerState Trainer::state() const {
    TrainerState result{m_progress, copies(m_optimizer.parameters()), m_optimizer.state(), {}, {}};
    addState(result);
    return result;
}

void Trainer::restore(const TrainerState& state) {
    const auto& optimized = m_optimizer.parameters();
    if (state.values.size() != optimized.size())
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("the state holds {} tensors, the run trains {}",
                                state.values.size(), optimized.size()));
    const auto known = names();
    for (std::size_t i = 0; i < optimized.size(); ++i)
        if (state.values[i].sizes() != optimized[i].sizes())
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("the state's {} is {}, the model's {}", known[i],
                                    c10::str(state.values[i].sizes()),
                                    c10::str(optimized[i].sizes())));
    {
        const torch::NoGradGuard noGrad;
        for (std::size_t i = 0; i < optimized.size(); ++i)
            torch::Tensor(optimized[i]).copy_(state.values[i]);
    }
    publish();
    m_optimizer.restore(state.optimizer);
    m_progress = state.progress;
    takeState(state);
}

std::unique_ptr<Trainer> makeTrainer(const TrainConfig& config, TrainerParts parts) {
    if (config.objective == Objective::Sft)
        return std::make_unique<SftTrainer>(config, std::move(parts));
    return std::make_unique<GrpoTrainer>(config, std::move(parts));
}

} // namespace viva
