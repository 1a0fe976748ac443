// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/log_probs.h"
#include "core/train/grpo/metrics.h"
#include "core/verify/losses/trainer_step_torch.h"

#include <algorithm>
#include <limits>

namespace viva::losses {
namespace {

/// What TRL computes in single precision whatever the model's type.
constexpr double kMetricScale = 2;

/// One optimiser step of TRL's trainer, from the fields of its case, through the trainer's phases.
class StepVerifier {
public:
    StepVerifier(const LossCase& item, EntropyControl& control, LossLines& lines)
        : m_case(item), m_control(control), m_lines(lines), m_step(trlStep(item)) {}

    void run() {
        m_lines.add("advantages", m_case.id, m_step.advantages(), m_case.wanted("advantages"),
                    tolerance());
        m_metrics = groupCurves(m_case, m_step);
        if (m_case.outputs.contains("loss")) {
            prepare();
            differentiate();
        }
        compareMetrics();
    }

private:
    [[nodiscard]] double tolerance() const { return m_case.tolerance(); }

    /// One value a micro-batch, in one tensor.
    template<typename Pick>
    [[nodiscard]] torch::Tensor joined(const Pick& pick) const {
        std::vector<torch::Tensor> parts;
        for (std::size_t i = 0; i < m_step.batches().size(); ++i)
            parts.push_back(pick(i));
        return torch::cat(parts);
    }

    void prepare() {
        m_mask = joined([&](std::size_t i) { return m_step.weighed.batches.front()[i].mask; });
        m_lines.add("loss masks", m_case.id, m_mask, m_case.wanted("loss_mask"), 0);
        m_lines.add("tokens of the generation", m_case.id, m_mask.sum().item<double>(),
                    numberOf(m_case.outputs.at("num_items_in_batch")), 0);
        const bool fromLogits = m_case.inputs.contains("logits");
        m_leaf = m_case.tensor(fromLogits ? "logits" : "per_token_logps").requires_grad_();
        if (fromLogits) {
            scoreLogits();
        } else {
            m_logProbs = m_leaf;
            m_entropyLeaf = m_case.tensor("entropies").requires_grad_();
            m_entropy = m_entropyLeaf;
        }
        if (m_step.config.sampler.correction)
            correctSampler();
    }

    void correctSampler() {
        const auto old = m_case.tensor("old_per_token_logps");
        SamplerMeans means;
        for (std::size_t i = 0; i < m_step.batches().size(); ++i)
            means.add(m_step.batches()[i], m_step.weighed.batches.front()[i].mask,
                      m_step.rowsOf(old, i), m_step.config.sampler);
        for (const auto& [name, value] : means.metrics())
            m_metrics[name] = {value};
    }

    void scoreLogits() {
        const double temperature = m_case.number("temperature", 1);
        const auto ids = tensorOf(m_case.inputs.at("completion_ids"), torch::kInt64);
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

    void differentiate() {
        UpdateEntropy entropy = entropyOf();
        torch::Tensor total;
        std::vector<double> losses;
        std::vector<torch::Tensor> ratios;
        double entropySum = 0;
        for (std::size_t i = 0; i < m_step.batches().size(); ++i) {
            if (!isOfUpdate(i))
                continue;
            const auto input = inputOf(i, entropy.batches.front()[i]);
            ratios.push_back(input.samplerRatio);
            entropySum += keptEntropy(i, entropy.batches.front()[i]);
            const auto result = grpoLoss(input, m_step.config.loss);
            log(i, result);
            losses.push_back(result.loss.item<double>());
            total = total.defined() ? total + result.loss : result.loss;
        }
        if (m_step.config.sampler.correction)
            m_lines.add("sampler ratios", m_case.id, torch::cat(ratios),
                        m_case.wanted("importance_sampling_ratio"), tolerance());
        total.backward();
        compare(total, losses);
        if (m_control.active())
            finishEntropy(entropySum, entropy.tokens);
    }

    [[nodiscard]] bool isOfUpdate(std::size_t i) const {
        return m_step.batches()[i].batch.update == m_step.update;
    }

    [[nodiscard]] UpdateEntropy entropyOf() const {
        PerMicroBatch<torch::Tensor> entropies(1);
        for (std::size_t i = 0; i < m_step.batches().size(); ++i)
            entropies.front().push_back(m_step.rowsOf(m_entropy.detach(), i));
        return entropyTerms(m_step.weighed, m_step.rollouts, entropies,
                            {.update = m_step.update,
                             .quantile = m_step.config.topEntropyQuantile,
                             .bonus = m_control.active(),
                             .coefficient = m_control.acting(),
                             .updates = m_step.plan.updates});
    }

    [[nodiscard]] GrpoLossInput inputOf(std::size_t i, const EntropyTerms& terms) const {
        const AnswerScores scores{m_step.rowsOf(m_logProbs, i), m_step.rowsOf(m_entropy, i)};
        OldScores before{m_step.rowsOf(m_case.tensor("old_per_token_logps"), i), {}};
        if (m_step.config.loss.beta != 0)
            before.reference = m_step.rowsOf(m_case.tensor("ref_per_token_logps"), i);
        auto input = lossInput(m_step.batches()[i], m_step.weighed.batches.front()[i], terms,
                               scores, before, m_step.config);
        // TRL's off-policy mask reads the sampler's log-probs also where nothing is corrected.
        input.samplerLogProbs = m_step.batches()[i].samplerLogProbs;
        return input;
    }

    [[nodiscard]] double keptEntropy(std::size_t i, const EntropyTerms& terms) const {
        const auto& mask = m_step.weighed.batches.front()[i].mask;
        return m_step.rowsOf(m_entropy, i)
            .detach()
            .masked_select(terms.mask.defined() ? terms.mask
                                                : sampleMask(m_step.batches()[i], mask))
            .sum()
            .item<double>();
    }

    /// What the trainer charts, of one micro-batch: TRL takes the mean over these.
    void log(std::size_t i, const GrpoLossResult& result) {
        const auto& sums = result.sums;
        const auto type = m_step.config.loss.lossType;
        for (const auto& [name, value] : clipMetrics(sums, type))
            m_metrics[name].push_back(value);
        if (m_step.config.loss.beta != 0)
            m_metrics["kl"].push_back(klMetric(sums));
        // TRL counts what is masked too where there is one column.
        const auto& mask = m_step.weighed.batches.front()[i].mask;
        TokenMeans means;
        means.add(m_step.batches()[i], mask.size(1) == 1 ? torch::ones_like(mask) : mask,
                  m_step.rowsOf(m_logProbs, i).detach().to(torch::kFloat),
                  m_step.rowsOf(m_entropy, i).detach().to(torch::kFloat));
        m_metrics["entropy"].push_back(means.entropy());
        if (!m_control.active())
            return;
        const bool byTokens =
            type == LossType::Dapo || type == LossType::Cispo || type == LossType::Vespo;
        const double loss = result.loss.item<double>() + sums.entropyBonus;
        m_metrics["policy_loss"].push_back(loss *
                                           (byTokens ? 1 : m_step.plan.microBatchesPerUpdate));
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
    TrainerStep m_step;
    Curves m_metrics;
    torch::Tensor m_mask; ///< of all rows
    torch::Tensor m_leaf, m_entropyLeaf, m_logProbs, m_entropy;
};

} // namespace

void verifyTrainerSteps(std::vector<LossCase>& steps, LossLines& lines) {
    EntropyControl control(trlStep(steps.front()).config.entropy);
    for (const auto& step : steps)
        StepVerifier(step, control, lines).run();
}

} // namespace viva::losses
