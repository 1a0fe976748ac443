// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/collect.h"

#include "core/train/part_timer.h"

#include <algorithm>
#include <utility>

namespace viva {
namespace {

/// The streams of a micro-batch, row by row.
std::vector<Rng> streamsOf(const StepContext& context, const Slice& prompts,
                           std::size_t firstStream) {
    const int samples = context.config.samplesPerGroup();
    std::vector<Rng> streams;
    streams.reserve(prompts.size() * static_cast<std::size_t>(samples));
    for (auto prompt = prompts.first; prompt < prompts.last; ++prompt)
        for (int member = 0; member < samples; ++member)
            streams.push_back(
                answerStream(context.config.seed, context.step, firstStream + prompt, member));
    return streams;
}

/// Samples one worker's prompts; nobody else touches its entries of the step.
class WorkerSampling {
public:
    WorkerSampling(const StepContext& context, const CollectOptions& options, SampledStep& step,
                   int worker, WorkerTimes& times)
        : m_context(context), m_options(options), m_step(step),
          m_worker(static_cast<std::size_t>(worker)), m_times(times),
          m_batches(context.microBatchesOf(step.examples.size(), worker)) {}

    /// False when stopped.
    bool run(const std::stop_token& stop) {
        // A graph is of the weights it was made with, which the first update changes.
        const bool keepGraph =
            m_options.keepGraphs && m_batches.size() == 1 && m_batches.front().update == 0;
        for (const auto& batch : m_batches) {
            m_context.parts.announceMicroBatch(batch.prompts.size());
            auto cache = prefill(batch.prompts, keepGraph);
            if (!sample(batch, cache, stop))
                return false;
            if (keepGraph)
                m_step.graphs[m_worker] = std::move(cache);
        }
        return true;
    }

private:
    [[nodiscard]] PromptCache prefill(const Slice& prompts, bool withGraph) {
        const PartTimer timer(m_times.prefill);
        const torch::AutoGradMode gradients(withGraph);
        const auto& parts = m_context.parts;
        return parts.decoder->prefill(
            parts.promptsOf(
                std::span(std::as_const(m_step.examples)).subspan(prompts.first, prompts.size())),
            kPolicyAdapters);
    }

    bool sample(const MicroBatch& batch, const PromptCache& cache, const std::stop_token& stop) {
        const PartTimer timer(m_times.generate);
        const torch::NoGradGuard noGrad;
        const auto& config = m_context.config;
        auto generation = config.generation();
        generation.eosTokenIds = m_context.parts.eosTokenIds;
        auto streams = streamsOf(m_context, batch.prompts, m_options.firstStream);
        auto generated =
            generate(m_context.parts.decoder, cache.detached(), config.samplesPerGroup(),
                     generation, streams, kPolicyAdapters, stop);
        if (generated.stopped || stop.stop_requested())
            return false;
        m_step.rollouts[m_worker].push_back(rolloutOf(batch, std::move(generated), m_step.examples,
                                                      {.samples = config.samplesPerGroup(),
                                                       .references = config.referencesPerGroup(),
                                                       .keepSampler = config.sampler.correction,
                                                       .step = m_context.step}));
        return true;
    }

    const StepContext& m_context;
    const CollectOptions& m_options;
    SampledStep& m_step;
    std::size_t m_worker;
    WorkerTimes& m_times;
    std::vector<MicroBatch> m_batches;
};

} // namespace

Rng answerStream(std::uint64_t seed, std::int64_t step, std::size_t prompt, int member) {
    return Rng(seed, "rollout")
        .fork(static_cast<std::uint64_t>(step))
        .fork(prompt)
        .fork(static_cast<std::uint64_t>(member));
}

std::optional<SampledStep> collect(const StepContext& context, std::vector<TrainExample> examples,
                                   const CollectOptions& options, StepTimes& times,
                                   const std::stop_token& stop) {
    const auto workers = static_cast<std::size_t>(context.parts.pool->size());
    SampledStep step;
    step.examples = std::move(examples);
    step.rollouts.resize(workers);
    step.graphs.resize(workers);
    std::vector<char> done(workers);
    context.parts.pool->run([&](int worker) {
        done[static_cast<std::size_t>(worker)] =
            WorkerSampling(context, options, step, worker, times.of(worker)).run(stop) ? 1 : 0;
    });
    if (!std::ranges::all_of(done, [](char whole) { return whole != 0; }))
        return std::nullopt;
    return step;
}

} // namespace viva
