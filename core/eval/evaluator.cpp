// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluator.h"

#include "core/base/error.h"
#include "core/eval/pass_statistics.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace viva {
namespace {

PassSpread spreadOf(const std::vector<double>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    return {sum / static_cast<double>(values.size()), *low, *high};
}

/// Figures of some items, pass by pass.
class Summarizer {
public:
    Summarizer(const EvaluationReport& report, const EvaluationOptions& options)
        : m_report(report), m_options(options) {}

    [[nodiscard]] EvaluationSummary run(const std::vector<std::size_t>& items,
                                        bool withVoice) const {
        const EvalItem& first = m_report.items[items.front()];
        EvaluationSummary out;
        out.split = first.split;
        out.task = first.question.task;
        out.voice = withVoice ? first.voice : "";
        out.decoding = m_report.decoding;
        out.items = static_cast<int>(items.size());
        out.passes = m_report.passes;
        out.confidence = m_options.bootstrap.confidence;
        const auto metrics = evalMetrics();
        for (std::size_t m = 0; m < metrics.size(); ++m)
            if (metrics[m].isFor(out.task))
                out.metrics.push_back(summaryOf(items, m));
        return out;
    }

private:
    [[nodiscard]] MetricSummary summaryOf(const std::vector<std::size_t>& items,
                                          std::size_t metric) const {
        PassStatistics statistics(evalMetrics()[metric]);
        for (const std::size_t item : items) {
            std::vector<MetricCounts> byPass;
            for (int pass = 0; pass < m_report.passes; ++pass)
                byPass.push_back(at(item, pass).counts[metric]);
            statistics.addItem(std::move(byPass));
        }
        std::vector<std::size_t> all(items.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        std::vector<double> scores;
        for (std::size_t pass = 0; pass < statistics.passes(); ++pass)
            scores.push_back(statistics.score(all, pass));
        MetricSummary out{std::string(evalMetrics()[metric].name), spreadOf(scores)};
        if (m_options.bootstrap.resamples > 0)
            out.interval = bootstrapInterval(
                items.size(), [&](auto drawn) { return statistics.meanScore(drawn); },
                m_options.bootstrap);
        return out;
    }
    [[nodiscard]] const ScoredAnswer& at(std::size_t item, int pass) const {
        return m_report.answers[static_cast<std::size_t>(pass) * m_report.items.size() + item];
    }

    const EvaluationReport& m_report;
    const EvaluationOptions& m_options;
};

using GroupKey = std::tuple<std::string, std::string, std::string>;

/// Items that belong together, in the order in which the groups first occur.
std::vector<std::vector<std::size_t>> groupItems(const std::vector<EvalItem>& items, bool byVoice) {
    std::vector<GroupKey> keys;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const GroupKey key{items[i].split, items[i].question.task, byVoice ? items[i].voice : ""};
        const auto found = std::find(keys.begin(), keys.end(), key);
        if (found == keys.end()) {
            keys.push_back(key);
            groups.push_back({i});
        } else {
            groups[static_cast<std::size_t>(found - keys.begin())].push_back(i);
        }
    }
    return groups;
}

void summarize(EvaluationReport& report, const EvaluationOptions& options) {
    const Summarizer summarizer(report, options);
    std::vector<EvaluationSummary> summaries;
    for (const auto& group : groupItems(report.items, false))
        summaries.push_back(summarizer.run(group, false));
    if (options.byVoice)
        for (const auto& group : groupItems(report.items, true))
            summaries.push_back(summarizer.run(group, true));
    report.summaries = std::move(summaries);
}

void requireReferences(std::span<const EvalItem> items) {
    for (const EvalItem& item : items)
        if (item.question.references.empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("evaluate: item \"{}\" has no reference", item.question.id));
}

/// Counts of one metric for the answers of one pass, which are the last in the report.
void countPass(EvaluationReport& report, std::size_t metric, std::size_t firstAnswer,
               const EvalMetricOptions& options) {
    const EvalMetric& measure = evalMetrics()[metric];
    std::vector<std::size_t> places;
    std::vector<std::string> answers;
    std::vector<std::vector<std::string>> references;
    for (std::size_t i = firstAnswer; i < report.answers.size(); ++i) {
        const Question& question = report.items[report.answers[i].item].question;
        if (!measure.isFor(question.task))
            continue;
        places.push_back(i);
        answers.push_back(report.answers[i].answer);
        references.push_back(question.references);
    }
    if (places.empty())
        return;
    std::vector<MetricCounts> counts = measure.count(answers, references, options);
    for (std::size_t i = 0; i < places.size(); ++i)
        report.answers[places[i]].counts[metric] = std::move(counts[i]);
}

void addPass(EvaluationReport& report, int pass, const std::vector<std::string>& answers,
             const EvaluationOptions& options) {
    if (answers.size() != report.items.size())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("evaluate: {} answers to {} items in pass {}", answers.size(),
                                report.items.size(), pass));
    const std::size_t first = report.answers.size();
    const std::size_t metrics = evalMetrics().size();
    for (std::size_t i = 0; i < answers.size(); ++i)
        report.answers.push_back({i, pass, answers[i], std::vector<MetricCounts>(metrics)});
    for (std::size_t metric = 0; metric < metrics; ++metric)
        countPass(report, metric, first, options.metrics);
}

} // namespace

EvaluationReport scoreAnswers(std::span<const EvalItem> items,
                              std::span<const std::vector<std::string>> answers,
                              const EvaluationOptions& options) {
    if (answers.empty())
        throw Error(ErrorCode::InvalidArgument, "evaluate: 0 passes; at least 1 is needed");
    requireReferences(items);
    EvaluationReport report;
    report.decoding = options.decoding;
    report.passes = static_cast<int>(answers.size());
    report.items.assign(items.begin(), items.end());
    for (std::size_t pass = 0; pass < answers.size(); ++pass)
        addPass(report, static_cast<int>(pass), answers[pass], options);
    summarize(report, options);
    return report;
}

EvaluationReport evaluate(std::span<const EvalItem> items, const AnswerFunction& answer,
                          const EvaluationOptions& options) {
    std::vector<Question> questions;
    for (const EvalItem& item : items)
        questions.push_back(item.question);
    std::vector<std::vector<std::string>> answers;
    for (int pass = 0; pass < options.passes; ++pass)
        answers.push_back(answer(questions, pass, options.seed + static_cast<std::uint64_t>(pass)));
    return scoreAnswers(items, answers, options);
}

} // namespace viva
