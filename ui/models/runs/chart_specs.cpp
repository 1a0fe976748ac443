// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/chart_specs.h"

#include "ui/models/format.h"

#include <QObject>

namespace viva {

namespace {

ChartSpec rewardChart() {
    return {"reward",
            tr("Reward"),
            {},
            tr("Mean reward of the training answers of a step. The band reaches from the mean of "
               "each group's worst answer to that of its best."),
            {{{"reward"}, tr("mean"), DataColor::Reward, false}},
            false,
            "reward_worst",
            "reward_best",
            "reward_std",
            {}};
}

ChartSpec klChart() {
    return {"kl",
            tr("KL"),
            tr("nats"),
            tr("How far the policy has moved from the reference, and within this step from the "
               "policy that sampled. Charted also when beta is 0."),
            {{{"kl"}, tr("reference"), DataColor::Kl, false},
             {{"kl_policy"}, tr("sampling"), DataColor::Neutral, true}},
            false,
            {},
            {},
            {},
            {}};
}

ChartSpec mixChart() {
    return {"mix",
            tr("Group mix"),
            {},
            tr("Share of groups whose answers are all poor, mixed, or all good. The dashed line is "
               "the share of groups that teach nothing, since their answers all score alike."),
            {{{"group_mix/high"}, tr("high"), DataColor::Up, false},
             {{"group_mix/mixed"}, tr("mixed"), DataColor::Reward, false},
             {{"group_mix/low"}, tr("low"), DataColor::Down, false},
             {{"frac_reward_zero_std"}, tr("alike"), DataColor::Neutral, true}},
            true,
            {},
            {},
            {},
            std::pair{0.0, 1.0}};
}

ChartSpec timeChart() {
    return {"time",
            tr("Step time"),
            tr("s"),
            tr("Where the time of a step goes: sampling answers, scoring them, log-probs under the "
               "reference, and the update."),
            {{{"timing/update", "timing/optimizer"}, tr("update"), DataColor::PhaseUpdate, false},
             {{"timing/reference"}, tr("ref."), DataColor::PhaseLogProbs, false},
             {{"timing/reward"}, tr("reward"), DataColor::PhaseReward, false},
             {{"timing/prefill", "timing/generate"}, tr("sample"), DataColor::PhaseSample, false}},
            true,
            {},
            {},
            {},
            {}};
}

} // namespace

QColor dataColor(DataColor color, const ThemeColors& c) {
    switch (color) {
    case DataColor::Reward:
        return c.reward;
    case DataColor::Kl:
        return c.kl;
    case DataColor::Loss:
        return c.loss;
    case DataColor::OffPolicy:
        return c.offPolicy;
    case DataColor::Up:
        return c.up;
    case DataColor::Down:
        return c.down;
    case DataColor::Neutral:
        return c.neutral;
    case DataColor::Accent:
        return c.accent;
    case DataColor::PhaseSample:
        return c.phases[0];
    case DataColor::PhaseReward:
        return c.phases[1];
    case DataColor::PhaseLogProbs:
        return c.phases[2];
    case DataColor::PhaseUpdate:
        return c.phases[3];
    }
    return c.neutral;
}

QList<ChartSpec> trainCharts() {
    return {
        rewardChart(),
        klChart(),
        mixChart(),
        {"loss",
         tr("Loss"),
         {},
         tr("The objective's value and its policy part. Near 0 is normal while each answer is used "
            "once: watch reward and KL instead."),
         {{{"loss"}, tr("loss"), DataColor::Loss, false},
          {{"policy_loss"}, tr("policy"), DataColor::Neutral, true}},
         false,
         {},
         {},
         {},
         {}},
        {"entropy",
         tr("Entropy"),
         tr("nats"),
         tr("How undecided the policy is about the next token. A fall to 0 ends exploration."),
         {{{"entropy"}, tr("entropy"), DataColor::Neutral, false}},
         false,
         {},
         {},
         {},
         {}},
        {"length",
         tr("Answer length"),
         tr("tokens"),
         tr("Mean length of the answers; the band reaches from the shortest to the longest."),
         {{{"completions/mean_length"}, tr("mean"), DataColor::Neutral, false}},
         false,
         "completions/min_length",
         "completions/max_length",
         {},
         {}},
        {"clip",
         tr("Clip ratio"),
         {},
         tr("Share of tokens whose ratio left the clip range. 0 is expected while each answer is "
            "used once."),
         {{{"clip_ratio/high_mean"}, tr("upwards"), DataColor::Up, false},
          {{"clip_ratio/low_mean"}, tr("downwards"), DataColor::Down, false},
          {{"cispo_clip_ratio"}, tr("capped (cispo)"), DataColor::Up, true}},
         false,
         {},
         {},
         {},
         {}},
        timeChart(),
        {"grad",
         tr("Gradient norm"),
         {},
         tr("Length of the gradient before it is clipped."),
         {{{"grad_norm"}, tr("norm"), DataColor::Neutral, false}},
         false,
         {},
         {},
         {},
         {}},
        {"lr",
         tr("Learning rate"),
         {},
         tr("The learning rate of the step."),
         {{{"learning_rate"}, tr("rate"), DataColor::Neutral, false}},
         false,
         {},
         {},
         {},
         {}},
        {"cut",
         tr("Cut-off answers"),
         {},
         tr("Share of answers that reached the length limit without ending."),
         {{{"completions/clipped_ratio"}, tr("share"), DataColor::Down, false}},
         false,
         {},
         {},
         {},
         std::pair{0.0, 1.0}},
    };
}

QList<ChartSpec> mixedPolicyCharts() {
    const auto chart = [](const char* id, const QString& title, const QString& help,
                          QList<CurveSpec> curves) {
        return ChartSpec{
            QString::fromLatin1(id), title, {}, help, std::move(curves), false, {}, {}, {}, {}};
    };
    const auto pair = [](const char* on, const char* off) {
        return QList<CurveSpec>{{{on}, tr("samples"), DataColor::Reward, false},
                                {{off}, tr("references"), DataColor::OffPolicy, true}};
    };
    return {
        chart("mixed-reward", tr("On and off policy: reward"),
              tr("Mean reward of the model's own answers and of the references beside them. When "
                 "they meet there is nothing left to learn from the references."),
              pair("on_reward", "off_reward")),
        chart("mixed-loss", tr("On and off policy: loss"),
              tr("Policy term by token, of samples and references apart. With RL + SFT the "
                 "references give a cross entropy instead."),
              QList<CurveSpec>{{{"on_pg_loss"}, tr("samples"), DataColor::Loss, false},
                               {{"off_pg_loss"}, tr("references"), DataColor::OffPolicy, true},
                               {{"sft_loss"}, tr("imitation"), DataColor::OffPolicy, false}}),
        chart("mixed-ratio", tr("On and off policy: ratio"),
              tr("Samples: the policy against the one that sampled, near 1. References: the "
                 "policy's own probability of the token, after shaping: it is the weight that "
                 "pulls towards the reference."),
              pair("on_ratio_mean", "off_ratio_mean")),
        chart("mixed-probability", tr("On and off policy: probability"),
              tr("How likely the model finds the tokens of its samples and of the references. "
                 "References pull hardest where this is high."),
              pair("on_policy_prob", "off_policy_prob")),
    };
}

} // namespace viva
