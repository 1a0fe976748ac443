// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/options/option_tables.h"

#include <array>

namespace viva {
namespace {

constexpr std::array kSampling{
    option<&TrainConfig::numGenerations>(
        {.key = "num_generations",
         .label = "Answers in a group",
         .symbol = "G",
         .trlName = "num_generations",
         .effect = "More answers estimate a prompt's mean better and cost as much more.",
         .formula = "A_i = (r_i - mean(r_1..r_G)) / (std + eps)",
         .source = kPaperSettings,
         .minimum = 2,
         .maximum = 1024,
         .unit = "answers",
         .common = true}),
    option<&TrainConfig::promptsPerStep>(
        {.key = "prompts_per_step",
         .label = "Prompts a step",
         .symbol = "P",
         .trlName = "generation_batch_size",
         .effect =
             "More prompts make a step steadier and slower; TRL counts prompts times answers.",
         .source = kTrl,
         .minimum = 1,
         .maximum = 65536,
         .unit = "prompts",
         .common = true}),
    option<&TrainConfig::temperature>(
        {.key = "temperature",
         .label = "Temperature",
         .symbol = "T",
         .trlName = "temperature",
         .effect =
             "Higher makes answers more varied; too high makes them wrong, too low all alike.",
         .formula = "p = softmax(logits / T)",
         .source = kPaperSettings,
         .minimum = 0.01,
         .maximum = 10,
         .common = true}),
    option<&TrainConfig::topP>(
        {.key = "top_p",
         .label = "Nucleus",
         .symbol = "p",
         .trlName = "top_p",
         .effect = "Keeps only the most likely tokens that together have this probability.",
         .source = kTrl,
         .minimum = 0.01,
         .maximum = 1}),
    option<&TrainConfig::topK>({.key = "top_k",
                                .label = "Most likely tokens",
                                .symbol = "k",
                                .trlName = "top_k",
                                .effect = "Keeps only this many tokens; 0 keeps all.",
                                .source = kTrl,
                                .maximum = 1000000,
                                .unit = "tokens"}),
    option<&TrainConfig::minP>(
        {.key = "min_p",
         .label = "Least probability",
         .trlName = "min_p",
         .effect = "Cuts tokens less likely than this share of the most likely one; 0 cuts none.",
         .source = kTrl,
         .maximum = 0.99}),
    option<&TrainConfig::maxCompletionLength>(
        {.key = "max_completion_length",
         .label = "Longest answer",
         .trlName = "max_completion_length",
         .effect = "Answers are cut after so many tokens; a cut answer scores as it stands.",
         .source = kPaperSettings,
         .minimum = 1,
         .maximum = 32768,
         .unit = "tokens",
         .common = true}),
};

constexpr std::array kOptimisation{
    option<&TrainConfig::learningRate>(
        {.key = "learning_rate",
         .label = "Learning rate",
         .symbol = "lr",
         .trlName = "learning_rate",
         .effect = "How far one step moves the weights; too high lets reward collapse and KL jump.",
         .formula = "theta <- theta - lr * m / (sqrt(v) + eps)",
         .source = kPaperSettings,
         .maximum = 1,
         .common = true}),
    option<&TrainConfig::lrSchedulerType>(
        {.key = "lr_scheduler_type",
         .label = "Schedule",
         .trlName = "lr_scheduler_type",
         .effect = "How the learning rate goes on after the warm-up.",
         .formula = "linear: lr * (1 - step / steps)",
         .source = kTrl}),
    option<&TrainConfig::warmupSteps>(
        {.key = "warmup_steps",
         .label = "Warm-up",
         .trlName = "warmup_steps",
         .effect = "The learning rate rises from 0 over so many steps.",
         .formula = "lr * step / warmup",
         .source = kPaperSettings,
         .maximum = 1000000,
         .unit = "steps"}),
    option<&TrainConfig::weightDecay>(
        {.key = "weight_decay",
         .label = "Weight decay",
         .trlName = "weight_decay",
         .effect = "Pulls the trained weights towards 0 in each step.",
         .formula = "theta <- theta (1 - lr * decay)",
         .source = kAdamW,
         .maximum = 1}),
    option<&TrainConfig::adamBeta1>({.key = "adam_beta1",
                                     .label = "Memory of the gradient",
                                     .symbol = "beta_1",
                                     .trlName = "adam_beta1",
                                     .effect = "Higher averages the gradient over more steps.",
                                     .formula = "m <- beta_1 m + (1 - beta_1) g",
                                     .source = kAdamW,
                                     .maximum = 0.99999}),
    option<&TrainConfig::adamBeta2>(
        {.key = "adam_beta2",
         .label = "Memory of its square",
         .symbol = "beta_2",
         .trlName = "adam_beta2",
         .effect = "Lower adapts faster to changing gradients, as short runs need.",
         .formula = "v <- beta_2 v + (1 - beta_2) g^2",
         .source = kAdamW,
         .maximum = 0.999999}),
    option<&TrainConfig::adamEpsilon>(
        {.key = "adam_epsilon",
         .label = "Floor of the divisor",
         .trlName = "adam_epsilon",
         .effect = "Keeps the update finite where gradients are tiny.",
         .formula = "m / (sqrt(v) + eps)",
         .source = kAdamW,
         .minimum = 1e-16,
         .maximum = 1}),
    option<&TrainConfig::maxGradNorm>(
        {.key = "max_grad_norm",
         .label = "Gradient clipping",
         .trlName = "max_grad_norm",
         .effect = "Gradients longer than this are shortened to it; 0 leaves them.",
         .formula = "g <- g * min(1, max / ||g||)",
         .source = kTrl,
         .maximum = 1e6}),
    option<&TrainConfig::gradientAccumulationSteps>(
        {.key = "gradient_accumulation_steps",
         .label = "Micro-batches",
         .trlName = "gradient_accumulation_steps",
         .effect = "Cuts the prompts of a step into so many parts: less memory, the same gradient.",
         .source = kTrl,
         .minimum = 1,
         .maximum = 4096}),
    option<&TrainConfig::seed>(
        {.key = "seed",
         .label = "Seed",
         .trlName = "seed",
         .effect = "The same seed on the same machine gives the same run, answer by answer.",
         .source = kTrl,
         .maximum = 18446744073709551615.0}),
};

constexpr std::array kBudget{
    option<&TrainConfig::maxSteps>(
        {.key = "max_steps",
         .label = "Steps",
         .trlName = "max_steps",
         .effect = "How many steps are made. Each samples its groups once and learns from them in "
                   "one update, or in several (mu, micro-batches of a generation).",
         .source = kTrl,
         .minimum = 1,
         .maximum = 100000000,
         .unit = "steps",
         .common = true}),
    option<&TrainConfig::saveSteps>(
        {.key = "save_steps",
         .label = "Checkpoint every",
         .trlName = "save_steps",
         .effect = "How much work a power cut can cost; 0 saves only at stop and end.",
         .source = kTrl,
         .maximum = 100000000,
         .unit = "steps"}),
    option<&TrainConfig::logCompletions>(
        {.key = "log_completions",
         .label = "Keep every answer",
         .trlName = "log_completions",
         .effect = "Stores each sampled answer, for the Groups page.",
         .source = kTrl}),
    option<&TrainConfig::eval, &EvalSpec::evalSteps>(
        {.key = "eval.eval_steps",
         .label = "Evaluate every",
         .trlName = "eval_steps",
         .effect = "How often held-out clips are answered; 0 only before and after.",
         .source = kTrl,
         .maximum = 100000000,
         .unit = "steps"}),
    option<&TrainConfig::eval, &EvalSpec::maxItems>(
        {.key = "eval.max_items",
         .label = "Clips an evaluation",
         .effect = "Held-out examples of each split during training; 0 takes all.",
         .source = kOwn,
         .maximum = 100000000,
         .unit = "examples"}),
    option<&TrainConfig::eval, &EvalSpec::finalMaxItems>(
        {.key = "eval.final_max_items",
         .label = "Clips before and after",
         .effect = "Held-out examples of each split before and after training; 0 takes all.",
         .source = kOwn,
         .maximum = 100000000,
         .unit = "examples"}),
    option<&TrainConfig::eval, &EvalSpec::passes>(
        {.key = "eval.passes",
         .label = "Sampled passes",
         .effect =
             "How often each example is sampled with a seed of its own; more steadies the score.",
         .source = "arXiv 2606.07610 (five passes)",
         .minimum = 1,
         .maximum = 100}),
    option<&TrainConfig::eval, &EvalSpec::temperature>(
        {.key = "eval.temperature",
         .label = "Evaluation temperature",
         .symbol = "T",
         .effect = "Temperature of the sampled evaluation.",
         .source = "arXiv 2509.16990, 4.2",
         .minimum = 0.01,
         .maximum = 10}),
    option<&TrainConfig::eval, &EvalSpec::topP>({.key = "eval.top_p",
                                                 .label = "Evaluation nucleus",
                                                 .symbol = "p",
                                                 .effect = "Nucleus of the sampled evaluation.",
                                                 .source = "arXiv 2509.16990, 4.2",
                                                 .minimum = 0.01,
                                                 .maximum = 1}),
    option<&TrainConfig::eval, &EvalSpec::greedy>(
        {.key = "eval.greedy",
         .label = "Greedy as well",
         .effect = "Answers each example also with its most likely tokens.",
         .source = kOwn}),
    option<&TrainConfig::device>({.key = "device",
                                  .label = "Device",
                                  .effect = "auto takes the GPU where there is one.",
                                  .source = kOwn}),
    option<&TrainConfig::dtype>(
        {.key = "dtype",
         .label = "Precision",
         .trlName = "dtype",
         .effect =
             "bfloat16 halves the memory of the weights and is faster where the device has it.",
         .source = kTrlModel}),
    option<&TrainConfig::threads>({.key = "threads",
                                   .label = "Worker threads",
                                   .effect = "How many share a step's prompts; 0 takes one a core.",
                                   .source = kOwn,
                                   .maximum = 1024,
                                   .unit = "threads"}),
};

} // namespace

std::span<const TrainOption> samplingOptions() {
    return kSampling;
}

std::span<const TrainOption> optimisationOptions() {
    return kOptimisation;
}

std::span<const TrainOption> budgetOptions() {
    return kBudget;
}

} // namespace viva
