// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/update.h"

#include "core/rl/sampler_correction.h"
#include "core/train/part_timer.h"

#include <algorithm>
#include <utility>

namespace viva {
namespace {

torch::Tensor placed(const torch::Tensor& tensor, torch::Device device) {
    return tensor.defined() ? tensor.to(device) : tensor;
}

/// The updates of one step. Each worker touches its own micro-batches only.
class Updates {
public:
    Updates(const StepContext& context, SampledStep& sampled, const WeighedStep& weighed,
            const std::optional<ReferenceScores>& reference, EntropyControl& control,
            StepTimes& times)
        : m_context(context), m_sampled(sampled), m_weighed(weighed), m_reference(reference),
          m_control(control), m_times(times), m_parameters(context.parts.parameters()),
          m_old(sampled.rollouts.size()), m_batches(sampled.rollouts.size()) {
        for (std::size_t worker = 0; worker < m_batches.size(); ++worker)
            m_batches[worker].resize(sampled.rollouts[worker].size());
        scoreOldPolicy();
    }

    /// False when stopped.
    bool run(int iteration, int update, const ApplyGradients& apply, const std::stop_token& stop) {
        const auto entropy = entropyOf(update);
        std::vector<Gradients> gradients(m_batches.size());
        std::vector<char> stopped(m_batches.size());
        m_context.parts.pool->run([&](int worker) {
            const auto index = static_cast<std::size_t>(worker);
            stopped[index] =
                differentiate(worker, {iteration, update}, entropy, gradients[index], stop) ? 0 : 1;
        });
        if (std::ranges::any_of(stopped, [](char early) { return early != 0; }))
            return false;
        // With every group left out, momentum alone would move the weights.
        if (anythingToLearn(m_weighed, m_sampled.rollouts, update) ||
            m_weighed.skippedGroups == 0) {
            const PartTimer timer(m_times.optimizer);
            m_gradNorm = apply(std::move(gradients));
        }
        if (m_control.active())
            m_control.finish(entropySum(update), entropy.tokens);
        return true;
    }

    PolicyUpdate result() && {
        PolicyUpdate update{PerMicroBatch<UpdatedBatch>(m_batches.size()), m_gradNorm};
        for (std::size_t worker = 0; worker < m_batches.size(); ++worker)
            for (auto& batch : m_batches[worker])
                update.batches[worker].push_back(std::move(batch.value()));
        return update;
    }

private:
    struct Turn {
        int iteration = 0;
        int update = 0;
    };

    /// log pi_old of the later updates: the first one sees the policy that sampled, they must
    /// remember it.
    void scoreOldPolicy() {
        for (std::size_t worker = 0; worker < m_old.size(); ++worker)
            m_old[worker].resize(m_sampled.rollouts[worker].size());
        if (m_context.config.updatesPerGeneration() < 2)
            return;
        m_context.parts.pool->run([&](int worker) {
            const auto index = static_cast<std::size_t>(worker);
            const PartTimer timer(m_times.of(worker).update);
            for (std::size_t i = 0; i < m_old[index].size(); ++i)
                if (const auto& rollout = m_sampled.rollouts[index][i]; rollout.batch.update > 0)
                    m_old[index][i] =
                        scoreWithoutGraph(m_context, m_sampled, worker, rollout).logProbs;
        });
    }

    UpdateEntropy entropyOf(int update) {
        const EntropyOptions options{.update = update,
                                     .quantile = m_context.config.topEntropyQuantile,
                                     .bonus = m_control.active(),
                                     .coefficient = m_control.acting(),
                                     .updates = m_context.config.updatesPerGeneration()};
        PerMicroBatch<torch::Tensor> entropies(m_batches.size());
        if (options.quantile < 1)
            m_context.parts.pool->run([&](int worker) {
                const auto index = static_cast<std::size_t>(worker);
                const PartTimer timer(m_times.of(worker).update);
                for (const auto& rollout : m_sampled.rollouts[index])
                    entropies[index].push_back(
                        rollout.batch.update == update
                            ? scoreWithoutGraph(m_context, m_sampled, worker, rollout).entropy
                            : torch::Tensor());
            });
        return entropyTerms(m_weighed, m_sampled.rollouts, entropies, options);
    }

    /// Keys and values with their graph: what sampling left, or made anew.
    PromptCache promptsOf(int worker, const Rollout& rollout) {
        auto& graph = m_sampled.graphs[static_cast<std::size_t>(worker)];
        if (graph)
            return *std::exchange(graph, std::nullopt);
        const PartTimer timer(m_times.of(worker).prefill);
        const auto& parts = m_context.parts;
        parts.announceMicroBatch(rollout.batch.prompts.size());
        return parts.decoder->prefill(parts.promptsOf(m_sampled.examplesOf(rollout)),
                                      kPolicyAdapters);
    }

