// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/evaluation_change.h"

#include "app/cli/text_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {
std::string heldOutName(const std::string& split) {
    if (split == "validation")
        return "unseen sentences";
    return split == "test" ? "unseen voices" : split;
}

std::string taskWords(const std::string& task, const EvalMetric& metric) {
    std::string words = task;
    if (task == "sqa")
        words = "question answering";
    else if (task == "ast")
        words = "translation";
    else if (task == "asr")
        words = "transcription";
    return metric.name == "bleu" ? words : fmt::format("{}, {}", words, metric.label);
}

std::vector<EvaluationChange> evaluationChanges(const std::vector<EvaluationEvent>& evaluations) {
    std::vector<EvaluationChange> out;
    if (evaluations.size() < 2 || evaluations.front().step != 0)
        return out;
    const EvaluationEvent& last = evaluations.back();
    for (const EvaluationRow& before : evaluations.front().rows) {
        const auto after =
            std::find_if(last.rows.begin(), last.rows.end(),
                         [&](const EvaluationRow& row) { return row.samePlace(before); });
        if (after == last.rows.end())
            continue;
        for (const EvalMetric& metric : evalMetrics()) {
            const auto first = before.metric(metric.name);
            const auto second = after->metric(metric.name);
            if (metric.isHeadlineOf(before.task) && first && second)
                out.push_back({*after, &metric, *first, *second, last.step});
        }
    }
    return out;
}

std::string textTableOf(const std::vector<EvaluationChange>& changes) {
    std::vector<std::vector<std::string>> rows{
        {"clips", "task", "decoding", "items", "before", "after", "change"}};
    for (const EvaluationChange& change : changes) {
        const double scale = change.metric->scale;
        rows.push_back({heldOutName(change.place.split),
                        taskWords(change.place.task, *change.metric), change.place.decoding,
                        std::to_string(change.place.items),
                        fmt::format("{:.1f}", change.before * scale),
                        fmt::format("{:.1f}", change.after * scale),
                        fmt::format("{:+.1f}", (change.after - change.before) * scale)});
    }
    return textTable(rows);
}

nlohmann::ordered_json toJson(const std::vector<EvaluationChange>& changes) {
    auto out = nlohmann::ordered_json::array();
    for (const EvaluationChange& change : changes) {
        const std::string name(change.metric->name);
        out.push_back({{"split", change.place.split},
                       {"task", change.place.task},
                       {"decoding", change.place.decoding},
                       {"items", change.place.items},
                       {"step", change.step},
                       {name + "_before", change.before},
                       {name + "_after", change.after}});
    }
    return out;
}

} // namespace viva
