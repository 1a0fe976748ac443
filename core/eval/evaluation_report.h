// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/bootstrap.h"
#include "core/eval/eval_items.h"
#include "core/eval/eval_metrics.h"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// A figure over several passes.
struct PassSpread {
    double mean = 0;
    double min = 0;
    double max = 0;
};

/// One answer to one item in one pass, with all its counts.
struct ScoredAnswer {
    std::size_t item = 0; ///< index in EvaluationReport::items
    int pass = 0;
    std::string answer;
    std::vector<MetricCounts> counts; ///< as evalMetrics(); empty where not measured for the task
};

/// A metric of the items of a summary.
struct MetricSummary {
    std::string name; ///< EvalMetric::name
    PassSpread value; ///< in the metric's own unit: BLEU 0..100, rates and shares 0..1
    std::optional<ConfidenceInterval> interval{}; ///< of the mean, items resampled
};

/// The figures of the items that share split and task (and voice, where asked for).
struct EvaluationSummary {
    std::string split;
    std::string task;
    std::string voice; ///< empty: all voices
    std::string decoding;
    int items = 0;
    int passes = 0;
    double confidence = 0.95;
    std::vector<MetricSummary> metrics; ///< those of the task, in the order of evalMetrics()

    /// Null where the task has no such metric.
    [[nodiscard]] const MetricSummary* metric(std::string_view name) const;
};

struct EvaluationReport {
    std::string decoding; ///< "greedy" or "sampled"
    int passes = 0;
    std::vector<EvalItem> items;
    std::vector<ScoredAnswer> answers; ///< pass by pass, each in the order of the items
    std::vector<EvaluationSummary> summaries;
};

/// Columns lined up, one row a summary; for terminals and logs.
[[nodiscard]] std::string textTable(const EvaluationReport& report);
/// Everything as JSON; the answers only with `withAnswers`.
[[nodiscard]] nlohmann::json toJson(const EvaluationReport& report, bool withAnswers = false);

/// A metric of two reports over the items both answered (same id), of one split and task.
/// @throws Error(InvalidArgument) when they share no such item, differ in passes, or the task has
/// no such metric.
[[nodiscard]] PairedComparison compareReports(const EvaluationReport& before,
                                              const EvaluationReport& after,
                                              const std::string& metric, const std::string& split,
                                              const std::string& task,
                                              const BootstrapOptions& options = {});

} // namespace viva
