// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/objective_formula.h"

#include "ui/models/format.h"

#include <QObject>
#include <QStringList>

#include <cmath>

namespace viva {

namespace {

QString tr(const char* text) {
    return QObject::tr(text);
}

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

QString row(const QString& html) {
    return QStringLiteral("<p style='margin:0 0 10px 0'>%1</p>").arg(html);
}

QString sub(const QString& letter, const QString& index) {
    return QStringLiteral("<i>%1</i><sub>%2</sub>").arg(letter, index);
}

QString policyTerm(const TrainConfig& config, const Ink& ink) {
    const QString ratio = sub(QStringLiteral("s"), QStringLiteral("it"));
    const QString gain = sub(QStringLiteral("A"), QStringLiteral("i"));
    const bool clips = config.numIterations > 1;
    const QString clipped = QStringLiteral("min(%1 %2, clip(%1, 1&minus;%3, 1+%4) %2)")
                                .arg(ratio, gain, ink.number(config.epsilon),
                                     ink.number(config.effectiveEpsilonHigh()));
    if (clips)
        return ink.term(clipped, true);
    return ink.term(ratio + QStringLiteral(" ") + gain, true) + QStringLiteral(" &nbsp;") +
           ink.quiet(tr("(clip does not act at &mu; = 1)"));
}

QString klTerm(const TrainConfig& config, const Ink& ink) {
    const QString kl =
        QStringLiteral("KL<sub>%1</sub>").arg(QString::fromStdString(config.klEstimator));
    if (config.beta > 0)
        return ink.term(QStringLiteral("&minus; %1 ").arg(ink.number(config.beta)) + kl, true);
    return ink.term(QStringLiteral("&minus; &beta; ") + kl, false);
}

QString normaliser(const TrainConfig& config, const Ink& ink) {
    const std::pair<const char*, QString> kinds[] = {
        {"dapo", QStringLiteral("&Sigma;|o| %1").arg(tr("of the step"))},
        {"grpo", QStringLiteral("|o<sub>i</sub>| %1").arg(tr("of each answer"))},
        {"bnpo", QStringLiteral("&Sigma;|o| %1").arg(tr("of the micro-batch"))},
        {"dr_grpo", tr("a constant")},
    };
    QStringList parts;
    for (const auto& [name, text] : kinds) {
        const QString word = QStringLiteral("%1: %2").arg(QLatin1String(name), text);
        parts << (config.lossType == name ? ink.term(word, true) : ink.quiet(word));
    }
    return parts.join(QStringLiteral(" &nbsp;&middot;&nbsp; "));
}

QString advantage(const TrainConfig& config, const Ink& ink) {
    const QString top = QStringLiteral("%1 &minus; mean(r)").arg(sub("r", "i"));
    const QString left = sub(QStringLiteral("A"), QStringLiteral("i")) + QStringLiteral(" = ");
    if (config.scaleRewards == "none")
        return left + ink.term(top, true) + QStringLiteral(" &nbsp;") +
               ink.term(QStringLiteral("/ (std + &epsilon;)"), false);
    const QString over = config.scaleRewards == "batch" ? tr("of the step") : tr("of the group");
    return left +
           ink.term(QStringLiteral("(%1) / (std + %2)").arg(top, ink.number(config.advantageEps)),
                    true) +
           QStringLiteral(" &nbsp;") + ink.quiet(over);
}

QString reward(const TrainConfig& config, const Ink& ink) {
    QStringList parts;
    for (const RewardSpec& spec : config.rewards)
        parts << QStringLiteral("%1 %2").arg(ink.number(spec.weight),
                                             QString::fromStdString(spec.name).toHtmlEscaped());
    return sub(QStringLiteral("r"), QStringLiteral("i")) + QStringLiteral(" = ") +
           ink.term(parts.join(QStringLiteral(" + ")), true);
}

} // namespace

QString objectiveFormula(const TrainConfig& config, const ThemeColors& colors) {
    const Ink ink(colors);
    const QString minus = QStringLiteral("<i>L</i> = &minus;(1/N) ");
    if (config.objective == "sft")
        return row(minus +
                   ink.term(QStringLiteral("&Sigma;<sub>t</sub> log &pi;(%1 | clip, question)")
                                .arg(sub("y", "t")),
                            true)) +
               row(ink.quiet(tr("N: the tokens of the references in the step")));
    return row(minus + QStringLiteral("&Sigma;<sub>i</sub> &Sigma;<sub>t</sub> [ ") +
               policyTerm(config, ink) + QStringLiteral(" ") + klTerm(config, ink) +
               QStringLiteral(" ]")) +
           row(QStringLiteral("N = ") + normaliser(config, ink)) + row(advantage(config, ink)) +
           row(reward(config, ink));
}

QStringList objectiveNotes(const TrainConfig& config) {
    QStringList notes;
    if (config.objective == "sft") {
        notes << tr("The model imitates the references; no answers are sampled.");
        return notes;
    }
    if (config.numIterations == 1)
        notes << tr(
            "Each answer is used once (\u03BC = 1): the ratio is 1, clipping does not act.");
    if (config.beta == 0)
        notes << tr(
            "\u03B2 = 0: nothing holds the policy near the reference. KL is charted anyway.");
    return notes;
}

} // namespace viva
