// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluation_report.h"

#include "core/base/error.h"
#include "core/eval/pass_statistics.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace viva {
namespace {

using Row = std::vector<std::string>;
constexpr std::size_t kTextColumns = 3; ///< they are lined up on the left

/// "31.2" or, over several passes, "31.2 (29.8-33.0)"; with "[28.1, 34.0]" where there is room.
std::string valueText(const EvalMetric& metric, const MetricSummary& summary, int passes) {
    const PassSpread& value = summary.value;
    std::string text = fmt::format("{:.1f}", value.mean * metric.scale);
    if (passes > 1)
        text += fmt::format(" ({:.1f}-{:.1f})", value.min * metric.scale, value.max * metric.scale);
    if (metric.showsInterval && summary.interval)
        text += fmt::format(" [{:.1f}, {:.1f}]", summary.interval->low * metric.scale,
                            summary.interval->high * metric.scale);
    return text;
}

/// The metrics that at least one summary has.
std::vector<const EvalMetric*> columnsOf(const EvaluationReport& report) {
    std::vector<const EvalMetric*> out;
    for (const EvalMetric& metric : evalMetrics())
        if (std::any_of(report.summaries.begin(), report.summaries.end(), [&](const auto& summary) {
                return summary.metric(metric.name) != nullptr;
            }))
            out.push_back(&metric);
    return out;
}

std::vector<Row> rowsOf(const EvaluationReport& report) {
    const std::vector<const EvalMetric*> metrics = columnsOf(report);
    std::vector<Row> rows{{"split", "task", "voice", "items"}};
    for (const EvalMetric* metric : metrics)
        rows.front().emplace_back(metric->label);
    for (const EvaluationSummary& summary : report.summaries) {
        Row row{summary.split, summary.task, summary.voice.empty() ? "all" : summary.voice,
                fmt::format("{}", summary.items)};
        for (const EvalMetric* metric : metrics) {
            const MetricSummary* value = summary.metric(metric->name);
            row.push_back(value ? valueText(*metric, *value, summary.passes) : "");
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

nlohmann::json spreadJson(const PassSpread& spread) {
    return {{"mean", spread.mean}, {"min", spread.min}, {"max", spread.max}};
}

nlohmann::json summaryJson(const EvaluationSummary& summary) {
    nlohmann::json out = {{"split", summary.split},
                          {"task", summary.task},
                          {"voice", summary.voice},
                          {"decoding", summary.decoding},
                          {"items", summary.items},
                          {"passes", summary.passes},
                          {"metrics", nlohmann::json::object()}};
    for (const MetricSummary& value : summary.metrics) {
        nlohmann::json& metric = out["metrics"][value.name] = spreadJson(value.value);
        if (value.interval)
            metric["interval"] = {{"low", value.interval->low},
                                  {"high", value.interval->high},
                                  {"confidence", summary.confidence}};
        const EvalMetric* known = findEvalMetric(value.name);
        if (known == nullptr || known->formerKey.empty())
            continue;
        const std::string key(known->formerKey);
        out[key] = spreadJson(value.value);
        if (known->showsInterval && value.interval)
            out[key + "_interval"] = metric["interval"];
    }
    return out;
}

nlohmann::json answerJson(const EvaluationReport& report, const ScoredAnswer& answer) {
    const Question& question = report.items[answer.item].question;
    nlohmann::json out = {{"id", question.id},         {"pass", answer.pass},
                          {"question", question.text}, {"references", question.references},
                          {"answer", answer.answer},   {"metrics", nlohmann::json::object()}};
    const auto metrics = evalMetrics();
    for (std::size_t m = 0; m < metrics.size(); ++m) {
        const MetricCounts& counts = answer.counts[m];
        if (counts.empty())
            continue;
        const double value = metrics[m].score(counts);
        out["metrics"][std::string(metrics[m].name)] = value;
        // Keys from before metrics had names, kept for scripts.
        if (metrics[m].name == "sentence_bleu")
            out["sentence_bleu"] = value;
        else if (metrics[m].name == "exact_match")
            out["exact"] = value > 0;
        else if (metrics[m].name == "wer")
            out["edits"] = std::vector<std::int64_t>(counts.begin(), counts.end());
    }
    return out;
}

/// Counts of a metric by item id, of one split and task.
std::map<std::string, std::vector<MetricCounts>> countsById(const EvaluationReport& report,
                                                            std::size_t metric,
                                                            const std::string& split,
                                                            const std::string& task) {
    std::map<std::string, std::vector<MetricCounts>> out;
    for (const ScoredAnswer& answer : report.answers) {
        const EvalItem& item = report.items[answer.item];
        if (item.split == split && item.question.task == task)
            out[item.question.id].push_back(answer.counts[metric]);
    }
    return out;
}

/// @throws Error(InvalidArgument) for a name that the table does not have, or not for this task.
std::size_t metricIndex(const std::string& name, const std::string& task) {
    const EvalMetric* metric = findEvalMetric(name);
    if (metric == nullptr || !metric->isFor(task))
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("compareReports: there is no metric \"{}\" of task \"{}\"", name, task));
    return static_cast<std::size_t>(metric - evalMetrics().data());
}

} // namespace

const MetricSummary* EvaluationSummary::metric(std::string_view name) const {
    const auto found = std::find_if(metrics.begin(), metrics.end(),
                                    [name](const auto& metric) { return metric.name == name; });
    return found == metrics.end() ? nullptr : &*found;
}

std::string textTable(const EvaluationReport& report) {
    const std::vector<Row> rows = rowsOf(report);
    std::vector<std::size_t> widths(rows.front().size());
    for (const Row& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    std::string out = fmt::format("{} answers, {} pass{}\n", report.decoding, report.passes,
                                  report.passes == 1 ? "" : "es");
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += i < kTextColumns ? fmt::format("{:<{}}  ", row[i], widths[i])
                                     : fmt::format("{:>{}}  ", row[i], widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

nlohmann::json toJson(const EvaluationReport& report, bool withAnswers) {
    nlohmann::json rows = nlohmann::json::array();
    for (const EvaluationSummary& summary : report.summaries)
        rows.push_back(summaryJson(summary));
    nlohmann::json out = {
        {"decoding", report.decoding}, {"passes", report.passes}, {"summaries", rows}};
    if (withAnswers) {
        out["answers"] = nlohmann::json::array();
        for (const ScoredAnswer& answer : report.answers)
            out["answers"].push_back(answerJson(report, answer));
    }
    return out;
}

PairedComparison compareReports(const EvaluationReport& before, const EvaluationReport& after,
                                const std::string& metric, const std::string& split,
                                const std::string& task, const BootstrapOptions& options) {
    if (before.passes != after.passes)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("compareReports: {} passes and {} passes cannot be paired; "
                                "evaluate both with as many",
                                before.passes, after.passes));
    const std::size_t index = metricIndex(metric, task);
    const auto first = countsById(before, index, split, task);
    auto second = countsById(after, index, split, task);
    PassStatistics left(evalMetrics()[index]);
    PassStatistics right(evalMetrics()[index]);
    for (const auto& [id, counts] : first) {
        const auto found = second.find(id);
        if (found == second.end())
            continue;
        left.addItem(counts);
        right.addItem(std::move(found->second));
    }
    if (left.items() == 0)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("compareReports: the reports share no item of split \"{}\" and "
                                "task \"{}\"",
                                split, task));
    return comparePaired(
        left.items(), [&left](auto items) { return left.meanScore(items); },
        [&right](auto items) { return right.meanScore(items); }, options);
}

} // namespace viva
