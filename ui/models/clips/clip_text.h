// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/clip_source.h"

#include <QString>
#include <QStringList>

namespace viva {

/// What a list shows of a clip: its transcript, else its first question.
[[nodiscard]] QString saidText(const ClipRecord& clip);
/// "SQA AST": each task once.
[[nodiscard]] QString taskMarks(const Utterance& utterance);
[[nodiscard]] QString clipToolTip(const ClipRow& row);
/// "2.80 s · 44.1 kHz · mono": what is known of the sound, where it came from, its licence.
[[nodiscard]] QString clipFacts(const ClipRecord& clip);
/// "31 of 412 clips · 18 min · 3 selected"; `all` is of the whole source, negative if not known.
[[nodiscard]] QString totalsText(const ClipTotals& shown, std::int64_t all, int selected);
/// "7 s", "18 min", "12.5 h".
[[nodiscard]] QString soundLength(double seconds);
[[nodiscard]] QString clipCount(std::int64_t clips); ///< "1 clip", "12,000 clips"

/// The values that clips have so far, behind those that are always offered.
[[nodiscard]] QStringList valuesOf(const std::vector<ClipFacet>& facets, QStringList first = {});

/// What is asked where nothing is typed; empty for a question, which is each clip's own.
[[nodiscard]] QString defaultQuestion(const std::string& task);
/// "a, b ,a" as tags: parted by commas, without spaces around them, each once.
[[nodiscard]] std::vector<std::string> tagsFrom(const QString& text);
[[nodiscard]] QString tagsText(const std::vector<std::string>& tags);

/// What is wrong with a task as it is typed, in words for beside its field; empty when it is whole.
struct TaskProblem {
    QString question;
    QString references;
    [[nodiscard]] bool any() const { return !question.isEmpty() || !references.isEmpty(); }
};
[[nodiscard]] TaskProblem problemOf(const UtteranceTask& task);

} // namespace viva
