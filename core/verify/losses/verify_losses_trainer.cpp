// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/log_probs.h"
#include "core/rl/entropy.h"
#include "core/rl/grpo_loss.h"
#include "core/rl/sampler_correction.h"
#include "core/verify/losses/loss_case_torch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace viva::losses {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
/// What TRL computes in single precision whatever the model's type.
constexpr double kMetricScale = 2;

struct Batching {
    std::int64_t rows;   ///< of a micro-batch
    double accumulation; ///< micro-batches the update is made of
    double stepsPerGeneration;
    std::vector<std::int64_t> microBatches;
};

/// One optimiser step of a trainer, from the fields of its case.
class StepVerifier {
public:
    StepVerifier(const LossCase& item, EntropyControl& control, LossLines& lines)
        : m_case(item), m_control(control), m_lines(lines) {}

    void run() {
        m_advantages = verifyAdvantages(m_case, m_lines, m_metrics);
        m_lengths = lengthCurves(m_case, m_metrics);
        if (m_case.outputs.contains("loss")) {
            prepare();
            differentiate();
        }
        compareMetrics();
    }

private:
    [[nodiscard]] const json& input(const char* name) const { return m_case.inputs.at(name); }
    [[nodiscard]] double tolerance() const { return m_case.tolerance(); }
    [[nodiscard]] bool gmpo() const { return m_case.trainer == "GMPOTrainer"; }

    void prepare() {
        auto mask = lengthMask(m_lengths);
        if (const auto holes = m_case.tensor("tool_mask"); holes.defined())
            mask = mask.logical_and(holes.gt(0));
        if (m_case.flag("mask_truncated_completions")) {
            const auto cut = tensorOf(input("truncated"), torch::kDouble).gt(0);
            mask = mask.logical_and(cut.logical_not().unsqueeze(1));
        }
        m_mask = mask;
        m_items = mask.sum().item<double>();
        m_lines.add("loss masks", m_case.id, mask, m_case.wanted("loss_mask"), 0);
        m_lines.add("tokens of the generation", m_case.id, m_items,
                    numberOf(m_case.outputs.at("num_items_in_batch")), 0);
        correctSampler();
        m_leaf = m_case.tensor(m_case.inputs.contains("logits") ? "logits" : "per_token_logps")
                     .requires_grad_();
        if (m_case.inputs.contains("logits"))
            fromLogits();
        else {
            m_logProbs = m_leaf;
            m_entropyLeaf = m_case.tensor("entropies").requires_grad_();
            m_entropy = m_entropyLeaf;
        }
    }

    void correctSampler() {
        m_sampler = m_case.tensor("sampling_per_token_logps");
        if (!input("sampler_correction").get<bool>())
            return;
        const double inf = std::numeric_limits<double>::infinity();
        const auto mode = m_case.text("vllm_importance_sampling_mode");
        const SamplerCorrectionConfig config{
            true, choiceFromName<SamplerCorrection>("vllm_importance_sampling_mode", mode),
            m_case.number("vllm_importance_sampling_clip_min", -inf),
            m_case.number("vllm_importance_sampling_clip_max", inf)};
        const auto old = m_case.tensor("old_per_token_logps");
        m_ratio = samplerRatio(old, m_sampler, m_mask, config);
        m_lines.add("sampler ratios", m_case.id, m_ratio,
                    m_case.wanted("importance_sampling_ratio"), tolerance());
        const auto gaps = (old - m_sampler).abs().to(torch::kDouble);
        const auto known = gaps.masked_select(m_mask.logical_and(gaps.isnan().logical_not()));
        const auto flat =
            (m_ratio.size(1) == 1 && mode.starts_with("sequence") ? m_ratio.flatten()
                                                                  : m_ratio.masked_select(m_mask))
                .to(torch::kDouble);
        const std::string name = "sampling/importance_sampling_ratio/";
        m_metrics["sampling/sampling_logp_difference/mean"] = {known.mean().item<double>()};
        m_metrics["sampling/sampling_logp_difference/max"] = {known.max().item<double>()};
        m_metrics[name + "min"] = {flat.min().item<double>()};
        m_metrics[name + "mean"] = {flat.mean().item<double>()};
        m_metrics[name + "max"] = {flat.max().item<double>()};
    }

