// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clips/clip_text.h"

#include "ui/models/format.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>

namespace viva {
namespace {

QString words(const char* text, int number = -1) {
    return QCoreApplication::translate("viva::clips", text, nullptr, number);
}

QString rateText(const ClipRecord& clip) {
    return clip.rateHz <= 0 ? QString()
                            : words("%1 kHz").arg(QString::number(clip.rateHz / 1000.0, 'g', 5));
}

/// Long paths lose their middle; what they end with says most.
QString shortened(const QString& text) {
    constexpr int kMost = 48;
    constexpr int kHead = 12;
    return text.size() <= kMost
               ? text
               : text.left(kHead) + QStringLiteral("...") + text.right(kMost - kHead);
}

QString channelText(int channels) {
    if (channels <= 0)
        return {};
    if (channels == 1)
        return words("mono");
    // The model hears one channel; how many the file has is worth knowing.
    return words("%1 channels, mixed to one").arg(channels);
}

} // namespace

QString saidText(const ClipRecord& clip) {
    const Utterance& utterance = clip.utterance;
    if (utterance.text.empty() && !utterance.tasks.empty())
        return QString::fromStdString(utterance.tasks.front().question).simplified();
    return QString::fromStdString(utterance.text).simplified();
}

QString taskMarks(const Utterance& utterance) {
    QStringList names;
    for (const UtteranceTask& task : utterance.tasks) {
        const QString name = QString::fromStdString(task.task).toUpper();
        if (!names.contains(name))
            names << name;
    }
    return names.join(u' ');
}

QString clipToolTip(const ClipRow& row) {
    QStringList lines{QString::fromStdString(row.clip.utterance.id)};
    if (const QString said = saidText(row.clip); !said.isEmpty())
        lines << said;
    if (!row.clip.utterance.tags.empty())
        lines << words("Tags: %1").arg(tagsText(row.clip.utterance.tags));
    if (row.missing)
        lines << words("The sound is missing: %1")
                     .arg(QString::fromStdString(row.clip.utterance.audioPath));
    return lines.join(u'\n');
}

QString clipFacts(const ClipRecord& clip) {
    const Utterance& utterance = clip.utterance;
    QStringList facts;
    if (utterance.durationSec > 0)
        facts << words("%1 s").arg(utterance.durationSec, 0, 'f', 2);
    facts << rateText(clip) << channelText(clip.channels);
    if (!utterance.voice.empty())
        facts << words("voice %1").arg(QString::fromStdString(utterance.voice));
    if (!clip.provenance.empty())
        facts << words("source: %1").arg(shortened(QString::fromStdString(clip.provenance)));
    if (!utterance.licence.empty())
        facts << words("licence: %1").arg(QString::fromStdString(utterance.licence));
    facts.removeAll(QString());
    return facts.join(QStringLiteral(" · "));
}

QString soundLength(double seconds) {
    if (seconds < 59.5)
        return words("%1 s").arg(seconds, 0, 'f', 0);
    if (seconds < 99.5 * 60)
        return words("%1 min").arg(seconds / 60, 0, 'f', 0);
    return words("%1 h").arg(seconds / 3600, 0, 'f', seconds < 36000 ? 1 : 0);
}

QString clipCount(std::int64_t clips) {
    return clips == 1 ? words("1 clip") : words("%1 clips").arg(QLocale().toString(clips));
}

QString totalsText(const ClipTotals& shown, std::int64_t all, int selected) {
    QString text = all > shown.clips
                       ? words("%1 of %2").arg(QLocale().toString(shown.clips), clipCount(all))
                       : clipCount(shown.clips);
    text += QStringLiteral(" · ") + soundLength(shown.durationSec);
    if (selected > 1)
        text += QStringLiteral(" · ") + words("%1 selected").arg(QLocale().toString(selected));
    return text;
}

QStringList valuesOf(const std::vector<ClipFacet>& facets, QStringList first) {
    for (const ClipFacet& facet : facets)
        if (const QString value = QString::fromStdString(facet.value);
            !value.isEmpty() && !first.contains(value))
            first << value;
    return first;
}

QString defaultQuestion(const std::string& task) {
    if (task == "ast")
        return QStringLiteral("Translate the speech into German.");
    if (task == "asr")
        return QStringLiteral("Write down what is said.");
    return {};
}

std::vector<std::string> tagsFrom(const QString& text) {
    std::vector<std::string> tags;
    for (const QString& part : text.split(u',')) {
        const std::string tag = part.simplified().toStdString();
        if (!tag.empty() && std::find(tags.begin(), tags.end(), tag) == tags.end())
            tags.push_back(tag);
    }
    return tags;
}

QString tagsText(const std::vector<std::string>& tags) {
    QStringList names;
    for (const std::string& tag : tags)
        names << QString::fromStdString(tag);
    return names.join(QStringLiteral(", "));
}

TaskProblem problemOf(const UtteranceTask& task) {
    TaskProblem problem;
    if (task.question.empty())
        problem.question = task.task == "sqa" ? words("Type the question to keep this task.")
                                              : words("Type what the model is to do.");
    const bool any = std::any_of(task.references.begin(), task.references.end(),
                                 [](const std::string& text) { return !text.empty(); });
    if (!any)
        problem.references = words("Type an answer that is right; without one there is nothing to "
                                   "learn from.");
    return problem;
}

} // namespace viva
