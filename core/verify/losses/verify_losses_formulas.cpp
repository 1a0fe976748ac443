// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/group/leaf.h"
#include "core/rewards/length_rewards.h"
#include "core/rl/grpo_loss.h"
#include "core/verify/losses/loss_case_torch.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace viva::losses {
namespace {

GrpoLossConfig objectiveConfig(const LossCase& item) {
    GrpoLossConfig config;
    config.lossType = choiceFromName<LossType>("loss_type", item.text("loss_type"));
    config.epsilon = item.number("epsilon");
    config.epsilonHigh = item.number("epsilon_high", config.epsilon);
    config.beta = item.number("beta");
    config.klEstimator =
        choiceFromName<KlEstimator>("kl_estimator", item.text("kl_estimator", "k3"));
    config.unbiasedKl = item.flag("use_bias_correction_kl");
    config.clipOnPolicy = item.flag("clip_on_policy");
    config.shaping = choiceFromName<OffPolicyShaping>("off_policy_shaping",
                                                      item.text("off_policy_shaping", "none"));
    config.shapingGamma = item.number("shaping_gamma");
    config.offPolicyKl = item.flag("off_policy_kl");
    return config;
}

std::vector<AnswerShare> sharesOf(const torch::Tensor& mask, const torch::Tensor& offPolicy,
                                  bool countReferences) {
    std::vector<AnswerShare> shares;
    const auto tokens = mask.sum(1);
    for (std::int64_t row = 0; row < mask.size(0); ++row)
        shares.push_back(
            {tokens[row].item<std::int64_t>(), 0, countReferences || !offPolicy[row].item<bool>()});
    return shares;
}

std::map<std::string, double> metricsOf(const GrpoLossSums& sums, const GrpoLossConfig& config,
                                        bool imitates) {
    const auto mean = [](double sum, double count) { return sum / std::max(count, 1.0); };
    std::map<std::string, double> metrics{
        {"on_pg_loss", mean(sums.on.policyLoss, sums.on.tokens)},
        {"on_ratio_mean", mean(sums.on.ratio, sums.on.tokens)},
        {"on_policy_prob", mean(sums.on.probability, sums.on.tokens)}};
    if (sums.off.tokens > 0) {
        metrics["off_pg_loss"] = mean(sums.off.policyLoss, sums.off.tokens);
        metrics["off_ratio_mean"] = mean(sums.off.ratio, sums.off.tokens);
        metrics["off_policy_prob"] = mean(sums.off.probability, sums.off.tokens);
    }
    if (config.beta != 0)
        metrics["kl"] = mean(sums.kl, sums.klTokens);
    if (imitates)
        metrics["sft_loss"] = mean(sums.sftLoss, sums.off.tokens);
    return metrics;
}

std::vector<LeafAnswer> leafAnswers(const json& prompt) {
    std::vector<LeafAnswer> answers;
    const json& ids = prompt.at("completion_ids");
    for (std::size_t i = 0; i < ids.size(); ++i)
        answers.push_back({ids.at(i).get<std::vector<std::int64_t>>(),
                           prompt.at("surprisals").at(i).get<std::vector<double>>(),
                           prompt.at("rewards").at(i).get<double>()});
    return answers;
}

/// Spans as [begin, end, advantage] rows, all answers one after the other.
void compareSpans(const LossCase& item, const std::vector<LeafResult>& results, LossLines& lines) {
    const json& forks = item.outputs.at("fork_positions");
    const json& spans = item.outputs.at("spans");
    bool same = forks.size() == results.size();
    for (std::size_t p = 0; same && p < results.size(); ++p) {
        same = forks.at(p).get<std::vector<std::int64_t>>() == results[p].forks &&
               spans.at(p).size() == results[p].spans.size();
        for (std::size_t i = 0; same && i < results[p].spans.size(); ++i) {
            const auto& row = results[p].spans[i];
            const json& wanted = spans.at(p).at(i);
            same = wanted.size() == row.size();
            for (std::size_t s = 0; same && s < row.size(); ++s) {
                same = wanted.at(s).at(0) == row[s].begin && wanted.at(s).at(1) == row[s].end;
                lines.add("LEAF span advantages", item.id, row[s].advantage,
                          numberOf(wanted.at(s).at(2)), item.tolerance());
            }
        }
    }
    lines.add("LEAF boundaries and spans", item.id, same);
}

} // namespace

AdvantageConfig formulaAdvantages(const LossCase& item) {
    AdvantageConfig config;
    config.scale = choiceFromName<ScaleRewards>("scale_rewards", item.text("scale_rewards"));
    config.deviation = choiceFromName<DeviationKind>("std_kind", item.text("std_kind"));
    config.eps = item.number("std_epsilon");
    config.floor = item.number("std_floor");
    config.zeroStdReplacement = item.number("zero_std_replacement");
    config.baseline =
        choiceFromName<AdvantageBaseline>("advantage_baseline", item.text("advantage_baseline"));
    return config;
}

