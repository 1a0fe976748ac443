// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/evaluation_change.h"

#include "app/cli/text_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {
namespace {

bool samePlace(const EvaluationRow& a, const EvaluationRow& b) {
    return a.split == b.split && a.task == b.task && a.decoding == b.decoding;
}

} // namespace

std::string heldOutName(const std::string& split) {
    if (split == "validation")
        return "unseen sentences";
    return split == "test" ? "unseen voices" : split;
}

std::string taskWords(const std::string& task) {
    if (task == "sqa")
        return "question answering";
    if (task == "ast")
        return "translation";
    return task == "asr" ? "transcription" : task;
}

std::vector<EvaluationChange> evaluationChanges(const std::vector<EvaluationEvent>& evaluations) {
    std::vector<EvaluationChange> out;
    if (evaluations.size() < 2 || evaluations.front().step != 0)
        return out;
    const EvaluationEvent& last = evaluations.back();
    for (const EvaluationRow& before : evaluations.front().rows) {
        const auto after =
            std::find_if(last.rows.begin(), last.rows.end(),
                         [&](const EvaluationRow& row) { return samePlace(row, before); });
        if (after != last.rows.end())
            out.push_back({before, *after, last.step});
    }
    return out;
}

std::string textTableOf(const std::vector<EvaluationChange>& changes) {
    std::vector<std::vector<std::string>> rows{
        {"clips", "task", "decoding", "items", "before", "after", "change"}};
    for (const EvaluationChange& change : changes)
        rows.push_back(
            {heldOutName(change.before.split), taskWords(change.before.task),
             change.before.decoding, std::to_string(change.after.items),
             fmt::format("{:.1f}", change.before.corpusBleu),
             fmt::format("{:.1f}", change.after.corpusBleu),
             fmt::format("{:+.1f}", change.after.corpusBleu - change.before.corpusBleu)});
    return textTable(rows);
}

nlohmann::ordered_json toJson(const std::vector<EvaluationChange>& changes) {
    auto out = nlohmann::ordered_json::array();
    for (const EvaluationChange& change : changes)
        out.push_back({{"split", change.before.split},
                       {"task", change.before.task},
                       {"decoding", change.before.decoding},
                       {"items", change.after.items},
                       {"step", change.step},
                       {"bleu_before", change.before.corpusBleu},
                       {"bleu_after", change.after.corpusBleu}});
    return out;
}

} // namespace viva
