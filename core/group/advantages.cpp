// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/advantages.h"

#include "core/base/error.h"
#include "core/group/group_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace viva {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kZeroStd = 1e-12; ///< below this a deviation counts as 0 for its replacement
constexpr double kEqualStd = 1e-8; ///< TRL's bound for frac_reward_zero_std

using Rows = std::vector<double>;

/// The values that are numbers.
Rows present(const Rows& values) {
    Rows result;
    std::ranges::copy_if(values, std::back_inserter(result),
                         [](double value) { return !std::isnan(value); });
    return result;
}

void requireTable(const RewardTable& table) {
    const auto rewards = table.groups.empty() || table.groups.front().empty()
                             ? std::size_t{0}
                             : table.groups.front().front().size();
    for (std::size_t g = 0; g < table.groups.size(); ++g) {
        if (!table.offPolicy.empty() && (table.offPolicy.size() != table.groups.size() ||
                                         table.offPolicy[g].size() != table.groups[g].size()))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("computeAdvantages: group {} has {} answers, but not as many "
                                    "marks of who wrote them",
                                    g, table.groups[g].size()));
        for (std::size_t i = 0; i < table.groups[g].size(); ++i) {
            const auto& row = table.groups[g][i];
            if (row.size() != rewards ||
                (!table.weights.empty() && table.weights.size() != rewards))
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("computeAdvantages: answer {} of group {} has {} rewards, "
                                        "the first has {} and there are {} weights",
                                        i, g, row.size(), rewards, table.weights.size()));
            const auto bad = std::ranges::find_if(row, [](double r) { return std::isinf(r); });
            if (bad != row.end())
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("computeAdvantages: a reward of answer {} of group {} is "
                                        "{}; rewards must be finite numbers",
                                        i, g, *bad));
        }
    }
}

/// sum_k w_k r_k over the rewards that apply; NaN when none does.
double weightedSum(const Rows& rewards, const Rows& weights) {
    double sum = 0;
    bool any = false;
    for (std::size_t k = 0; k < rewards.size(); ++k)
        if (!std::isnan(rewards[k])) {
            sum += (weights.empty() ? 1.0 : weights[k]) * rewards[k];
            any = true;
        }
    return any ? sum : kNone;
}

class Calculation {
public:
    Calculation(const RewardTable& table, const AdvantageConfig& config)
        : m_table(table), m_config(config) {}

    StepAdvantages run() {
        for (const auto& rows : m_table.groups) {
            GroupAdvantages group;
            for (const auto& rewards : rows)
                group.totals.push_back(weightedSum(rewards, m_table.weights));
            const Rows values = present(group.totals);
            group.mean = meanOf(values);
            group.deviation = deviationOf(values, m_config.deviation);
            group.zeroVariance = allEqual(values);
            group.advantages.assign(rows.size(), 0.0);
            m_result.groups.push_back(std::move(group));
        }
        if (m_config.aggregation == RewardAggregation::NormalizeThenSum)
            normalizeThenSum();
        else
            sumThenNormalize();
        return std::move(m_result);
    }

private:
    /// What mean and deviation of a group are taken from; never empty while any row is scored.
    [[nodiscard]] Rows baseline(std::size_t group, const Rows& values) const {
        Rows kept;
        if (m_config.baseline == AdvantageBaseline::OnPolicy && !m_table.offPolicy.empty())
            for (std::size_t i = 0; i < values.size(); ++i)
                if (!m_table.offPolicy[group][i])
                    kept.push_back(values[i]);
        kept = present(kept);
        return kept.empty() ? present(values) : kept;
    }

    [[nodiscard]] double divisor(double deviation) const {
        double spread = std::max(deviation, m_config.floor);
        if (m_config.zeroStdReplacement > 0 && spread < kZeroStd)
            spread = m_config.zeroStdReplacement;
        return spread + m_config.eps;
    }

