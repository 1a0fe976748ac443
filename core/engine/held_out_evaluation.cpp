// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/held_out_evaluation.h"

#include "core/nn/lora_linear.h"
#include "core/speech/evaluation_run.h"

namespace viva {
namespace {

EvaluationRequest requestOf(const TrainConfig& config, bool greedy) {
    EvaluationRequest request;
    request.generation = config.generation();
    request.generation.greedy = greedy;
    request.generation.temperature = config.eval.temperature;
    request.generation.topP = config.eval.topP;
    request.generation.topK = 0;
    request.generation.minP = 0;
    request.options.passes = config.eval.passes;
    request.options.seed = config.seed;
    return request;
}

EvaluationRow rowOf(const EvaluationSummary& summary) {
    EvaluationRow row;
    row.split = summary.split;
    row.task = summary.task;
    row.decoding = summary.decoding;
    row.items = summary.items;
    row.passes = summary.passes;
    for (const MetricSummary& metric : summary.metrics) {
        row.metrics.push_back({metric.name, metric.value.mean});
        if (metric.interval)
            row.metrics.back().interval = {metric.interval->low, metric.interval->high};
    }
    return row;
}

} // namespace

std::optional<std::vector<EvaluationRow>>
evaluateHeldOut(const TrainConfig& config, const Dataset& heldOut, int mostPerSplit,
                const Answerer& answerer, const std::function<void(std::size_t, double)>& progress,
                const std::stop_token& stop) {
    std::vector<EvaluationRow> rows;
    const auto items =
        evalItems(heldOut, static_cast<std::size_t>(mostPerSplit), config.data.evalSplits);
    if (items.empty())
        return rows;
    const double parts = config.eval.greedy && config.eval.passes > 0 ? 2.0 : 1.0;
    double done = 0;
    for (const bool greedy : {false, true}) {
        if (greedy ? !config.eval.greedy : config.eval.passes < 1)
            continue;
        const auto tell = [&](double share) { progress(items.size(), (done + share) / parts); };
        const auto report =
            runEvaluation(answerer, kPolicyAdapters, items, requestOf(config, greedy), tell, stop);
        if (!report)
            return std::nullopt;
        for (const EvaluationSummary& summary : report->summaries)
            rows.push_back(rowOf(summary));
        done += 1;
    }
    return rows;
}

} // namespace viva