    void fromLogits() {
        const double temperature = m_case.number("temperature", 1);
        const auto ids = tensorOf(input("completion_ids"), torch::kInt64);
        const auto all = torch::log_softmax(m_leaf / temperature, -1);
        m_logProbs = all.gather(-1, ids.unsqueeze(-1)).squeeze(-1) * m_mask;
        m_entropy = -(all.exp() * all).sum(-1) * m_mask;
        m_lines.add("log-probs from logits", m_case.id, m_logProbs,
                    m_case.wanted("per_token_logps"), tolerance());
        m_lines.add("entropies from logits", m_case.id, m_entropy, m_case.wanted("entropies"),
                    tolerance());
        // The same through what training uses, which is single precision.
        const auto vocab = m_leaf.size(-1);
        torch::Tensor entropy;
        const auto hidden = m_leaf.detach().to(torch::kFloat).reshape({-1, vocab});
        const auto logProbs =
            tokenLogProbs(hidden, torch::eye(vocab), ids.flatten(), 1 / temperature, 0, &entropy);
        m_lines.add("log-probs by the training's kernel", m_case.id,
                    logProbs.view(m_mask.sizes()) * m_mask, m_case.wanted("per_token_logps"), 1e-5);
        m_lines.add("entropies by the training's kernel", m_case.id,
                    entropy.view(m_mask.sizes()) * m_mask, m_case.wanted("entropies"), 1e-5);
    }

    [[nodiscard]] Batching batching() const {
        const json& b = input("batching");
        if (!m_case.training)
            return {static_cast<std::int64_t>(m_lengths.size()), 1, 1, {0}};
        return {b.at("per_device_train_batch_size").get<std::int64_t>(),
                b.at("current_gradient_accumulation_steps").get<double>(),
                b.at("steps_per_generation").get<double>(),
                b.at("micro_batches").get<std::vector<std::int64_t>>()};
    }

    [[nodiscard]] GrpoLossConfig lossConfig() const {
        GrpoLossConfig config;
        config.lossType = gmpo() ? LossType::Gmpo
                                 : choiceFromName<LossType>("loss_type", m_case.text("loss_type"));
        config.epsilon = gmpo() && !input("options").contains("epsilon")
                             ? m_case.number("gmpo_epsilon", 0.4)
                             : m_case.number("epsilon");
        config.epsilonHigh = m_case.number("epsilon_high", config.epsilon);
        if (!m_case.isNull("delta"))
            config.delta = m_case.number("delta");
        config.beta = m_case.number("beta");
        config.unbiasedKl = m_case.flag("use_bias_correction_kl");
        config.ratioLevel = choiceFromName<RatioLevel>("importance_sampling_level",
                                                       m_case.text("importance_sampling_level"));
        if (!m_case.isNull("off_policy_mask_threshold"))
            config.offPolicyMaskThreshold = m_case.number("off_policy_mask_threshold");
        config.sapoTemperaturePos = m_case.number("sapo_temperature_pos");
        config.sapoTemperatureNeg = m_case.number("sapo_temperature_neg");
        config.vespoKPos = m_case.number("vespo_k_pos");
        config.vespoLambdaPos = m_case.number("vespo_lambda_pos");
        config.vespoKNeg = m_case.number("vespo_k_neg");
        config.vespoLambdaNeg = m_case.number("vespo_lambda_neg");
        return config;
    }

