// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/grpo_trainer.h"

#include "core/train/part_timer.h"

#include <future>
#include <memory>
#include <utility>

namespace viva {
namespace {

bool wantsReference(const StepContext& context) {
    // With beta 0 the reference is only drawn, so not every step pays for it.
    constexpr std::int64_t kReferenceEvery = 5;
    return context.config.loss.beta != 0 || (context.step - 1) % kReferenceEvery == 0;
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

std::optional<Trainer::StepEnd> GrpoTrainer::attempt(const std::vector<TrainExample>& examples,
                                                     const std::stop_token& stop) {
    const StepContext context{config(), parts(), currentStep(), microBatches()};
    StepTimes times(parts().pool->size());
    auto graded = collectAndScore(context, examples, times, stop);
    if (!graded)
        return std::nullopt;
    auto& sampled = graded->sampled;
    const auto plan = planUpdates(graded->scored.groups, config());
    auto weighed =
        weighStep(std::move(graded->scored), sampled.rollouts, plan, config(), context.step);
    auto update = updatePolicy(
        context, sampled, weighed, graded->reference, m_entropy,
        [&](std::vector<Gradients> byWorker) { return applyUpdate(std::move(byWorker)); }, times,
        stop);
    if (!update)
        return std::nullopt;
    auto finished = std::make_shared<FinishedStep>(
        FinishedStep{std::move(sampled), std::move(weighed), std::move(graded->reference),
                     std::move(*update), std::move(times), graded->resampledGroups});
    return [this, finished, number = context.step] {
        m_reference.follow(number);
        return report(std::move(*finished));
    };
}

std::optional<GrpoTrainer::GradedStep>
GrpoTrainer::collectAndScore(const StepContext& context, std::vector<TrainExample> examples,
                             StepTimes& times, const std::stop_token& stop) {
    GradedStep graded;
    if (config().zeroVarianceGroups == ZeroVarianceGroups::Resample) {
        auto step = collectWithVariance(
            context, std::move(examples), [&](std::size_t count) { return drawMore(count); }, times,
            stop);
        if (!step)
            return std::nullopt;
        graded = {std::move(step->sampled), std::move(step->scored), {}, step->replaced};
        return addReference(context, graded, times, stop) ? std::optional(std::move(graded))
                                                          : std::nullopt;
    }
    auto sampled = collect(context, std::move(examples), {}, times, stop);
    if (!sampled)
        return std::nullopt;
    graded.sampled = std::move(*sampled);
    // The rewards beside the reference's pass: both need nothing but the answers.
    auto scored = std::async(std::launch::async, [&] { // its destructor waits
        return scoreGroups(groupsOf(graded.sampled, context.step, parts().texts), parts().score,
                           config());
    });
    const bool whole = addReference(context, graded, times, stop);
    const PartTimer timer(times.reward);
    graded.scored = scored.get();
    return whole ? std::optional(std::move(graded)) : std::nullopt;
}

bool GrpoTrainer::addReference(const StepContext& context, GradedStep& step, StepTimes& times,
                               const std::stop_token& stop) const {
    if (!wantsReference(context))
        return true;
    step.reference = scoreUnderReference(context, step.sampled, m_reference, times, stop);
    return step.reference.has_value();
}

StepReport GrpoTrainer::report(FinishedStep step) const {
    StepReport result;
    result.metrics = grpoMetrics(step, config());
    if (m_entropy.active())
        result.metrics.emplace_back("entropy_coef", m_entropy.state().coefficient);
    result.metrics.emplace_back("learning_rate", learningRate());
    for (const auto& group : step.weighed.groups)
        for (const auto& answer : group.answers) {
            if (isReference(answer))
                continue;
            ++result.samples;
            result.tokens += static_cast<std::int64_t>(answer.tokenIds.size());
        }
    if (!config().logCompletions)
        return result;
    result.groups = groupsWithLogProbs(std::move(step));
    for (auto& group : result.groups)
        for (auto& answer : group.answers)
            answer.tokens = parts().texts.pieces(answer.tokenIds);
    return result;
}

} // namespace viva
