// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/event_writer.h"

#include "core/store/blob.h"
#include "core/store/database.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace viva {
namespace {

std::string jsonText(const nlohmann::ordered_json& json) {
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string_view originWord(AnswerOrigin origin) {
    switch (origin) {
    case AnswerOrigin::Policy:
        return "policy";
    case AnswerOrigin::Reference:
        return "reference";
    case AnswerOrigin::Human:
        return "human";
    }
    return "policy";
}

class EventWriter {
public:
    EventWriter(Database& database, RunId run) : m_database(database), m_run(run) {}

    void operator()(const StateEvent& event) {
        const bool starts = event.state == RunState::Preparing;
        Query update(m_database, "UPDATE run SET state = ?2, finished_at = ?3, "
                                 "error = CASE WHEN ?4 THEN '' ELSE error END "
                                 "WHERE id = ?1 AND state <> ?2");
        update.bind(m_run).bind(toString(event.state));
        update.bind(isFinal(event.state) ? timestamp() : std::string()).bind(starts);
        if (update.run() == 0)
            return; // the progress of a state, not a change
        Query insert(m_database,
                     "INSERT INTO state_change (run, at, state, message) VALUES (?, ?, ?, ?)");
        insert.bind(m_run).bind(timestamp()).bind(toString(event.state)).bind(event.message).run();
    }

    void operator()(const RunInfoEvent& event) {
        // Steps beyond the checkpoint that a resumed run starts from will be made again.
        truncateRun(m_database, m_run, event.firstStep - 1);
        Query update(m_database, "UPDATE run SET device = ?, dtype = ?, total_steps = ?, "
                                 "trainable_parameters = ?, total_parameters = ?, examples = ? "
                                 "WHERE id = ?");
        update.bind(event.device).bind(event.dtype).bind(event.totalSteps);
        update.bind(event.trainableParameters).bind(event.totalParameters).bind(event.examples);
        update.bind(m_run).run();
    }

    void operator()(const StepEvent& event) {
        Query step(m_database,
                   "INSERT OR REPLACE INTO step (run, step, train_sec, tokens, samples) "
                   "VALUES (?, ?, ?, ?, ?)");
        step.bind(m_run).bind(event.step).bind(event.trainSec);
        step.bind(event.tokens).bind(event.samples).run();
        for (const auto& [name, value] : event.metrics)
            Query(m_database,
                  "INSERT OR REPLACE INTO metric (run, step, name, value) VALUES (?, ?, ?, ?)")
                .bind(m_run)
                .bind(event.step)
                .bind(name)
                .bind(value)
                .run();
        Query run(m_database,
                  "UPDATE run SET steps_done = ?, total_steps = ?, train_sec = ? WHERE id = ?");
        run.bind(event.step).bind(event.totalSteps).bind(event.trainSec).bind(m_run).run();
    }

    void operator()(const GroupEvent& event) {
        const Group& group = event.group;
        Query insert(
            m_database,
            "INSERT OR REPLACE INTO answer_group (run, step, position, example, clip, task, "
            "question, reference, reward_mean, reward_std, reward_min, reward_max, "
            "zero_variance, answers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.bind(m_run).bind(group.step).bind(group.index).bind(group.question.id);
        insert.bind(group.question.clip.string()).bind(group.question.task);
        insert.bind(group.question.text).bind(jsonText(group.question.references));
        insert.bind(group.rewardMean).bind(group.rewardStd);
        const auto [low, high] = rewardRange(group);
        insert.bind(low).bind(high).bind(group.zeroVariance);
        insert.bind(static_cast<std::int64_t>(group.answers.size())).run();
        const std::int64_t id = m_database.raw().getLastInsertRowid();
        for (std::size_t i = 0; i < group.answers.size(); ++i)
            insertAnswer(id, static_cast<std::int64_t>(i), group.answers[i]);
    }

    void operator()(const EvaluationEvent& event) {
        for (const EvaluationRow& row : event.rows) {
            Query insert(m_database,
                         "INSERT OR REPLACE INTO evaluation (run, step, split, task, decoding, "
                         "items, passes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
            insert.bind(m_run).bind(event.step).bind(row.split).bind(row.task).bind(row.decoding);
            insert.bind(row.items).bind(row.passes).bind(timestamp()).run();
            insertMetrics(m_database.raw().getLastInsertRowid(), row.metrics);
        }
    }

    void operator()(const CheckpointEvent& event) {
        Query insert(m_database, "INSERT OR REPLACE INTO checkpoint (run, step, path, created_at) "
                                 "VALUES (?, ?, ?, ?)");
        insert.bind(m_run).bind(event.step).bind(event.path).bind(timestamp()).run();
    }

    void operator()(const NoteEvent& event) {
        Query insert(m_database,
                     "INSERT INTO note (run, step, text, created_at) VALUES (?, ?, ?, ?)");
        insert.bind(m_run).bind(event.step).bind(event.text).bind(timestamp()).run();
    }

    void operator()(const FailureEvent& event) {
        Query update(m_database, "UPDATE run SET error = ? WHERE id = ?");
        update.bind(event.error.text()).bind(m_run).run();
    }

private:
    static std::pair<double, double> rewardRange(const Group& group) {
        if (group.answers.empty())
            return {0.0, 0.0};
        const auto [low, high] = std::minmax_element(
            group.answers.begin(), group.answers.end(),
            [](const Answer& a, const Answer& b) { return a.reward < b.reward; });
        return {low->reward, high->reward};
    }

    void insertMetrics(std::int64_t evaluation, const std::vector<EvaluationMetric>& metrics) {
        constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
        for (const EvaluationMetric& metric : metrics) {
            const auto [low, high] = metric.interval.value_or(std::pair(kNone, kNone));
            Query insert(m_database, "INSERT OR REPLACE INTO evaluation_metric (evaluation, name, "
                                     "value, low, high) VALUES (?, ?, ?, ?, ?)");
            insert.bind(evaluation).bind(metric.name).bind(metric.value).bind(low).bind(high).run();
        }
    }

    void insertAnswer(std::int64_t group, std::int64_t position, const Answer& answer) {
        auto parts = nlohmann::ordered_json::object();
        for (const auto& [name, value] : answer.rewardParts)
            parts[name] = value;
        Query insert(m_database,
                     "INSERT INTO answer (answer_group, position, origin, text, reward, "
                     "reward_parts, reason, advantage, finished, tokens, token_ids, token_texts, "
                     "log_probs, new_log_probs, ref_log_probs) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        insert.bind(group).bind(position).bind(originWord(answer.origin)).bind(answer.text);
        insert.bind(answer.reward).bind(jsonText(parts)).bind(answer.reason);
        insert.bind(answer.advantage).bind(answer.finished);
        insert.bind(static_cast<std::int64_t>(answer.tokenIds.size()));
        insert.bind(packIds(answer.tokenIds)).bind(packTexts(answer.tokens));
        insert.bind(packFloats(answer.logProbs)).bind(packFloats(answer.newLogProbs));
        insert.bind(packFloats(answer.refLogProbs)).run();
    }

    Database& m_database;
    RunId m_run;
};

} // namespace

void appendEvent(Database& database, RunId run, const TrainingEvent& event) {
    std::visit(EventWriter(database, run), event);
}

void truncateRun(Database& database, RunId run, std::int64_t step) {
    constexpr std::array<std::string_view, 6> kDeletes{
        "DELETE FROM step WHERE run = ? AND step > ?",
        "DELETE FROM metric WHERE run = ? AND step > ?",
        "DELETE FROM answer_group WHERE run = ? AND step > ?",
        "DELETE FROM evaluation WHERE run = ? AND step > ?",
        "DELETE FROM checkpoint WHERE run = ? AND step > ?",
        "DELETE FROM note WHERE run = ? AND step > ?",
    };
    for (const std::string_view sql : kDeletes)
        Query(database, sql).bind(run).bind(step).run();
    Query(database,
          "UPDATE run SET steps_done = min(steps_done, ?2), train_sec = coalesce((SELECT "
          "train_sec FROM step WHERE run = ?1 ORDER BY step DESC LIMIT 1), 0) WHERE id = ?1")
        .bind(run)
        .bind(step)
        .run();
}

} // namespace viva