    void differentiate() {
        const auto plan = batching();
        const auto config = lossConfig();
        torch::Tensor total;
        std::vector<double> micro;
        double entropySum = 0;
        double entropyTokens = 0;
        for (const auto index : plan.microBatches) {
            const auto cut = [&](const torch::Tensor& tensor) {
                return tensor.defined()
                           ? tensor.slice(0, index * plan.rows, (index + 1) * plan.rows)
                           : tensor;
            };
            auto batch = microBatch(plan, config, cut);
            const auto kept = batch.entropyMask.defined() ? batch.entropyMask : cut(m_mask);
            entropyTokens += kept.sum().item<double>();
            entropySum += cut(m_entropy).detach().masked_select(kept).sum().item<double>();
            const auto result = grpoLoss(batch, config);
            log(config, plan, result, cut);
            micro.push_back(result.loss.item<double>());
            total = total.defined() ? total + result.loss : result.loss;
        }
        total.backward();
        compare(total, micro);
        if (m_control.active())
            finishEntropy(entropySum, entropyTokens);
    }

    template<typename Cut>
    [[nodiscard]] GrpoLossInput microBatch(const Batching& plan, const GrpoLossConfig& config,
                                           const Cut& cut) const {
        GrpoLossInput batch;
        batch.logProbs = cut(m_logProbs);
        batch.oldLogProbs = cut(m_case.tensor("old_per_token_logps"));
        batch.mask = cut(m_mask);
        batch.advantages = cut(m_advantages);
        batch.samplerRatio = cut(m_ratio);
        batch.samplerLogProbs = cut(m_sampler);
        if (config.beta != 0)
            batch.refLogProbs = cut(m_case.tensor("ref_per_token_logps"));
        const double quantile = m_case.number("top_entropy_quantile", 1);
        if (quantile < 1)
            batch.entropyMask = highEntropyMask(cut(m_entropy), batch.mask, quantile);
        std::vector<AnswerShare> shares;
        const auto perRow = batch.mask.sum(1);
        for (std::int64_t row = 0; row < perRow.size(0); ++row)
            shares.push_back({perRow[row].item<std::int64_t>(), 0});
        const LossNormaliser normaliser{
            .type = config.lossType,
            .maxCompletionLength =
                static_cast<std::int64_t>(m_case.number("max_completion_length")),
            .tokens = std::max(m_items, 1.0) * plan.accumulation / plan.stepsPerGeneration,
            .microBatches = plan.accumulation};
        batch.weights = torch::tensor(answerWeights(normaliser, shares), torch::kDouble);
        if (m_control.active()) {
            const auto kept = batch.entropyMask.defined() ? batch.entropyMask : batch.mask;
            const double tokens = std::max(kept.sum().template item<double>(), 1.0);
            batch.entropy = cut(m_entropy);
            batch.entropyWeights =
                torch::full_like(batch.weights, m_control.acting() / tokens / plan.accumulation);
        }
        return batch;
    }

    template<typename Cut>
    void log(const GrpoLossConfig& config, const Batching& plan, const GrpoLossResult& result,
             const Cut& cut) {
        const auto& sums = result.sums;
        const double clips = std::max(sums.clipCount, 1.0);
        const auto type = config.lossType;
        if (type == LossType::Cispo)
            m_metrics["cispo_clip_ratio"].push_back(sums.highClipped / clips);
        else if (type == LossType::Vespo)
            m_metrics["vespo/phi_seq_mean"].push_back(sums.vespoWeight / sums.rows);
        else if (type != LossType::Sapo) {
            m_metrics["clip_ratio/low_mean"].push_back(sums.lowClipped / clips);
            m_metrics["clip_ratio/high_mean"].push_back(sums.highClipped / clips);
            m_metrics["clip_ratio/region_mean"].push_back((sums.lowClipped + sums.highClipped) /
                                                          clips);
            const bool any = sums.clipRows > 0;
            m_metrics["clip_ratio/low_min"].push_back(any ? sums.lowShareMin : kMissing);
            m_metrics["clip_ratio/high_max"].push_back(any ? sums.highShareMax : kMissing);
        }
        if (config.beta != 0)
            m_metrics["kl"].push_back(sums.kl / std::max(sums.klTokens, 1.0));
        const auto mask = cut(m_mask);
        const auto entropy = cut(m_entropy).detach().to(torch::kDouble);
        m_metrics["entropy"].push_back(
            mask.size(1) == 1 ? entropy.mean().template item<double>()
                              : entropy.masked_select(mask).sum().template item<double>() /
                                    std::max(sums.tokens, 1.0));
        if (m_control.active()) {
            const bool byTokens =
                type == LossType::Dapo || type == LossType::Cispo || type == LossType::Vespo;
            const double loss = result.loss.template item<double>() + sums.entropyBonus;
            m_metrics["policy_loss"].push_back(loss * (byTokens ? 1 : plan.accumulation));
        }
    }

