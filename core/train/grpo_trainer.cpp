// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_trainer.h"

#include "core/train/grpo_metrics.h"
#include "core/train/grpo_weigh.h"
#include "core/train/schedule.h"

#include <algorithm>
#include <future>

namespace viva {
namespace {

/// Whether any worker read a stop.
bool stopped(const GrpoStep& step) {
    return std::ranges::any_of(step.workers, [](const auto& part) { return part.stopped; });
}

} // namespace

GrpoTrainer::GrpoTrainer(const TrainConfig& config, TrainerParts parts)
    : Trainer(config, std::move(parts)), m_entropy(config.entropy),
      m_reference(config.reference,
                  this->parts().referenceDecoder.is_empty() ? this->parts().decoder
                                                            : this->parts().referenceDecoder,
                  *this->parts().adapter) {}

void GrpoTrainer::addState(TrainerState& state) const {
    state.entropy = m_entropy.state();
    for (const auto& tensor : m_reference.parameters())
        state.reference.push_back(tensor.clone());
}

void GrpoTrainer::takeState(const TrainerState& state) {
    if (state.entropy)
        m_entropy.restore(*state.entropy);
    if (!state.reference.empty())
        m_reference.restore(state.reference);
}

std::optional<Trainer::StepReport> GrpoTrainer::attempt(const std::vector<TrainExample>& examples,
                                                        const std::stop_token& stop) {
    GrpoStep step;
    step.examples = examples;
    step.number = currentStep();
    const bool resample = config().zeroVarianceGroups == ZeroVarianceGroups::Resample;
    const bool collected =
        resample ? collectWithVariance(step, stop) : collect(step, 0, true, stop);
    if (!collected || !scoreAndRefer(step, resample, stop))
        return std::nullopt;
    if (config().objective == Objective::RlSft)
        step.sftCoefficient = sftCoefficientAt(config().mixed, config().maxSteps, step.number);
    m_sftTokenWeights = weighStep(step, config());
    const int updates = config().updatesPerGeneration();
    if (updates > 1)
        parts().pool->run([&](int worker) { scoreBefore(step, worker); });
    for (int iteration = 0; iteration < config().numIterations; ++iteration)
        for (int part = 0; part < updates; ++part)
            if (!update(step, iteration, part, stop))
                return std::nullopt;
    m_reference.follow(step.number);
    return report(step);
}

bool GrpoTrainer::scoreAndRefer(GrpoStep& step, bool scored, const std::stop_token& stop) {
    std::future<void> scores; // waits in its destructor
    if (!scored)
        scores = std::async(std::launch::async, [&] { scoreAnswers(step.groups); });
    if (wantsReference())
        parts().pool->run([&](int worker) {
            auto& part = step.workers[static_cast<std::size_t>(worker)];
            for (auto& micro : part.microBatches) {
                part.stopped = part.stopped || stop.stop_requested();
                if (!part.stopped)
                    scoreUnderReference(step, micro, worker);
            }
        });
    if (scores.valid()) {
        const PartTimer timer(step.rewardSec);
        scores.get();
    }
    return !stopped(step);
}

bool GrpoTrainer::update(GrpoStep& step, int iteration, int update, const std::stop_token& stop) {
    auto& pool = *parts().pool;
    step.entropyCoefficient = m_entropy.acting();
    if (config().topEntropyQuantile < 1)
        findHighEntropy(step, update);
    if (m_entropy.active())
        setEntropyWeights(step);
    std::vector<Gradients> gradients(step.workers.size());
    pool.run([&](int worker) {
        gradients[static_cast<std::size_t>(worker)] =
            differentiate(step, worker, iteration, update, stop);
    });
    if (stopped(step))
        return false;
    // With every group left out, momentum alone would move the weights.
    if (anythingToLearn(step, update) || step.skippedGroups == 0) {
        const PartTimer timer(step.optimizerSec);
        step.gradNorm = applyUpdate(std::move(gradients));
    }
    if (m_entropy.active()) {
        double sum = 0;
        for (const auto& part : step.workers)
            sum += part.entropySum;
        double tokens = 0;
        const auto cuts =
            step.keptTokens.size() / static_cast<std::size_t>(config().updatesPerGeneration());
        for (std::size_t i = 0; i < cuts; ++i)
            tokens += step.keptTokens[static_cast<std::size_t>(update) * cuts + i];
        m_entropy.finish(sum, tokens);
    }
    return true;
}

bool GrpoTrainer::wantsReference() const {
    // With beta 0 the reference is only drawn, so not every step pays for it.
    constexpr std::int64_t kReferenceEvery = 5;
    return config().loss.beta != 0 || (currentStep() - 1) % kReferenceEvery == 0;
}

Trainer::StepReport GrpoTrainer::report(GrpoStep& step) const {
    fillTokenLogProbs(step);
    StepReport result;
    result.metrics = grpoMetrics(step, config());
    if (m_entropy.active())
        result.metrics.emplace_back("entropy_coef", m_entropy.state().coefficient);
    result.metrics.emplace_back("learning_rate", learningRate());
    for (const auto& group : step.groups)
        for (const auto& answer : group.answers) {
            if (isReference(answer))
                continue;
            ++result.samples;
            result.tokens += static_cast<std::int64_t>(answer.tokenIds.size());
        }
    if (config().logCompletions) {
        for (auto& group : step.groups)
            for (auto& answer : group.answers)
                answer.tokens = parts().texts.pieces(answer.tokenIds);
        result.groups = std::move(step.groups);
    }
    return result;
}

} // namespace viva