    /// False when stopped.
    bool differentiate(int worker, const Turn& turn, const UpdateEntropy& entropy, Gradients& sum,
                       const std::stop_token& stop) {
        const torch::AutoGradMode withGradients(true);
        const auto index = static_cast<std::size_t>(worker);
        for (std::size_t i = 0; i < m_batches[index].size(); ++i) {
            const auto& rollout = m_sampled.rollouts[index][i];
            if (rollout.batch.update != turn.update)
                continue;
            if (stop.stop_requested())
                return false;
            const auto prompts = promptsOf(worker, rollout);
            const PartTimer timer(m_times.of(worker).update);
            const auto loss = lossOf(index, i, prompts, turn, entropy);
            addGradients(sum, gradientsOf(loss, m_parameters));
        }
        return true;
    }

    torch::Tensor lossOf(std::size_t worker, std::size_t i, const PromptCache& prompts,
                         const Turn& turn, const UpdateEntropy& entropy) {
        const auto& rollout = m_sampled.rollouts[worker][i];
        const auto& weighed = m_weighed.batches[worker][i];
        const auto& terms = entropy.batches[worker][i];
        auto& slot = m_batches[worker][i];
        const bool bonus = m_control.active();
        const bool first = turn.iteration == 0;
        const auto scores = answerLogProbs(
            m_context.parts.decoder, prompts, rollout.answers, kPolicyAdapters,
            m_context.config.temperature,
            {.wantEntropy = first || bonus, .entropyGradient = entropy.coefficient != 0});
        const OldScores before{.old = slot ? slot->oldLogProbs : m_old[worker][i],
                               .reference =
                                   m_reference ? (*m_reference)[worker][i] : torch::Tensor()};
        const auto result =
            grpoLoss(lossInput(rollout, weighed, terms, scores, before, m_context.config),
                     m_context.config.loss);
        UpdatedBatch updated;
        updated.oldLogProbs = before.old.defined() ? before.old : scores.logProbs.detach();
        updated.newLogProbs = scores.logProbs.detach().to(torch::kCPU);
        updated.entropy = first ? scores.entropy.detach().to(torch::kCPU) : slot->entropy;
        updated.sums = result.sums;
        updated.loss = result.loss.item<double>();
        if (bonus)
            updated.entropySum =
                scores.entropy.detach()
                    .to(torch::kCPU, torch::kDouble)
                    .masked_select(terms.mask.defined() ? terms.mask
                                                        : sampleMask(rollout, weighed.mask))
                    .sum()
                    .item<double>();
        slot = std::move(updated);
        return result.loss;
    }

    /// Over the tokens of an update that the bonus is over, worker by worker.
    [[nodiscard]] double entropySum(int update) const {
        double sum = 0;
        for (std::size_t worker = 0; worker < m_batches.size(); ++worker) {
            double own = 0;
            for (std::size_t i = 0; i < m_batches[worker].size(); ++i)
                if (m_sampled.rollouts[worker][i].batch.update == update)
                    own += m_batches[worker][i]->entropySum;
            sum += own;
        }
        return sum;
    }

    const StepContext& m_context;
    SampledStep& m_sampled;
    const WeighedStep& m_weighed;
    const std::optional<ReferenceScores>& m_reference;
    EntropyControl& m_control;
    StepTimes& m_times;
    std::vector<torch::Tensor> m_parameters;
    PerMicroBatch<torch::Tensor> m_old;                   ///< of later updates; else undefined
    PerMicroBatch<std::optional<UpdatedBatch>> m_batches; ///< of the last update that saw them
    double m_gradNorm = 0;
};

} // namespace

GrpoLossInput lossInput(const Rollout& rollout, const WeighedBatch& weighed,
                        const EntropyTerms& entropy, const AnswerScores& scores,
                        const OldScores& before, const TrainConfig& config) {
    const auto device = scores.logProbs.device();
    GrpoLossInput input{.logProbs = scores.logProbs,
                        .oldLogProbs = before.old,
                        .refLogProbs = before.reference,
                        .mask = weighed.mask.to(device),
                        .advantages = weighed.advantages.to(device),
                        .weights = weighed.weights.to(device),
                        .offPolicy = placed(rollout.offPolicy, device),
                        .entropyMask = placed(entropy.mask, device),
                        .sftTokenWeight = weighed.sftTokenWeight};
    if (config.sampler.correction) {
        input.samplerLogProbs = rollout.samplerLogProbs.to(device);
        input.samplerRatio =
            samplerRatio(before.old.defined() ? before.old : scores.logProbs.detach(),
                         input.samplerLogProbs, input.mask, config.sampler);
    }
    if (entropy.weights.defined()) {
        input.entropy = scores.entropy;
        input.entropyWeights = entropy.weights.to(device);
    }
    return input;
}

std::optional<PolicyUpdate> updatePolicy(const StepContext& context, SampledStep& sampled,
                                         const WeighedStep& weighed,
                                         const std::optional<ReferenceScores>& reference,
                                         EntropyControl& control, const ApplyGradients& apply,
                                         StepTimes& times, const std::stop_token& stop) {
    Updates updates(context, sampled, weighed, reference, control, times);
    for (int iteration = 0; iteration < context.config.numIterations; ++iteration)
        for (int update = 0; update < context.config.updatesPerGeneration(); ++update)
            if (!updates.run(iteration, update, apply, stop))
                return std::nullopt;
    return std::move(updates).result();
}

} // namespace viva