    void finishEntropy(double sum, double tokens) {
        m_control.finish(sum, tokens);
        if (m_case.training)
            m_metrics["entropy_coef"] = {m_control.state().coefficient};
        if (!m_case.outputs.contains("entropy_coef_after"))
            return;
        m_lines.add("adaptive entropy coefficients", m_case.id, m_control.state().coefficient,
                    numberOf(m_case.outputs.at("entropy_coef_after")), tolerance());
        m_lines.add("entropies of a step", m_case.id, m_control.state().measured,
                    numberOf(m_case.outputs.at("window_entropy")), tolerance());
    }

    void compare(const torch::Tensor& total, const std::vector<double>& micro) {
        const auto gradient = [](const torch::Tensor& leaf) {
            return leaf.grad().defined() ? leaf.grad() : torch::zeros_like(leaf);
        };
        m_lines.add("losses", m_case.id, total.item<double>(), numberOf(m_case.outputs.at("loss")),
                    tolerance());
        m_lines.add("losses of micro-batches", m_case.id, torch::tensor(micro, torch::kDouble),
                    m_case.wanted("micro_losses"), tolerance());
        if (m_case.inputs.contains("logits"))
            m_lines.add("gradients of logits", m_case.id, gradient(m_leaf),
                        m_case.wanted("grad_logits"), tolerance());
        else
            m_lines.add("gradients of log-probs", m_case.id, gradient(m_leaf),
                        m_case.wanted("grad_per_token_logps"), tolerance());
        if (m_entropyLeaf.defined()) {
            const auto got = gradient(m_entropyLeaf);
            m_lines.add("gradients of entropies", m_case.id, got,
                        m_case.outputs.contains("grad_entropies")
                            ? m_case.wanted("grad_entropies")
                            : torch::zeros_like(got, torch::kDouble),
                        tolerance());
        }
    }

    void compareMetrics() {
        const std::string prefix = m_case.training ? "" : "eval_";
        const json& wanted = m_case.outputs.at("metrics");
        bool sameNames = wanted.size() == m_metrics.size();
        for (const auto& [name, values] : m_metrics) {
            if (!wanted.contains(prefix + name)) {
                sameNames = false;
                continue;
            }
            m_lines.add("curves", m_case.id + " " + name, meanOfPresent(values),
                        numberOf(wanted.at(prefix + name)), tolerance() * kMetricScale);
        }
        m_lines.add("names of curves", m_case.id, sameNames);
    }

    const LossCase& m_case;
    EntropyControl& m_control;
    LossLines& m_lines;
    Curves m_metrics;
    std::vector<std::int64_t> m_lengths;
    torch::Tensor m_advantages, m_mask, m_sampler, m_ratio;
    torch::Tensor m_leaf, m_entropyLeaf, m_logProbs, m_entropy;
    double m_items = 0;
};

} // namespace

void verifyTrainerSteps(std::vector<LossCase>& steps, LossLines& lines) {
    const auto& first = steps.front();
    EntropyControl control({.coefficient = first.number("entropy_coef"),
                            .adaptive = first.flag("use_adaptive_entropy"),
                            .minimum = first.number("entropy_coef_min"),
                            .maximum = first.number("entropy_coef_max"),
                            .delta = first.number("entropy_coef_delta"),
                            .target = first.number("entropy_target")});
    for (const auto& step : steps)
        StepVerifier(step, control, lines).run();
}

} // namespace viva::losses
