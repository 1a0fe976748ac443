// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/leaf.h"
#include "core/rewards/length_rewards.h"
#include "core/train/grpo/metrics.h"
#include "core/verify/losses/trainer_step_torch.h"

#include <fmt/ranges.h>

namespace viva::losses {
namespace {

/// As the trainer charts them; with a cross entropy also what it stands in for.
std::map<std::string, double> metricsOf(const GrpoLossSums& sums, const TrainConfig& config,
                                        bool imitated) {
    std::map<std::string, double> metrics;
    for (const bool kind : {false, imitated})
        for (const auto& [name, value] : mixedLossMetrics(sums, kind))
            if (sums.off.tokens > 0 || name.starts_with("on_"))
                metrics[name] = value;
    if (config.loss.beta != 0)
        metrics["kl"] = klMetric(sums);
    return metrics;
}

void compareObjective(const LossCase& item, const TrainerStep& step, const torch::Tensor& old,
                      LossLines& lines) {
    const AnswerScores scores{item.tensor("per_token_logps").requires_grad_(), {}};
    OldScores before{old, {}};
    if (step.config.loss.beta != 0)
        before.reference = item.tensor("ref_per_token_logps");
    const auto input = lossInput(step.batches().front(), step.weighed.batches.front().front(), {},
                                 scores, before, step.config);
    const auto result = grpoLoss(input, step.config.loss);
    result.loss.backward();
    lines.add("mixed-policy losses", item.id, result.loss.item<double>(),
              numberOf(item.outputs.at("loss")), item.tolerance());
    lines.add("mixed-policy gradients", item.id, scores.logProbs.grad(),
              item.wanted("grad_per_token_logps"), item.tolerance());
    const auto metrics = metricsOf(result.sums, step.config, input.sftTokenWeight.has_value());
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

void verifyMixed(const LossCase& item, LossLines& lines) {
    // References beside the group get no advantage in training; the formula has one for them too.
    lines.add("mixed-policy advantages", item.id, mixedStep(item, "mp_grpo").advantages(),
              item.wanted("advantages"), item.tolerance());
    compareObjective(item, mixedStep(item, item.isNull("sft_coef") ? "mp_grpo" : "rl_sft"),
                     item.tensor("old_per_token_logps"), lines);
}

void verifyLeaf(const LossCase& item, LossLines& lines) {
    const auto step = leafStep(item);
    std::vector<std::vector<LeafAnswer>> prompts;
    for (const json& prompt : item.inputs.at("prompts"))
        prompts.push_back(leafAnswers(prompt));
    compareSpans(item, leafAdvantages(prompts, step.config.leaf), lines);
    lines.add("LEAF token advantages", item.id, step.weighed.batches.front().front().advantages,
              item.wanted("token_advantages"), item.tolerance());
    compareObjective(item, step, item.tensor("per_token_logps").detach(), lines);
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
