// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/health.h"

#include "ui/models/format.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace viva {

namespace {

constexpr std::size_t kWindow = 10; ///< steps that count as "now"
constexpr std::size_t kEnough = 5;  ///< steps before anything but a plain fault is said
constexpr double kTiny = 1e-6;

/// One metric's last steps and those before them.
class Recent {
public:
    Recent(const RunHistory& history, const std::string& metric)
        : m_values(history.values(metric)) {}

    [[nodiscard]] bool known() const { return !m_values.empty(); }
    [[nodiscard]] double mean() const { return meanOf(tail(kWindow), m_values.size()); }
    [[nodiscard]] double least() const {
        double low = INFINITY;
        for (std::size_t row = tail(kWindow); row < m_values.size(); ++row)
            low = std::min(low, m_values[row]);
        return low;
    }
    [[nodiscard]] double largestSize() const {
        double high = 0;
        for (std::size_t row = tail(kWindow); row < m_values.size(); ++row)
            high = std::max(high, std::abs(m_values[row]));
        return high;
    }
    [[nodiscard]] bool anyNan() const {
        return std::any_of(m_values.begin() + static_cast<std::ptrdiff_t>(tail(kWindow)),
                           m_values.end(), [](double value) { return std::isnan(value); });
    }
    /// Mean of the best stretch of a window before the present one.
    [[nodiscard]] double bestBefore() const {
        double best = -INFINITY;
        if (m_values.size() < 2 * kWindow)
            return best;
        for (std::size_t end = kWindow; end + kWindow <= m_values.size(); ++end)
            best = std::max(best, meanOf(end - kWindow, end));
        return best;
    }
    [[nodiscard]] double first() const { return meanOf(0, std::min(kWindow, m_values.size())); }

private:
    [[nodiscard]] std::size_t tail(std::size_t count) const {
        return m_values.size() > count ? m_values.size() - count : 0;
    }
    [[nodiscard]] double meanOf(std::size_t begin, std::size_t end) const {
        double sum = 0;
        std::size_t count = 0;
        for (std::size_t row = begin; row < end; ++row) {
            if (std::isfinite(m_values[row])) {
                sum += m_values[row];
                ++count;
            }
        }
        return count > 0 ? sum / static_cast<double>(count) : 0;
    }

