// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/configure/objective_formula.h"

#include "ui/models/format.h"

#include <QObject>
#include <QStringList>

#include <cmath>

namespace viva {

namespace {

/// As it was typed: 0.02, not 0.020.
QString plain(double value) {
    const double size = std::abs(value);
    return size > 0 && size < 1e-3 ? formatNumber(value) : QString::number(value, 'g', 6);
}

/// A term that acts is bold, one that does not is grey.
class Ink {
public:
    explicit Ink(const ThemeColors& colors)
        : m_text(colors.text.name()), m_grey(colors.textMuted.name()),
          m_accent(colors.accent.name()) {}

    [[nodiscard]] QString term(const QString& html, bool acts) const {
        return acts
                   ? QStringLiteral("<b><span style='color:%1'>%2</span></b>").arg(m_text, html)
                   : QStringLiteral("<span style='color:%1;text-decoration:line-through'>%2</span>")
                         .arg(m_grey, html);
    }
    [[nodiscard]] QString quiet(const QString& html) const {
        return QStringLiteral("<span style='color:%1'>%2</span>").arg(m_grey, html);
    }
    [[nodiscard]] QString number(double value) const {
        return QStringLiteral("<span style='color:%1'>%2</span>").arg(m_accent, plain(value));
    }

private:
    QString m_text;
    QString m_grey;
    QString m_accent;
};

QString formulaRow(const QString& html) {
    return QStringLiteral("<p style='margin:0 0 10px 0'>%1</p>").arg(html);
}

QString sub(const QString& letter, const QString& index) {
    return QStringLiteral("<i>%1</i><sub>%2</sub>").arg(letter, index);
}

/// The term of a sample with its losses' own form.
QString sampleTerm(const TrainConfig& config, const Ink& ink) {
    const bool sequence = config.loss.ratioLevel == RatioLevel::Sequence;
    const QString ratio =
        sub(QStringLiteral("s"), sequence ? QStringLiteral("i") : QStringLiteral("it"));
    const QString gain = sub(QStringLiteral("A"), QStringLiteral("i"));
    const QString logp = QStringLiteral("log &pi;<sub>it</sub>");
    const QString high = ink.number(config.loss.upperEpsilon());
    if (config.loss.lossType == LossType::Cispo)
        return QStringLiteral("stop(min(%1, %2)) %3 %4").arg(ratio, high, gain, logp);
    if (config.loss.lossType == LossType::Sapo)
        return QStringLiteral("4/&tau; sigmoid(&tau; (%1 &minus; 1)) %2").arg(ratio, gain);
    if (config.loss.lossType == LossType::Vespo)
        return QStringLiteral("stop(W<sup>k</sup> e<sup>&lambda;(1&minus;W)</sup>) %1 %2")
            .arg(gain, logp);
    if (config.loss.lossType == LossType::Gmpo)
        return QStringLiteral("exp(mean<sub>t</sub> clip(log %1, &minus;%2, %3)) %4")
            .arg(sub(QStringLiteral("s"), QStringLiteral("it")), ink.number(config.loss.epsilon),
                 high, gain);
    const bool clips = config.numIterations > 1 || config.updatesPerGeneration() > 1;
    if (!clips)
        return ratio + QStringLiteral(" ") + gain;
    const QString delta =
        config.loss.delta > 0
            ? QStringLiteral("min(%1, %2)").arg(ratio, ink.number(config.loss.delta))
            : ratio;
    return QStringLiteral("min(%1 %2, clip(%3, 1&minus;%4, 1+%5) %2)")
        .arg(delta, gain, ratio, ink.number(config.loss.epsilon), high);
}

bool hasClip(const TrainConfig& config) {
    return config.loss.lossType != LossType::Sapo && config.loss.lossType != LossType::Vespo &&
           config.loss.lossType != LossType::Cispo;
}

QString policyTerm(const TrainConfig& config, const Ink& ink) {
    const QString term = ink.term(sampleTerm(config, ink), true);
    if (!hasClip(config) || config.numIterations > 1 || config.updatesPerGeneration() > 1)
        return term;
    return term + QStringLiteral(" &nbsp;") + ink.quiet(tr("(clip does not act at &mu; = 1)"));
}

/// What references add: a member's term, or their imitation.
QString referenceTerm(const TrainConfig& config, const Ink& ink) {
    if (config.objective == Objective::RlSft)
        return ink.term(QStringLiteral("L<sub>SFT</sub> = &minus;%1 mean<sub>t</sub> log &pi;(%2)")
                            .arg(ink.number(config.mixed.sftCoef),
                                 sub(QStringLiteral("y"), QStringLiteral("t"))),
                        true);
    const QString p = QStringLiteral("&pi;(%1)").arg(sub(QStringLiteral("y"), QStringLiteral("t")));
    const QString shaped =
        config.loss.shaping == OffPolicyShaping::Luffy
            ? QStringLiteral("%1 / (%1 + %2)").arg(p, ink.number(config.loss.shapingGamma))
            : p;
    return tr("references: ") + ink.term(QStringLiteral("%1 A<sub>j</sub>").arg(shaped), true) +
           QStringLiteral(" &nbsp;") + ink.quiet(tr("(&pi;<sub>&phi;</sub> = 1, never clipped)"));
}

QString klTerm(const TrainConfig& config, const Ink& ink) {
    const QString ratio =
        config.loss.unbiasedKl ? sub(QStringLiteral("s"), QStringLiteral("it")) + u' ' : QString();
    const QString kl =
        ratio + QStringLiteral("KL<sub>%1</sub>").arg(fromView(nameOf(config.loss.klEstimator)));
    if (config.loss.beta > 0)
        return ink.term(QStringLiteral("&minus; %1 ").arg(ink.number(config.loss.beta)) + kl, true);
    return ink.term(QStringLiteral("&minus; &beta; ") + kl, false);
}

QString entropyTerm(const TrainConfig& config, const Ink& ink) {
    const EntropyControlConfig& entropy = config.entropy;
    const QString mean = QStringLiteral(" mean<sub>t</sub> <i>H</i>");
    if (entropy.adaptive)
        return ink.term(QStringLiteral("&minus; c") + mean, true) + QStringLiteral(" &nbsp;") +
               ink.quiet(tr("(c moves towards an entropy of %1)").arg(plain(entropy.target)));
    if (entropy.coefficient != 0)
        return ink.term(QStringLiteral("&minus; ") + ink.number(entropy.coefficient) + mean, true);
    return ink.quiet(QStringLiteral("&minus; c") + mean);
}

QString normaliser(const TrainConfig& config, const Ink& ink) {
    const std::pair<LossType, QString> kinds[] = {
        {LossType::Dapo, QStringLiteral("&Sigma;|o| %1").arg(tr("of the step"))},
        {LossType::Grpo, QStringLiteral("|o<sub>i</sub>| %1").arg(tr("of each answer"))},
        {LossType::Bnpo, QStringLiteral("&Sigma;|o| %1").arg(tr("of the micro-batch"))},
        {LossType::DrGrpo, tr("a constant")},
    };
    if (config.loss.lossType == LossType::Cispo || config.loss.lossType == LossType::Vespo)
        return ink.term(QStringLiteral("%1: &Sigma;|o| %2")
                            .arg(fromView(nameOf(config.loss.lossType)), tr("of the step")),
                        true);
    if (config.loss.lossType == LossType::Sapo || config.loss.lossType == LossType::Luspo ||
        config.loss.lossType == LossType::Gmpo)
        return ink.term(QStringLiteral("%1: %2").arg(fromView(nameOf(config.loss.lossType)),
                                                     config.loss.lossType == LossType::Sapo
                                                         ? QStringLiteral("|o<sub>i</sub>| ") +
                                                               tr("of each answer")
                                                         : tr("the answers")),
                        true);
    if (config.loss.lossType == LossType::PaddedLength)
        return ink.term(tr("padded_length: the longest answer"), true);
    QStringList parts;
    for (const auto& [loss, text] : kinds) {
        const QString word = QStringLiteral("%1: %2").arg(fromView(nameOf(loss)), text);
        parts << (config.loss.lossType == loss ? ink.term(word, true) : ink.quiet(word));
    }
    return parts.join(QStringLiteral(" &nbsp;&middot;&nbsp; "));
}

QString advantage(const TrainConfig& config, const Ink& ink) {
    const AdvantageConfig& spec = config.advantage;
    const QString top = QStringLiteral("%1 &minus; mean(r)").arg(sub("r", "i"));
    const QString left = sub(QStringLiteral("A"), QStringLiteral("i")) + QStringLiteral(" = ");
    if (config.credit == Credit::Leaf)
        return sub("A", "it") + QStringLiteral(" = ") +
               ink.term(QStringLiteral("(V(node) &minus; V(root)) + (V(node) &minus; V(parent))"),
                        true) +
               QStringLiteral(" &nbsp;") + ink.quiet(tr("by span"));
    if (spec.aggregation == RewardAggregation::NormalizeThenSum)
        return left +
               ink.term(QStringLiteral("&Sigma;<sub>k</sub> w<sub>k</sub> (r<sub>ik</sub> &minus; "
                                       "mean<sub>k</sub>) / std<sub>k</sub>"),
                        true) +
               QStringLiteral(" &nbsp;") + ink.quiet(tr("then scaled by the step"));
    if (config.advantage.scale == ScaleRewards::None)
        return left + ink.term(top, true) + QStringLiteral(" &nbsp;") +
               ink.term(QStringLiteral("/ (std + &epsilon;)"), false);
    const QString over =
        config.advantage.scale == ScaleRewards::Batch ? tr("of the step") : tr("of the group");
    return left +
           ink.term(QStringLiteral("(%1) / (%2 + %3)")
                        .arg(top,
                             spec.floor > 0
                                 ? QStringLiteral("max(std, %1)").arg(ink.number(spec.floor))
                                 : QStringLiteral("std"),
                             ink.number(config.advantage.eps)),
                    true) +
           QStringLiteral(" &nbsp;") + ink.quiet(over);
}

QString reward(const TrainConfig& config, const Ink& ink) {
    QStringList parts;
    const std::vector<std::string> labels = rewardLabels(config.rewards);
    for (std::size_t i = 0; i < labels.size(); ++i)
        parts << QStringLiteral("%1 %2").arg(ink.number(config.rewards[i].weight),
                                             QString::fromStdString(labels[i]).toHtmlEscaped());
    const int cache = config.softPunishCache;
    const QString punishment =
        cache > 0
            ? QStringLiteral(" ") +
                  ink.term(tr("&minus; over-long, in the last %1 tokens").arg(ink.number(cache)),
                           true)
            : QString();
    return sub(QStringLiteral("r"), QStringLiteral("i")) + QStringLiteral(" = ") +
           ink.term(parts.join(QStringLiteral(" + ")), true) + punishment;
}

} // namespace

QString objectiveFormula(const TrainConfig& config, const ThemeColors& colors) {
    const Ink ink(colors);
    const QString minus = QStringLiteral("<i>L</i> = &minus;(1/N) ");
    if (config.objective == Objective::Sft)
        return formulaRow(minus + ink.term(QStringLiteral(
                                               "&Sigma;<sub>t</sub> log &pi;(%1 | clip, question)")
                                               .arg(sub("y", "t")),
                                           true)) +
               formulaRow(ink.quiet(tr("N: the tokens of the references in the step")));
    return formulaRow(minus + QStringLiteral("&Sigma;<sub>i</sub> &Sigma;<sub>t</sub> [ ") +
                      policyTerm(config, ink) + QStringLiteral(" ") + klTerm(config, ink) +
                      QStringLiteral(" ]")) +
           (config.referencesPerGroup() > 0 ? formulaRow(referenceTerm(config, ink)) : QString()) +
           formulaRow(tr("entropy bonus: ") + entropyTerm(config, ink)) +
           formulaRow(QStringLiteral("N = ") + normaliser(config, ink)) +
           formulaRow(advantage(config, ink)) + formulaRow(reward(config, ink));
}

QStringList objectiveNotes(const TrainConfig& config) {
    QStringList notes;
    if (config.objective == Objective::Sft) {
        notes << tr("The model imitates the references; no answers are sampled.");
        return notes;
    }
    if (config.numIterations == 1 && config.updatesPerGeneration() == 1 && hasClip(config))
        notes << tr(
            "Each answer is used once (\u03BC = 1): the ratio is 1, clipping does not act.");
    if (config.loss.beta == 0)
        notes << tr(
            "\u03B2 = 0: nothing holds the policy near the reference. KL is charted anyway.");
    const GrpoLossConfig& policy = config.loss;
    const ZeroVarianceGroups groups = config.zeroVarianceGroups;
    if (groups == ZeroVarianceGroups::Skip)
        notes << tr("Groups whose answers all score alike are left out of the loss.");
    if (groups == ZeroVarianceGroups::Resample)
        notes
            << tr("Prompts whose answers all score alike are replaced by others, up to %1 rounds.")
                   .arg(config.maxResamples);
    if (config.maskTruncatedCompletions)
        notes << tr("Answers cut off at the length limit are left out of the loss.");
    if (policy.offPolicyMaskThreshold > 0)
        notes
            << tr("Bad answers that the policy has left by more than %1 nats a token are dropped.")
                   .arg(plain(policy.offPolicyMaskThreshold));
    if (config.topEntropyQuantile < 1)
        notes << tr("Only the %1 % of tokens with the highest entropy enter the policy term.")
                     .arg(plain(100 * config.topEntropyQuantile));
    if (config.sampler.correction)
        notes
            << tr("Samples are weighed back from the sampler's distribution to the policy's (%1).")
                   .arg(fromView(nameOf(config.sampler.mode)));
    if (config.reference.sync && config.loss.beta > 0)
        notes << tr("The reference follows the policy every %1 steps.")
                     .arg(config.reference.syncSteps);
    return notes;
}

} // namespace viva
