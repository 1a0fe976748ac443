// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/configure/reward_report.h"

#include "ui/models/format.h"

#include <QObject>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace viva {

namespace {

QString escaped(const std::string& text) {
    return QString::fromStdString(text).toHtmlEscaped();
}

QString number(double value) {
    return QString::number(value, 'f', 4);
}

QString signedNumber(double value) {
    const QString text = QString::number(std::abs(value), 'f', 3);
    return value < 0 ? QChar(0x2212) + text : u'+' + text;
}

QString colored(const QString& html, const QColor& color) {
    return QStringLiteral("<span style='color:%1'>%2</span>").arg(color.name(), html);
}

/// A bar from 0 to 1; what is negative is drawn by its size.
QString bar(double value, const ThemeColors& colors) {
    const int filled = static_cast<int>(std::lround(100 * std::clamp(std::abs(value), 0.0, 1.0)));
    const QColor color = value < 0 ? colors.down : colors.reward;
    QString cells;
    if (filled > 0)
        cells += QStringLiteral("<td width='%1%' bgcolor='%2'></td>").arg(filled).arg(color.name());
    if (filled < 100)
        cells += QStringLiteral("<td width='%1%' bgcolor='%2'></td>")
                     .arg(100 - filled)
                     .arg(colors.border.name());
    return QStringLiteral("<table width='100%' cellspacing='0' cellpadding='0'><tr style='"
                          "font-size:4px'>%1</tr></table>")
        .arg(cells);
}

QString partsLine(const RewardBreakdown& score) {
    QStringList parts;
    for (const auto& [name, value] : score.parts)
        parts << QStringLiteral("%1 %2").arg(escaped(name), formatNumber(value, 4));
    return parts.join(QStringLiteral(" &nbsp;&middot;&nbsp; "));
}

QString heading(const BenchReward& reward, const QString& value) {
    return QStringLiteral("<tr><td><b>%1</b> &nbsp;&times; %2</td><td align='right'><b>%3</b></td>"
                          "</tr>")
        .arg(escaped(reward.label), formatNumber(reward.weight, 3), value);
}

QString rewardBlock(const BenchReward& reward, std::size_t member, const ThemeColors& colors) {
    const bool known = member < reward.answers.size();
    QString html =
        QStringLiteral("<table width='100%'>") +
        heading(reward, known ? number(reward.answers[member].value) : QString(QChar(0x2013))) +
        QStringLiteral("</table>");
    if (!known)
        return html + QStringLiteral("<p style='margin:2px 0 10px 0'>%1</p>")
                          .arg(colored(escaped(reward.problem), colors.errorText));
    const RewardBreakdown& score = reward.answers[member];
    html += bar(score.value, colors);
    html += QStringLiteral("<p style='margin:3px 0 0 0'>%1</p>").arg(escaped(score.reason));
    return html + QStringLiteral("<p style='margin:2px 0 8px 0'>%1</p>")
                      .arg(colored(partsLine(score), colors.textMuted));
}

/// "r = 0.7 x 0.31 + 0.3 x 0.80 = 0.457".
QString totalLine(const BenchResult& result, const Answer& answer, std::size_t member) {
    QStringList terms;
    for (const BenchReward& reward : result.rewards)
        terms << QStringLiteral("%1 &times; %2")
                     .arg(formatNumber(reward.weight, 3), number(reward.answers[member].value));
    if (answer.rewardParts.size() > result.rewards.size())
        terms << QStringLiteral("%1 (%2)").arg(number(answer.rewardParts.back().second),
                                               tr("over-long"));
    return QStringLiteral("<i>r</i> = %1 = <b>%2</b>")
        .arg(terms.join(QStringLiteral(" + ")), number(answer.reward));
}

QString advantageLine(const BenchResult& result, const Answer& answer, const TrainConfig& config) {
    const QString value = QStringLiteral("<b>%1</b>").arg(signedNumber(answer.advantage));
    if (config.advantage.aggregation == RewardAggregation::NormalizeThenSum)
        return QStringLiteral("<i>A</i> = %1 &nbsp;(%2)")
            .arg(value, tr("each reward scaled by its group, then summed"));
    const QString top =
        QStringLiteral("%1 &minus; %2").arg(number(answer.reward), number(result.group.rewardMean));
    if (config.advantage.scale == ScaleRewards::None)
        return QStringLiteral("<i>A</i> = %1 = %2").arg(top, value);
    return QStringLiteral("<i>A</i> = (%1) / (%2 + %3) = %4")
        .arg(top, number(std::max(result.group.rewardStd, config.advantage.floor)),
             formatNumber(config.advantage.eps), value);
}

} // namespace

QString benchSummary(const BenchResult& result, const ThemeColors& colors) {
    QStringList lines;
    if (!result.group.answers.empty() && result.complete()) {
        lines << tr("%1 answers &nbsp;&middot;&nbsp; mean reward <b>%2</b> &nbsp;&middot;&nbsp; "
                    "deviation <b>%3</b>")
                     .arg(result.group.answers.size())
                     .arg(number(result.group.rewardMean), number(result.group.rewardStd));
        if (result.group.zeroVariance)
            lines << colored(tr("All answers score alike: nothing to learn from this group."),
                             colors.warningText);
    }
    QStringList corpus;
    for (const BenchReward& reward : result.rewards) {
        if (!reward.problem.empty())
            lines << colored(
                QStringLiteral("%1: %2").arg(escaped(reward.label), escaped(reward.problem)),
                colors.errorText);
        else if (reward.corpus && !reward.corpus->name.starts_with("mean of"))
            corpus << QStringLiteral("%1 %2").arg(escaped(reward.corpus->name),
                                                  formatNumber(reward.corpus->value, 4));
    }
    if (!corpus.isEmpty())
        lines << colored(
            tr("over all: %1").arg(corpus.join(QStringLiteral(" &nbsp;&middot;&nbsp; "))),
            colors.textMuted);
    for (const std::string& note : result.notes)
        lines << colored(escaped(note), colors.textMuted);
    return lines.join(QStringLiteral("<br>"));
}

QString benchReport(const BenchResult& result, std::size_t member, const TrainConfig& config,
                    const ThemeColors& colors) {
    if (member >= result.group.answers.size())
        return {};
    QString html;
    for (const BenchReward& reward : result.rewards)
        html += rewardBlock(reward, member, colors);
    if (!result.complete())
        return html;
    const Answer& answer = result.group.answers[member];
    return html +
           QStringLiteral("<p style='margin:0'>%1<br>%2</p>")
               .arg(totalLine(result, answer, member), advantageLine(result, answer, config));
}

std::vector<std::string> linesOf(const QString& text) {
    std::vector<std::string> lines;
    for (const QString& line : text.split('\n')) {
        if (!line.trimmed().isEmpty())
            lines.push_back(line.trimmed().toStdString());
    }
    return lines;
}

} // namespace viva
