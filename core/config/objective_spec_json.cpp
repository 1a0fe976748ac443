// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/objective_spec_json.h"

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <type_traits>

namespace viva {
namespace {

using Names = std::initializer_list<std::string_view>;

/// Visits every option with its key; a choice comes with its names. One list for both directions.
template<typename Spec, typename Visitor>
void visitPolicy(Spec& spec, const Visitor& visit) {
    visit("importance_sampling_level", spec.policy.ratioLevel, Names{"token", "sequence"});
    visit("delta", spec.policy.delta);
    visit("use_bias_correction_kl", spec.policy.unbiasedKl);
    visit("off_policy_mask_threshold", spec.policy.offPolicyMaskThreshold);
    visit("top_entropy_quantile", spec.policy.topEntropyQuantile);
    visit("sapo_temperature_pos", spec.policy.sapoTemperaturePos);
    visit("sapo_temperature_neg", spec.policy.sapoTemperatureNeg);
    visit("vespo_k_pos", spec.policy.vespoKPos);
    visit("vespo_lambda_pos", spec.policy.vespoLambdaPos);
    visit("vespo_k_neg", spec.policy.vespoKNeg);
    visit("vespo_lambda_neg", spec.policy.vespoLambdaNeg);
    visit("steps_per_generation", spec.policy.stepsPerGeneration);
    visit("entropy_coef", spec.entropy.coefficient);
    visit("use_adaptive_entropy", spec.entropy.adaptive);
    visit("entropy_coef_min", spec.entropy.minimum);
    visit("entropy_coef_max", spec.entropy.maximum);
    visit("entropy_coef_delta", spec.entropy.delta);
    visit("entropy_target", spec.entropy.target);
    visit("importance_sampling_correction", spec.sampler.correction);
    visit("importance_sampling_mode", spec.sampler.mode,
          Names{"token_truncate", "token_mask", "sequence_truncate", "sequence_mask"});
    visit("importance_sampling_clip_min", spec.sampler.clipMin);
    visit("importance_sampling_clip_max", spec.sampler.clipMax);
    visit("sync_ref_model", spec.reference.sync);
    visit("ref_model_mixup_alpha", spec.reference.mixupAlpha);
    visit("ref_model_sync_steps", spec.reference.syncSteps);
}

template<typename Spec, typename Visitor>
void visitAdvantages(Spec& spec, const Visitor& visit) {
    visit("multi_objective_aggregation", spec.advantage.aggregation,
          Names{"sum_then_normalize", "normalize_then_sum"});
    visit("advantage_floor", spec.advantage.floor);
    visit("zero_std_replacement", spec.advantage.zeroStdReplacement);
    visit("advantage_baseline", spec.advantage.baseline, Names{"mixed", "on_policy"});
    visit("zero_variance_groups", spec.advantage.zeroVarianceGroups,
          Names{"keep", "skip", "resample"});
    visit("max_resamples", spec.advantage.maxResamples);
    visit("soft_punish_cache", spec.advantage.softPunishCache);
    visit("credit", spec.leaf.credit, Names{"answer", "leaf"});
    visit("leaf_num_forks", spec.leaf.numForks);
    visit("leaf_min_prefix_tokens", spec.leaf.minPrefixTokens);
    visit("leaf_advantage_terms", spec.leaf.terms, Names{"both", "global", "local"});
    visit("leaf_zscore_scope", spec.leaf.zscoreScope, Names{"none", "prompt", "batch"});
    visit("references_per_group", spec.mixed.references);
    visit("off_policy_shaping", spec.mixed.shaping, Names{"none", "luffy"});
    visit("shaping_gamma", spec.mixed.shapingGamma);
    visit("off_policy_kl", spec.mixed.kl);
    visit("off_policy_in_normaliser", spec.mixed.inNormaliser);
    visit("clip_on_policy", spec.mixed.clipOnPolicy);
    visit("sft_coef", spec.mixed.sftCoef);
    visit("sft_coef_schedule", spec.mixed.sftSchedule, Names{"constant", "linear", "cosine"});
}

template<typename Spec, typename Visitor>
void visitAll(Spec& spec, const Visitor& visit) {
    visitPolicy(spec, visit);
    visitAdvantages(spec, visit);
}

struct Writer {
    nlohmann::json& json;
    template<typename Value>
    void operator()(const char* key, const Value& value) const {
        json[key] = value;
    }
    void operator()(const char* key, const std::string& value, Names) const { json[key] = value; }
};

struct Reader {
    JsonReader& reader;
    template<typename Value>
    void operator()(const char* key, Value& value) const {
        reader.optional(key, value);
    }
    void operator()(const char* key, std::string& value, Names names) const {
        reader.optionalChoice(key, value, names);
    }
};

} // namespace

void writeObjectiveSpec(const ObjectiveSpec& spec, nlohmann::json& json) {
    visitAll(spec, Writer{json});
}

void readObjectiveSpec(JsonReader& reader, ObjectiveSpec& spec) {
    visitAll(spec, Reader{reader});
}

} // namespace viva