void compareObjective(const LossCase& item, const torch::Tensor& advantages,
                      const torch::Tensor& offPolicy, const torch::Tensor& old,
                      const torch::Tensor& mask, LossLines& lines) {
    const auto config = objectiveConfig(item);
    GrpoLossInput batch;
    batch.logProbs = item.tensor("per_token_logps").requires_grad_();
    batch.oldLogProbs = old;
    if (config.beta != 0)
        batch.refLogProbs = item.tensor("ref_per_token_logps");
    batch.mask = mask;
    batch.advantages = advantages;
    batch.offPolicy = offPolicy;
    if (!item.isNull("sft_coef")) {
        const double tokens = mask.logical_and(offPolicy.unsqueeze(1)).sum().item<double>();
        batch.sftTokenWeight = item.number("sft_coef") / std::max(tokens, 1.0);
    }
    const LossNormaliser normaliser{
        .type = config.lossType,
        .maxCompletionLength = static_cast<std::int64_t>(item.number("max_completion_length", 1))};
    batch.weights = torch::tensor(
        answerWeights(normaliser, sharesOf(mask, offPolicy, item.flag("off_policy_in_normaliser"))),
        torch::kDouble);
    const auto result = grpoLoss(batch, config);
    result.loss.backward();
    lines.add("mixed-policy losses", item.id, result.loss.item<double>(),
              numberOf(item.outputs.at("loss")), item.tolerance());
    lines.add("mixed-policy gradients", item.id, batch.logProbs.grad(),
              item.wanted("grad_per_token_logps"), item.tolerance());
    const auto metrics = metricsOf(result.sums, config, batch.sftTokenWeight.has_value());
    const json& wanted = item.outputs.at("metrics");
    bool sameNames = wanted.size() == metrics.size();
    for (const auto& [name, value] : metrics) {
        sameNames = sameNames && wanted.contains(name);
        if (wanted.contains(name))
            lines.add("mixed-policy curves", item.id + " " + name, value, numberOf(wanted.at(name)),
                      item.tolerance());
    }
    lines.add("names of mixed-policy curves", item.id, sameNames);
}

void verifyMixed(const LossCase& item, LossLines& lines) {
    const auto rewards = item.inputs.at("rewards").get<std::vector<double>>();
    const auto references = item.inputs.at("off_policy").get<std::vector<bool>>();
    const auto perGroup = item.inputs.at("num_generations").get<std::size_t>();
    RewardTable table;
    for (std::size_t row = 0; row < rewards.size(); ++row) {
        if (row % perGroup == 0) {
            table.groups.emplace_back();
            table.offPolicy.emplace_back();
        }
        table.groups.back().push_back({rewards[row]});
        table.offPolicy.back().push_back(references.at(row));
    }
    std::vector<double> advantages;
    for (const auto& group : computeAdvantages(table, formulaAdvantages(item)).groups)
        advantages.insert(advantages.end(), group.advantages.begin(), group.advantages.end());
    const auto got = torch::tensor(advantages, torch::kDouble);
    lines.add("mixed-policy advantages", item.id, got, item.wanted("advantages"), item.tolerance());
    const auto mask =
        lengthMask(item.inputs.at("completion_lengths").get<std::vector<std::int64_t>>());
    const auto off = tensorOf(item.inputs.at("off_policy"), torch::kDouble).gt(0);
    compareObjective(item, got, off, item.tensor("old_per_token_logps"), mask, lines);
}

void verifyLeaf(const LossCase& item, LossLines& lines) {
    LeafConfig config;
    config.numForks = static_cast<int>(item.number("num_forks"));
    config.minPrefixTokens = static_cast<int>(item.number("min_prefix_tokens"));
    config.terms = choiceFromName<LeafTerms>("advantage_terms", item.text("advantage_terms"));
    config.scope = choiceFromName<LeafScope>("zscore_scope", item.text("zscore_scope", "none"));
    config.zscoreEpsilon = item.number("zscore_epsilon");
    std::vector<std::vector<LeafAnswer>> prompts;
    std::vector<std::int64_t> lengths;
    for (const json& prompt : item.inputs.at("prompts")) {
        prompts.push_back(leafAnswers(prompt));
        for (const auto& answer : prompts.back())
            lengths.push_back(static_cast<std::int64_t>(answer.tokenIds.size()));
    }
    const auto results = leafAdvantages(prompts, config);
    compareSpans(item, results, lines);
    const auto mask = lengthMask(lengths);
    auto advantages = torch::zeros(mask.sizes(), torch::kDouble);
    std::int64_t row = 0;
    for (const auto& result : results)
        for (const auto& spans : result.spans) {
            for (const auto& span : spans)
                advantages[row].slice(0, span.begin, span.end).fill_(span.advantage);
            ++row;
        }
    advantages = advantages * mask;
    lines.add("LEAF token advantages", item.id, advantages, item.wanted("token_advantages"),
              item.tolerance());
    compareObjective(item, advantages, torch::zeros({mask.size(0)}, torch::kBool),
                     item.tensor("per_token_logps").detach(), mask, lines);
}

void verifyLengthReward(const LossCase& item, LossLines& lines) {
    std::vector<double> got;
    if (item.inputs.contains("completion_lengths"))
        for (const json& tokens : item.inputs.at("completion_lengths"))
            got.push_back(
                overLengthPunishment(tokens.get<std::int64_t>(),
                                     item.inputs.at("max_completion_len").get<std::int64_t>(),
                                     item.inputs.at("soft_punish_cache").get<std::int64_t>()));
    else {
        // TRL counts runs of tokens where the reward counts runs of words: a token becomes a word.
        const auto reward =
            makeRepetitionReward({.ngram = item.inputs.at("ngram_size").get<int>(),
                                  .maxPenalty = item.inputs.at("max_penalty").get<double>()});
        for (const json& ids : item.inputs.at("completion_ids"))
            got.push_back(
                reward->score(fmt::format("{}", fmt::join(ids.get<std::vector<int>>(), " ")), {})
                    .value);
    }
    lines.add("rewards by length and repetition", item.id, torch::tensor(got, torch::kDouble),
              item.wanted("rewards"), 1e-12);
}

} // namespace viva::losses