    const std::vector<double>& m_values;
};

using Sentences = std::vector<HealthSentence>;

void faults(const RunHistory& history, Sentences& out) {
    if (Recent(history, "kl").anyNan() && history.latest("kl"))
        out.push_back(
            {"kl-nan", HealthLevel::Bad,
             tr("KL is not a number: every answer of a step was masked. Raise the longest "
                "answer, or do not leave out cut-off answers."),
             tr("A mean over no tokens has no value; the step teaches nothing."), "kl"});
    const Recent length(history, "completions/mean_length");
    const Recent reward(history, "reward");
    const Recent gradient(history, "grad_norm");
    if (reward.known() && reward.largestSize() < kTiny && gradient.largestSize() < kTiny &&
        length.known() && length.mean() < 1.5) {
        out.push_back(
            {"no-audio", HealthLevel::Bad,
             tr("Answers are empty and reward, loss and gradient are 0: the sound may not "
                "have reached the model. Check the clips and the base model."),
             tr("A model that hears nothing ends its answer at once."), "length"});
    }
    const Recent cut(history, "completions/clipped_ratio");
    if (cut.known() && cut.least() > 0.999 && history.size() >= 2) {
        out.push_back(
            {"all-cut", HealthLevel::Bad,
             tr("No answer ends: all reach the length limit. Raise the longest answer, or "
                "check that prompt template and model belong together."),
             tr("An answer without an end is scored as it stands and learns no ending."), "cut"});
    } else if (cut.known() && cut.mean() > 0.3 && history.size() >= kEnough) {
        out.push_back({"many-cut", HealthLevel::Warning,
                       tr("%1 of the answers reach the length limit. Raise the longest answer.")
                           .arg(formatPercent(cut.mean())),
                       tr("Cut answers lose reward for what they could not say."), "cut"});
    }
}

void learning(const RunHistory& history, Sentences& out) {
    if (history.size() < kEnough)
        return;
    const Recent reward(history, "reward");
    const Recent kl(history, "kl");
    const Recent entropy(history, "entropy");
    const double best = reward.bestBefore();
    const bool fell = best > 0.05 && reward.mean() < 0.35 * best;
    const bool jumped = kl.mean() > 3 * std::max(kl.first(), 0.01) ||
                        (entropy.first() > 0 && entropy.mean() > 2 * entropy.first());
    if (fell && jumped) {
        out.push_back(
            {"collapse", HealthLevel::Bad,
             tr("Collapse: reward fell from %1 to %2 while KL or entropy jumped. Stop, go "
                "back to a checkpoint, lower the learning rate or raise beta.")
                 .arg(formatNumber(best), formatNumber(reward.mean())),
             tr("The policy left the region where its answers made sense."), "kl"});
    }
    const Recent alike(history, "frac_reward_zero_std");
    if (!alike.known())
        return;
    const Recent gradient(history, "grad_norm");
    if (alike.least() > 0.999 && gradient.largestSize() < kTiny) {
        out.push_back(
            {"all-alike", HealthLevel::Bad,
             tr("In every group all answers score alike: there is nothing to learn. Raise "
                "the temperature or G, or change data or reward."),
             tr("An advantage compares answers of one group. Rewards may differ between "
                "prompts and still teach nothing."),
             "mix"});
    } else if (alike.mean() > 0.5) {
        out.push_back({"many-alike", HealthLevel::Warning,
                       tr("In %1 of the groups all answers score alike: little to learn. Raise the "
                          "temperature or G.")
                           .arg(formatPercent(alike.mean())),
                       tr("Groups without variance have zero advantages and only cost time."),
                       "mix"});
    }
    if (reward.mean() > 0.95 && alike.mean() < 0.999) {
        out.push_back(
            {"too-good", HealthLevel::Warning,
             tr("Reward is very high. Read the top answers: odd ones mean that the reward "
                "is being hacked."),
             tr("A policy finds what the reward pays for, not what was meant."), "reward"});
    }
}

void resumed(const RunHistory& history, Sentences& out) {
    if (history.resumes().empty())
        return;
    const std::vector<double>& reward = history.values("reward");
    const auto row = history.rowNear(XKind::Step, static_cast<double>(history.resumes().back()));
    if (!row || *row < kEnough || *row + kEnough >= reward.size())
        return;
    double before = 0;
    double after = 0;
    double change = 0;
    for (std::size_t offset = 0; offset < kEnough; ++offset) {
        before += reward[*row - offset] / kEnough;
        after += reward[*row + 1 + offset] / kEnough;
        change += std::abs(reward[*row - offset] - reward[*row - offset - 1]) / kEnough;
    }
    if (std::abs(after - before) > 4 * std::max(change, 0.01)) {
        out.push_back({"resume-jump", HealthLevel::Warning,
                       tr("The curves jump after the resume at step %1: optimiser, seeds or data "
                          "order may not have been restored.")
                           .arg(history.resumes().back()),
                       tr("A run that goes on exactly shows no seam."), "reward"});
    }
}

void normal(const RunHistory& history, const HealthContext& context, Sentences& out) {
    if (history.size() < kEnough || context.sft)
        return;
    const Recent reward(history, "reward");
    if (history.size() >= 2 * kWindow && reward.mean() > reward.first() + 0.03 && out.empty()) {
        out.push_back({"rising", HealthLevel::Good,
                       tr("Learning: the reward rose from %1 to %2.")
                           .arg(formatNumber(reward.first(), 2), formatNumber(reward.mean(), 2)),
                       tr("Means over the first and the last %1 steps.").arg(kWindow), "reward"});
    }
    const Recent loss(history, "loss");
    const Recent gradient(history, "grad_norm");
    if (context.numIterations == 1 && loss.largestSize() < 1e-3 && gradient.mean() > kTiny) {
        out.push_back({"loss-zero", HealthLevel::Normal,
                       tr("A loss near 0 is normal here: watch reward and KL."),
                       tr("While each answer is used once the ratio is 1: the advantages cancel in "
                          "the value of the loss, not in its gradient."),
                       "loss"});
    } else if (loss.known() && loss.mean() < 0) {
        out.push_back({"loss-negative", HealthLevel::Normal,
                       tr("A negative loss is normal: the policy term outweighs the KL term."),
                       tr("The loss is not a distance; its zero means nothing."), "loss"});
    }
    if (context.numIterations == 1 && Recent(history, "clip_ratio/region_mean").known() &&
        Recent(history, "clip_ratio/region_mean").largestSize() < kTiny) {
        out.push_back({"clip-zero", HealthLevel::Normal,
                       tr("Clip curves at 0 are expected: each answer is used once."),
                       tr("With one update a batch the ratio is exactly 1 and nothing is clipped."),
                       "clip"});
    }
}

} // namespace

std::vector<HealthSentence> healthSentences(const RunHistory& history,
                                            const HealthContext& context) {
    Sentences out;
    if (history.empty())
        return out;
    faults(history, out);
    learning(history, out);
    resumed(history, out);
    normal(history, context, out);
    std::stable_sort(out.begin(), out.end(), [](const auto& one, const auto& two) {
        const auto grave = [](HealthLevel level) {
            // Good news before mere explanations, troubles before both.
            switch (level) {
            case HealthLevel::Bad:
                return 3;
            case HealthLevel::Warning:
                return 2;
            case HealthLevel::Good:
                return 1;
            case HealthLevel::Normal:
                return 0;
            }
            return 0;
        };
        return grave(one.level) > grave(two.level);
    });
    return out;
}

} // namespace viva