    void sumThenNormalize() {
        Rows all;
        double zeroGroups = 0;
        for (std::size_t g = 0; g < m_result.groups.size(); ++g) {
            const auto& totals = m_result.groups[g].totals;
            const Rows base = baseline(g, totals);
            all.insert(all.end(), base.begin(), base.end());
            zeroGroups += present(totals).size() > 1 && m_result.groups[g].deviation <= kEqualStd;
        }
        const bool batch = m_config.scale == ScaleRewards::Batch;
        const double ofBatch = batch ? deviationOf(all, m_config.deviation) : 0.0;
        for (std::size_t g = 0; g < m_result.groups.size(); ++g)
            scaleGroup(g, ofBatch);
        if (batch)
            m_result.fracRewardZeroStd = all.size() > 1 && ofBatch <= kEqualStd ? 1 : 0;
        else if (!m_result.groups.empty())
            m_result.fracRewardZeroStd = zeroGroups / static_cast<double>(m_result.groups.size());
    }

    void scaleGroup(std::size_t index, double ofBatch) {
        auto& group = m_result.groups[index];
        if (group.zeroVariance)
            return;
        const Rows base = baseline(index, group.totals);
        const double mean = meanOf(base);
        double by = 1.0;
        if (m_config.scale != ScaleRewards::None)
            by = divisor(m_config.scale == ScaleRewards::Batch
                             ? ofBatch
                             : deviationOf(base, m_config.deviation));
        for (std::size_t i = 0; i < group.totals.size(); ++i)
            if (!std::isnan(group.totals[i]))
                group.advantages[i] = (group.totals[i] - mean) / by;
    }

    /// Each reward of each answer by its own group; NaN where it has no deviation.
    [[nodiscard]] std::vector<Rows> scaledByGroup(std::size_t index) const {
        auto rows = m_table.groups[index];
        const auto rewards = rows.empty() ? std::size_t{0} : rows.front().size();
        for (std::size_t k = 0; k < rewards; ++k) {
            Rows column;
            for (const auto& row : rows)
                column.push_back(row[k]);
            const Rows base = baseline(index, column);
            const double mean = meanOf(base);
            const double by = divisor(deviationOf(base, m_config.deviation));
            const bool flat = allEqual(present(column));
            for (auto& row : rows)
                row[k] = base.size() < 2 ? kNone : flat ? row[k] * 0.0 : (row[k] - mean) / by;
        }
        return rows;
    }

    void normalizeThenSum() {
        std::vector<Rows> sums;
        Rows all;
        for (std::size_t g = 0; g < m_table.groups.size(); ++g) {
            const auto scaled = scaledByGroup(g);
            auto& row = sums.emplace_back();
            for (std::size_t i = 0; i < scaled.size(); ++i) {
                const double sum = weightedSum(scaled[i], m_table.weights);
                // A row whose rewards all lack a deviation still takes part, with 0.
                row.push_back(std::isnan(m_result.groups[g].totals[i]) ? kNone
                              : std::isnan(sum)                        ? 0.0
                                                                       : sum);
            }
            const Rows values = present(row);
            all.insert(all.end(), values.begin(), values.end());
        }
        const double mean = meanOf(all);
        const double deviation = deviationOf(all, m_config.deviation);
        m_result.fracRewardZeroStd = all.size() > 1 && deviation <= kEqualStd ? 1 : 0;
        if (all.size() < 2 || allEqual(all))
            return;
        for (std::size_t g = 0; g < sums.size(); ++g)
            for (std::size_t i = 0; i < sums[g].size(); ++i)
                if (!std::isnan(sums[g][i]))
                    m_result.groups[g].advantages[i] = (sums[g][i] - mean) / divisor(deviation);
    }

    const RewardTable& m_table;
    const AdvantageConfig& m_config;
    StepAdvantages m_result;
};

} // namespace

StepAdvantages computeAdvantages(const RewardTable& table, const AdvantageConfig& config) {
    requireTable(table);
    return Calculation(table, config).run();
}

std::vector<GroupAdvantages> computeAdvantages(std::span<const std::vector<double>> rewardsByGroup,
                                               const AdvantageConfig& config) {
    RewardTable table;
    for (std::size_t group = 0; group < rewardsByGroup.size(); ++group) {
        auto& rows = table.groups.emplace_back();
        for (const double reward : rewardsByGroup[group]) {
            if (std::isnan(reward))
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("computeAdvantages: reward {} of group {} is {}; rewards "
                                        "must be finite numbers",
                                        rows.size(), group, reward));
            rows.push_back({reward});
        }
    }
    return computeAdvantages(table, config).groups;
}

} // namespace viva
