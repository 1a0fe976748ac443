// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/weighted_reward.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <cmath>

namespace viva {
namespace {

class WeightedReward final : public Reward {
public:
    WeightedReward(std::vector<WeightedPart> parts, double sum)
        : m_parts(std::move(parts)), m_sum(sum) {}

    [[nodiscard]] std::string_view name() const override { return "weighted"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        RewardBreakdown out;
        for (const WeightedPart& part : m_parts) {
            RewardBreakdown one = part.reward->score(answer, references);
            out.value += part.weight / m_sum * one.value;
            if (!out.reason.empty())
                out.reason += "; ";
            out.reason += one.reason;
            out.parts.emplace_back(std::string(part.reward->name()), one.value);
        }
        return out;
    }

private:
    std::vector<WeightedPart> m_parts;
    double m_sum;
};

} // namespace

std::unique_ptr<Reward> makeWeightedReward(std::vector<WeightedPart> parts) {
    double sum = 0;
    for (const WeightedPart& part : parts) {
        if (!std::isfinite(part.weight) || part.weight < 0)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("makeWeightedReward: the weight {} of \"{}\" is not a number "
                                    "of at least 0",
                                    part.weight, part.reward->name()));
        sum += part.weight;
    }
    if (sum <= 0)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("makeWeightedReward: the weights of {} rewards add up to {}; give "
                                "at least one a weight above 0",
                                parts.size(), sum));
    return std::make_unique<WeightedReward>(std::move(parts), sum);
}

} // namespace viva
