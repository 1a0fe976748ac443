// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_run.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace viva {

StepEvent sampleStep(std::int64_t step, std::int64_t totalSteps) {
    std::mt19937_64 random(static_cast<std::uint64_t>(step));
    std::normal_distribution<double> normal(0, 1);
    const double t = static_cast<double>(step);
    const double reward = 0.46 + 0.27 * (1 - std::exp(-t / 30)) + 0.035 * normal(random);
    const double alike =
        std::clamp(0.04 + 0.22 * (1 - std::exp(-t / 50)) + 0.05 * normal(random), 0.0, 1.0);
    const double low =
        std::clamp(0.16 * std::exp(-t / 25) + 0.03 + 0.02 * normal(random), 0.0, 0.4);
    const double high =
        std::clamp(0.04 + 0.3 * (1 - std::exp(-t / 45)) + 0.05 * normal(random), 0.0, 0.55);
    StepEvent event;
    event.step = step;
    event.totalSteps = totalSteps;
    event.trainSec = 0.139 * t;
    event.tokens = step * 770;
    event.samples = step * 64;
    event.etaSec = 0.139 * static_cast<double>(totalSteps - step);
    event.metrics = {
        {"reward", reward},
        {"reward_std", 0.26 - 0.05 * t / 120},
        {"reward_best", std::min(1.0, reward + 0.24 + 0.02 * normal(random))},
        {"reward_worst", std::max(0.0, reward - 0.28 + 0.02 * normal(random))},
        {"rewards/bleu/mean", reward},
        {"frac_reward_zero_std", alike},
        {"group_mix/low", low},
        {"group_mix/mixed", 1 - low - high},
        {"group_mix/high", high},
        {"loss", 2e-4 + 6e-5 * normal(random) + 1e-5 * t},
        {"policy_loss", 1e-5 * normal(random)},
        {"kl", 0.16 * (1 - std::exp(-t / 40)) + 0.008 * std::abs(normal(random))},
        {"kl_policy", 2e-4 * std::abs(normal(random))},
        {"entropy", 0.62 * std::exp(-t / 80) + 0.17 + 0.015 * normal(random)},
        {"completions/mean_length", 11.6 + 0.9 * std::exp(-t / 30) + 0.25 * normal(random)},
        {"completions/min_length", 4.0 + std::floor(std::abs(normal(random)))},
        {"completions/max_length", 20.0 + std::floor(3 * std::abs(normal(random)))},
        {"completions/clipped_ratio",
         std::max(0.0, 0.03 * std::exp(-t / 20) + 0.004 * normal(random))},
        {"clip_ratio/low_mean", 0.0},
        {"clip_ratio/high_mean", 0.0},
        {"clip_ratio/region_mean", 0.0},
        {"grad_norm", 0.55 + 0.4 * std::exp(-t / 15) + 0.07 * normal(random)},
        {"learning_rate",
         2e-3 * std::min(1.0, t / 5) * (1 - t / static_cast<double>(totalSteps + 1))},
        {"timing/prefill", 0.012 + 0.001 * normal(random)},
        {"timing/generate", 0.052 + 0.004 * normal(random)},
        {"timing/reward", 0.003},
        {"timing/reference", 0.018 + 0.001 * normal(random)},
        {"timing/update", 0.05 + 0.004 * normal(random)},
        {"timing/optimizer", 0.003},
        {"step_time", 0.139 + 0.006 * normal(random)},
        {"tokens_per_second", 5500 + 200 * normal(random)},
    };
    return event;
}

EvaluationEvent sampleEvaluation(std::int64_t step) {
    const double gain = 1 - std::exp(-static_cast<double>(step) / 30);
    EvaluationEvent event;
    event.step = step;
    const auto row = [](const char* split, const char* task, const char* decoding, double bleu) {
        return EvaluationRow{split, task, decoding,
                             60,    1,    {{"bleu", bleu}, {"wer", 0.5}, {"exact_match", 0.3}}};
    };
    event.rows = {row("validation", "sqa", "sampled", 57.7 + 16 * gain),
                  row("validation", "ast", "sampled", 59.1 + 13 * gain),
                  row("test", "sqa", "sampled", 46.7 + 14 * gain),
                  row("test", "ast", "sampled", 47.4 + 11 * gain),
                  row("validation", "sqa", "greedy", 66.2 + 9 * gain),
                  row("validation", "ast", "greedy", 68.0 + 7 * gain)};
    return event;
}

std::vector<TrainingEvent> sampleRun(std::int64_t steps, std::int64_t totalSteps) {
    std::vector<TrainingEvent> events;
    events.emplace_back(StateEvent{RunState::Preparing, "encoding the clips", 0.4});
    RunInfoEvent info;
    info.device = "CPU, 2 threads";
    info.dtype = "float32";
    info.totalSteps = totalSteps;
    events.emplace_back(info);
    events.emplace_back(sampleEvaluation(0));
    events.emplace_back(StateEvent{RunState::Running, {}, -1});
    for (std::int64_t step = 1; step <= steps; ++step) {
        events.emplace_back(sampleStep(step, totalSteps));
        if (step % 30 == 0)
            events.emplace_back(sampleEvaluation(step));
        if (step % 50 == 0)
            events.emplace_back(CheckpointEvent{step, "runs/1/checkpoint"});
    }
    return events;
}

std::vector<TrainingEvent> mixedSampleRun(std::int64_t steps, std::int64_t totalSteps) {
    auto events = sampleRun(steps, totalSteps);
    for (auto& event : events) {
        auto* step = std::get_if<StepEvent>(&event);
        if (step == nullptr)
            continue;
        const double reward = step->metric("reward");
        step->metrics.insert(step->metrics.end(), {{"on_reward", reward},
                                                   {"off_reward", 1.0},
                                                   {"on_pg_loss", 0.3 - 0.2 * reward},
                                                   {"off_pg_loss", -0.5 * reward},
                                                   {"on_ratio_mean", 1.0},
                                                   {"off_ratio_mean", 0.4 + 0.5 * reward},
                                                   {"on_policy_prob", 0.5 + 0.3 * reward},
                                                   {"off_policy_prob", 0.4 + 0.5 * reward}});
    }
    return events;
}

} // namespace viva
