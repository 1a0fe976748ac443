// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/event_json.h"

#include "core/eval/eval_metrics.h"

#include <nlohmann/json.hpp>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

Json rowJson(const EvaluationRow& row) {
    Json out{{"split", row.split}, {"task", row.task}, {"decoding", row.decoding}};
    Json metrics = Json::object();
    for (const EvaluationMetric& metric : row.metrics) {
        metrics[metric.name] = metric.value;
        const EvalMetric* known = findEvalMetric(metric.name);
        if (known != nullptr && !known->formerKey.empty())
            out[std::string(known->formerKey)] = metric.value;
    }
    out["items"] = row.items;
    out["passes"] = row.passes;
    out["metrics"] = std::move(metrics);
    return out;
}

struct ToJson {
    Json operator()(const StateEvent& event) const {
        Json out{{"event", "state"}, {"state", toString(event.state)}};
        if (!event.message.empty())
            out["message"] = event.message;
        if (event.progress >= 0)
            out["progress"] = event.progress;
        return out;
    }
    Json operator()(const RunInfoEvent& event) const {
        return {{"event", "run"},
                {"device", event.device},
                {"dtype", event.dtype},
                {"total_steps", event.totalSteps},
                {"first_step", event.firstStep},
                {"trainable_parameters", event.trainableParameters},
                {"total_parameters", event.totalParameters},
                {"examples", event.examples}};
    }
    Json operator()(const StepEvent& event) const {
        Json metrics = Json::object();
        for (const auto& [name, value] : event.metrics)
            metrics[name] = value;
        return {{"event", "step"},
                {"step", event.step},
                {"total_steps", event.totalSteps},
                {"train_sec", event.trainSec},
                {"tokens", event.tokens},
                {"samples", event.samples},
                {"eta_sec", event.etaSec},
                {"metrics", std::move(metrics)}};
    }
    Json operator()(const GroupEvent& event) const {
        Json answers = Json::array();
        for (const Answer& answer : event.group.answers)
            answers.push_back({{"text", answer.text},
                               {"reward", answer.reward},
                               {"advantage", answer.advantage},
                               {"finished", answer.finished}});
        return {{"event", "group"},
                {"step", event.group.step},
                {"index", event.group.index},
                {"example", event.group.question.id},
                {"task", event.group.question.task},
                {"question", event.group.question.text},
                {"references", event.group.question.references},
                {"reward_mean", event.group.rewardMean},
                {"reward_std", event.group.rewardStd},
                {"answers", std::move(answers)}};
    }
    Json operator()(const EvaluationEvent& event) const {
        Json rows = Json::array();
        for (const EvaluationRow& row : event.rows)
            rows.push_back(rowJson(row));
        return {{"event", "evaluation"}, {"step", event.step}, {"rows", std::move(rows)}};
    }
    Json operator()(const CheckpointEvent& event) const {
        return {{"event", "checkpoint"}, {"step", event.step}, {"path", event.path}};
    }
    Json operator()(const NoteEvent& event) const {
        return {{"event", "note"}, {"step", event.step}, {"text", event.text}};
    }
    Json operator()(const FailureEvent& event) const {
        return {{"event", "failure"},
                {"code", toString(event.error.code)},
                {"message", event.error.text()}};
    }
};

} // namespace

nlohmann::ordered_json toJson(const TrainingEvent& event) {
    return std::visit(ToJson{}, event);
}

} // namespace viva
