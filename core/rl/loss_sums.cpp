// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/loss_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace viva {
namespace {

torch::Tensor onCpu(const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kCPU, torch::kDouble).contiguous();
}

/// Which side of its bounds a ratio is clipped at.
struct ClipBounds {
    double low;
    double high;
    double ceiling; ///< delta: hides what it has cut already
    bool inLog;     ///< compared as log ratio (Gmpo)
};

ClipBounds boundsOf(const GrpoLossConfig& config) {
    const double none = std::numeric_limits<double>::infinity();
    if (config.lossType == LossType::Gmpo)
        return {-config.epsilon, config.upperEpsilon(), none, true};
    if (config.lossType == LossType::Cispo)
        return {-none, config.upperEpsilon(), none, false};
    return {1 - config.epsilon, 1 + config.upperEpsilon(), config.delta > 0 ? config.delta : none,
            false};
}

class Summation {
public:
    Summation(const PolicyInputs& in, const GrpoLossInput& input, const GrpoLossConfig& config)
        : m_config(config), m_bounds(boundsOf(config)), m_oneColumn(in.keep.size(1) == 1),
          m_bySequence(config.ratioLevel == RatioLevel::Sequence &&
                       config.lossType != LossType::Gmpo),
          // With one column what is masked counts too, so it must not have been made 0.
          m_logProbs(onCpu(m_oneColumn ? input.logProbs : in.logProbs)),
          m_old(onCpu(m_oneColumn && input.oldLogProbs.defined() ? input.oldLogProbs
                      : m_oneColumn                              ? input.logProbs
                                                                 : in.oldLogProbs)),
          m_advantages(onCpu(in.advantages.expand_as(in.logProbs))), m_mask(onCpu(in.keepValue)) {
        if (in.offPolicy.defined())
            m_off = onCpu(in.offPolicy);
    }

    GrpoLossSums run() {
        for (std::int64_t row = 0; row < m_mask.size(0); ++row)
            addRow(row);
        return m_sums;
    }

private:
    struct Row {
        double seen = 0; ///< tokens or, by sequence, 1
        double low = 0;
        double high = 0;
    };

    void addFlags(double difference, double advantage, Row& row) const {
        const double value =
            m_bounds.inLog ? difference : std::min(std::exp(difference), m_bounds.ceiling);
        row.seen += 1;
        row.low += value < m_bounds.low && advantage < 0 ? 1 : 0;
        row.high += value > m_bounds.high && advantage > 0 ? 1 : 0;
    }

    void addRow(std::int64_t index) {
        const auto logProbs = m_logProbs.accessor<double, 2>()[index];
        const auto old = m_old.accessor<double, 2>()[index];
        const auto advantages = m_advantages.accessor<double, 2>()[index];
        const auto mask = m_mask.accessor<double, 2>()[index];
        const bool sample = !m_off.defined() || m_off.accessor<double, 2>()[index][0] == 0;
        Row row;
        double tokens = 0;
        double differences = 0;
        for (std::int64_t time = 0; time < m_mask.size(1); ++time) {
            const bool counts = mask[time] != 0;
            if (!counts && !m_oneColumn)
                continue;
            const double difference = logProbs[time] - old[time];
            if (sample && !m_bySequence)
                addFlags(difference, advantages[time], row);
            if (!counts)
                continue;
            tokens += 1;
            differences += difference;
            m_sums.klPolicy += std::exp(-difference) + difference - 1;
            m_sums.maxRatioDeviation =
                std::max(m_sums.maxRatioDeviation, std::abs(std::exp(difference) - 1));
        }
        if (sample && m_bySequence)
            addFlags(differences / std::max(tokens, 1.0), advantages[0], row);
        m_sums.tokens += tokens;
        m_sums.rows += 1;
        if (row.seen == 0)
            return;
        m_sums.clipCount += row.seen;
        m_sums.clipRows += 1;
        m_sums.lowClipped += row.low;
        m_sums.highClipped += row.high;
        m_sums.lowShareMin = std::min(m_sums.lowShareMin, row.low / row.seen);
        m_sums.highShareMax = std::max(m_sums.highShareMax, row.high / row.seen);
    }

    const GrpoLossConfig& m_config;
    ClipBounds m_bounds;
    bool m_oneColumn;
    bool m_bySequence;
    torch::Tensor m_logProbs, m_old, m_advantages, m_mask, m_off;
    GrpoLossSums m_sums;
};

MixedPolicySums mixedSums(const torch::Tensor& mask, const torch::Tensor& loss,
                          const torch::Tensor& ratio, const torch::Tensor& probability) {
    const auto sum = [&](const torch::Tensor& values) {
        return torch::where(mask, values, torch::zeros_like(values)).sum().item<double>();
    };
    return {mask.sum().item<double>(), sum(loss), sum(ratio), sum(probability)};
}

void addMixed(const PolicyInputs& in, const PolicyTerm& term, GrpoLossSums& sums) {
    const auto off = in.keep.logical_and(in.offPolicy);
    const auto on = in.keep.logical_and(in.offPolicy.logical_not());
    const auto ratio = in.ratio.detach().expand_as(in.logProbs);
    sums.on = mixedSums(on, term.unweighted.expand_as(in.logProbs), ratio, in.oldLogProbs.exp());
    sums.off = mixedSums(off, term.unweighted.expand_as(in.logProbs), term.offRatio.detach(),
                         in.logProbs.detach().exp());
    sums.sftLoss =
        -torch::where(off, in.logProbs, torch::zeros_like(in.logProbs)).sum().item<double>();
}

/// [answers, time], unmasked where there is one column.
torch::Tensor loggedKl(const PolicyInputs& in, const torch::Tensor& kl, const GrpoLossInput& input,
                       const GrpoLossConfig& config) {
    if (in.keep.size(1) > 1)
        return torch::where(in.keep, kl, torch::zeros_like(kl));
    GrpoLossInput whole = input;
    whole.logProbs = input.logProbs.detach();
    whole.mask = torch::ones_like(in.keep);
    return klTerm(policyInputs(whole, config), input.refLogProbs, config);
}

} // namespace

GrpoLossSums lossSums(const PolicyInputs& in, const PolicyTerm& term, const torch::Tensor& weighted,
                      const torch::Tensor& kl, const GrpoLossInput& input,
                      const GrpoLossConfig& config) {
    auto sums = Summation(in, input, config).run();
    const auto terms = onCpu(weighted);
    const auto* first = terms.const_data_ptr<double>();
    sums.policyLoss = std::accumulate(first, first + terms.numel(), 0.0);
    if (kl.defined()) {
        sums.kl = onCpu(loggedKl(in, kl, input, config)).sum().item<double>();
        sums.klTokens = in.keep.size(1) == 1 ? sums.rows : sums.tokens;
        if (in.offPolicy.defined() && !config.offPolicyKl)
            sums.klTokens = in.keep.logical_and(in.offPolicy.logical_not()).sum().item<double>();
    }
    if (term.vespoWeight.defined())
        sums.vespoWeight = onCpu(term.vespoWeight.mean(1)).sum().item<double>();
    if (in.offPolicy.defined())
        addMixed(in, term, sums);
    return sums;
}

} // namespace viva
