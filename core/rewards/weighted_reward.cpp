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
        const std::vector<std::string> answers{std::string(answer)};
        const std::vector<std::vector<std::string>> all{{references.begin(), references.end()}};
        return std::move(scoreAll(answers, all).front());
    }

    [[nodiscard]] std::vector<RewardBreakdown>
    scoreAll(std::span<const std::string> answers,
             std::span<const std::vector<std::string>> references) const override {
        requireSameCount(name(), answers, references);
        std::vector<RewardBreakdown> out(answers.size());
        for (const WeightedPart& part : m_parts) {
            const auto scores = part.reward->scoreAll(answers, references);
            for (std::size_t i = 0; i < out.size(); ++i) {
                out[i].value += part.weight / m_sum * scores[i].value;
                out[i].reason += (out[i].reason.empty() ? "" : "; ") + scores[i].reason;
                out[i].parts.emplace_back(std::string(part.reward->name()), scores[i].value);
            }
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
