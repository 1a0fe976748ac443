// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/generation_config.h"
#include "core/config/objective_spec.h"
#include "core/config/reward_spec.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// Low-rank adapters that are trained. @source PEFT LoraConfig
struct LoraSpec {
    std::int64_t rank = 16; ///< lora_r; 0 = no adapter
    double alpha = 32.0;    ///< lora_alpha; the update is scaled by alpha / rank
    double dropout = 0.0;   ///< lora_dropout
    std::vector<std::string> targets{"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                     "gate_proj", "up_proj", "down_proj"};
    int lastLayers = 0; ///< only in the last so many layers of the decoder; 0 = all

    bool operator==(const LoraSpec&) const = default;
};

/// Which examples of a data set are used.
struct DataSpec {
    /// A manifest.jsonl, "demo", or "project": the clips of the project that the run is in.
    std::string manifest = "demo";
    std::vector<std::string> tasks; ///< empty = all; "sqa", "ast", "asr"
    std::string trainSplit = "train";
    std::vector<std::string> evalSplits{"validation", "test"};

    bool operator==(const DataSpec&) const = default;
};

/// Held-out evaluation. Names are TRL's where TRL has them.
struct EvalSpec {
    int evalSteps = 30;    ///< eval_steps: every so many steps; 0 = only before and after
    int maxItems = 60;     ///< examples a split during training; 0 = all
    int finalMaxItems = 0; ///< examples a split before and after training; 0 = all
    int passes = 1;        ///< sampled passes, each with its own seed
    double temperature = 0.9;
    double topP = 0.9;
    bool greedy = true; ///< a greedy pass as well

    bool operator==(const EvalSpec&) const = default;
};

/// Everything a run is determined by. JSON keys and defaults are TRL's (GRPOConfig) where TRL has
/// the option; defaults of the objective follow arXiv 2509.16990 and its gaps as settled in
/// DECISIONS.md.
struct TrainConfig {
    std::string name; ///< for people; empty = made from objective and time
    Objective objective = Objective::Grpo;
    std::string model = "demo"; ///< checkpoint folder, or "demo"
    DataSpec data;

    // Budget and batch
    int maxSteps = 120;     ///< max_steps
    int promptsPerStep = 8; ///< prompts_per_step; TRL: generation_batch_size / num_generations
    int numGenerations = 8; ///< num_generations, G
    int numIterations = 1;  ///< num_iterations, mu: updates with the same samples
    int gradientAccumulationSteps = 1; ///< micro-batches a worker cuts its prompts into
    std::uint64_t seed = 0;

    // Sampling
    double temperature = 1.0;
    double topP = 1.0;
    int topK = 0;
    double minP = 0.0;
    int maxCompletionLength = 200; ///< max_completion_length

    // Objective
    GrpoLossConfig loss;
    double topEntropyQuantile = 1; ///< top_entropy_quantile; 1 = all tokens
    int stepsPerGeneration = 0;    ///< micro-batches a generation lasts; 0 = one update's
    bool maskTruncatedCompletions = false;
    EntropyControlConfig entropy;
    SamplerCorrectionConfig sampler;
    ReferenceSpec reference;
    MixedPolicySpec mixed;

    // Rewards to advantages
    std::vector<RewardSpec> rewards{RewardSpec{}};
    AdvantageConfig advantage;
    ZeroVarianceGroups zeroVarianceGroups = ZeroVarianceGroups::Keep; ///< zero_variance_groups
    int maxResamples = 10;   ///< max_resamples: rounds of dynamic sampling
    int softPunishCache = 0; ///< soft_punish_cache: tokens before the limit that cost; 0 = off
    Credit credit = Credit::Answer;
    LeafConfig leaf; ///< with credit leaf

    // Optimisation
    double learningRate = 5e-6;                        ///< learning_rate
    LrScheduler lrSchedulerType = LrScheduler::Linear; ///< lr_scheduler_type
    int warmupSteps = 0;                               ///< warmup_steps
    double weightDecay = 0.0;
    double adamBeta1 = 0.9;
    double adamBeta2 = 0.999;
    double adamEpsilon = 1e-8;
    double maxGradNorm = 1.0; ///< max_grad_norm; 0 = off
    LoraSpec lora;
    /// trainable: patterns of weights that are trained whole, see fitsPattern; with lora.r 0 they
    /// are all that is trained.
    std::vector<std::string> trainable;

    // Where and how
    Device device = Device::Auto;
    Dtype dtype = Dtype::Float32;
    int threads = 0; ///< workers; 0 = one a core
    EvalSpec eval;
    int saveSteps = 50;         ///< save_steps: checkpoint every so many; 0 = only at stop and end
    bool logCompletions = true; ///< log_completions: keep every sampled answer

    /// The settings of the built-in demo (spec'd for a model that learns in two minutes on two
    /// cores).
    [[nodiscard]] static TrainConfig demo();

    [[nodiscard]] GenerationConfig generation() const;

    /// Whether answers are sampled: every objective but sft.
    [[nodiscard]] bool samples() const { return objective != Objective::Sft; }
    /// References that join a group at most: k for mp_grpo and rl_sft, else 0.
    [[nodiscard]] int referencesPerGroup() const {
        return objective == Objective::MpGrpo || objective == Objective::RlSft ? mixed.references
                                                                               : 0;
    }
    /// Answers sampled for a prompt: the group less the references that are members of it.
    [[nodiscard]] int samplesPerGroup() const {
        return objective == Objective::MpGrpo ? numGenerations - mixed.references : numGenerations;
    }
    /// Updates with one generation's prompts, num_iterations not counted: each takes a part.
    [[nodiscard]] int updatesPerGeneration() const;

    bool operator==(const TrainConfig&) const = default;
};

/// One thing that is wrong, in words; `key` is the JSON key it belongs to.
struct ConfigProblem {
    std::string key;
    std::string message;
    bool fatal = true; ///< false = a warning
};

/// Checks ranges and combinations; empty when the run may start.
[[nodiscard]] std::vector<ConfigProblem> validate(const TrainConfig& config);

/// @throws Error(InvalidArgument) with all fatal problems in one sentence each.
void requireValid(const TrainConfig& config);

[[nodiscard]] nlohmann::json toJson(const TrainConfig& config);
/// Starts from `base`; unknown keys are errors. @throws Error(Format) naming `origin`, key and
/// cure.
[[nodiscard]] TrainConfig trainConfigFromJson(const nlohmann::json& json, const std::string& origin,
                                              const TrainConfig& base = {});
/// The same from a file. @throws Error(NotFound | Io | Format).
[[nodiscard]] TrainConfig readTrainConfig(const std::filesystem::path& file,
                                          const TrainConfig& base = {});

} // namespace viva
