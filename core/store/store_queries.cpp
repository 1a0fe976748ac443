// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages ask: curves, tables and groups of a run.
#include "core/store/blob.h"
#include "core/store/project_store_impl.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>

namespace viva {
namespace {

constexpr std::string_view kSummaryColumns =
    "id, step, position, example, task, question, reward_mean, reward_std, reward_min, reward_max, "
    "zero_variance, answers";

GroupSummary readSummary(Query& query) {
    GroupSummary out;
    out.id = query.integer(0);
    out.step = query.integer(1);
    out.index = static_cast<int>(query.integer(2));
    out.exampleId = query.text(3);
    out.task = query.text(4);
    out.question = query.text(5);
    out.rewardMean = query.real(6);
    out.rewardStd = query.real(7);
    out.rewardMin = query.real(8);
    out.rewardMax = query.real(9);
    out.zeroVariance = query.boolean(10);
    out.answers = static_cast<int>(query.integer(11));
    return out;
}

AnswerOrigin originOf(std::string_view word) {
    if (word == "reference")
        return AnswerOrigin::Reference;
    return word == "human" ? AnswerOrigin::Human : AnswerOrigin::Policy;
}

Answer readAnswer(Query& query) {
    Answer out;
    out.origin = originOf(query.text(0));
    out.text = query.text(1);
    out.reward = query.real(2);
    const auto parts = nlohmann::ordered_json::parse(query.text(3), nullptr, false);
    if (parts.is_object())
        for (const auto& [name, value] : parts.items())
            out.rewardParts.emplace_back(name, value.is_number()
                                                   ? value.get<double>()
                                                   : std::numeric_limits<double>::quiet_NaN());
    out.reason = query.text(4);
    out.advantage = query.real(5);
    out.finished = query.boolean(6);
    out.tokenIds = unpackIds(query.blob(7));
    out.tokens = unpackTexts(query.blob(8));
    out.logProbs = unpackFloats(query.blob(9));
    out.newLogProbs = unpackFloats(query.blob(10));
    out.refLogProbs = unpackFloats(query.blob(11));
    return out;
}

std::vector<EvaluationMetric> readMetrics(Database& database, std::int64_t evaluation) {
    Query query(database, "SELECT name, value, low, high FROM evaluation_metric "
                          "WHERE evaluation = ? ORDER BY name");
    query.bind(evaluation);
    std::vector<EvaluationMetric> out;
    while (query.next()) {
        EvaluationMetric& metric = out.emplace_back();
        metric.name = query.text(0);
        metric.value = query.real(1);
        if (!std::isnan(query.real(2)))
            metric.interval = {query.real(2), query.real(3)};
    }
    return out;
}

} // namespace

std::vector<std::string> ProjectStore::metricNames(RunId id) const {
    return m_impl->reading([&] {
        // Hops from name to name through the primary key instead of reading every row.
        Query query(m_impl->database,
                    "WITH RECURSIVE names (name) AS (SELECT min(name) FROM metric WHERE run = ?1 "
                    "UNION ALL SELECT (SELECT min(name) FROM metric WHERE run = ?1 AND name > "
                    "names.name) FROM names WHERE names.name IS NOT NULL) "
                    "SELECT name FROM names WHERE name IS NOT NULL");
        query.bind(id);
        std::vector<std::string> out;
        while (query.next())
            out.push_back(query.text(0));
        return out;
    });
}

std::vector<MetricPoint> ProjectStore::series(RunId id, const std::string& metric,
                                              std::int64_t afterStep) const {
    return m_impl->reading([&] {
        Query query(
            m_impl->database,
            "SELECT metric.step, step.train_sec, step.tokens, step.samples, metric.value "
            "FROM metric LEFT JOIN step ON step.run = metric.run AND step.step = metric.step "
            "WHERE metric.run = ? AND metric.name = ? AND metric.step > ? "
            "ORDER BY metric.step");
        query.bind(id).bind(metric).bind(afterStep);
        std::vector<MetricPoint> out;
        while (query.next())
            out.push_back({query.integer(0), query.real(1), query.integer(2), query.integer(3),
                           query.real(4)});
        return out;
    });
}

std::vector<EvaluationEvent> ProjectStore::evaluations(RunId id) const {
    return m_impl->reading([&] {
        Query query(m_impl->database,
                    "SELECT id, step, split, task, decoding, items, passes FROM evaluation "
                    "WHERE run = ? ORDER BY step, id");
        query.bind(id);
        std::vector<EvaluationEvent> out;
        while (query.next()) {
            if (out.empty() || out.back().step != query.integer(1))
                out.push_back({query.integer(1), {}});
            EvaluationRow row;
            row.split = query.text(2);
            row.task = query.text(3);
            row.decoding = query.text(4);
            row.items = static_cast<int>(query.integer(5));
            row.passes = static_cast<int>(query.integer(6));
            row.metrics = readMetrics(m_impl->database, query.integer(0));
            out.back().rows.push_back(std::move(row));
        }
        return out;
    });
}

std::vector<CheckpointRecord> ProjectStore::checkpoints(RunId id) const {
    return m_impl->reading([&] {
        Query query(m_impl->database,
                    "SELECT step, path, created_at FROM checkpoint WHERE run = ? ORDER BY step");
        query.bind(id);
        std::vector<CheckpointRecord> out;
        while (query.next())
            out.push_back({query.integer(0), query.text(1), query.text(2)});
        return out;
    });
}

std::vector<NoteEvent> ProjectStore::notes(RunId id) const {
    return m_impl->reading([&] {
        Query query(m_impl->database, "SELECT step, text FROM note WHERE run = ? ORDER BY id");
        query.bind(id);
        std::vector<NoteEvent> out;
        while (query.next())
            out.push_back({query.integer(0), query.text(1)});
        return out;
    });
}

std::vector<StateChange> ProjectStore::stateChanges(RunId id) const {
    return m_impl->reading([&] {
        Query query(m_impl->database,
                    "SELECT at, state, message FROM state_change WHERE run = ? ORDER BY id");
        query.bind(id);
        std::vector<StateChange> out;
        while (query.next())
            out.push_back({query.text(0),
                           runStateFromString(query.text(1)).value_or(RunState::Failed),
                           query.text(2)});
        return out;
    });
}

std::int64_t ProjectStore::lastGroupStep(RunId id) const {
    return m_impl->reading([&] {
        Query query(m_impl->database, "SELECT max(step) FROM answer_group WHERE run = ?");
        query.bind(id);
        return query.next() ? query.integer(0) : 0;
    });
}

std::vector<GroupSummary> ProjectStore::groupsOfStep(RunId id, std::int64_t step) const {
    return m_impl->reading([&] {
        Query query(m_impl->database, fmt::format("SELECT {} FROM answer_group WHERE run = ? AND "
                                                  "step = ? ORDER BY position",
                                                  kSummaryColumns));
        query.bind(id).bind(step);
        std::vector<GroupSummary> out;
        while (query.next())
            out.push_back(readSummary(query));
        return out;
    });
}

std::vector<GroupSummary> ProjectStore::groupsOfExample(RunId id,
                                                        const std::string& exampleId) const {
    return m_impl->reading([&] {
        Query query(m_impl->database, fmt::format("SELECT {} FROM answer_group WHERE run = ? AND "
                                                  "example = ? ORDER BY step, position",
                                                  kSummaryColumns));
        query.bind(id).bind(exampleId);
        std::vector<GroupSummary> out;
        while (query.next())
            out.push_back(readSummary(query));
        return out;
    });
}

std::optional<Group> ProjectStore::group(std::int64_t groupId) const {
    return m_impl->reading([&]() -> std::optional<Group> {
        Query query(m_impl->database,
                    "SELECT step, position, example, clip, task, question, reference, reward_mean, "
                    "reward_std, zero_variance FROM answer_group WHERE id = ?");
        query.bind(groupId);
        if (!query.next())
            return std::nullopt;
        Group out;
        out.step = query.integer(0);
        out.index = static_cast<int>(query.integer(1));
        out.question.id = query.text(2);
        out.question.clip = query.text(3);
        out.question.task = query.text(4);
        out.question.text = query.text(5);
        const auto references = nlohmann::json::parse(query.text(6), nullptr, false);
        for (const auto& reference : references)
            if (reference.is_string())
                out.question.references.push_back(reference.get<std::string>());
        out.rewardMean = query.real(7);
        out.rewardStd = query.real(8);
        out.zeroVariance = query.boolean(9);
        Query answers(m_impl->database,
                      "SELECT origin, text, reward, reward_parts, reason, advantage, finished, "
                      "token_ids, token_texts, log_probs, new_log_probs, ref_log_probs "
                      "FROM answer WHERE answer_group = ? ORDER BY position");
        answers.bind(groupId);
        while (answers.next())
            out.answers.push_back(readAnswer(answers));
        return out;
    });
}

} // namespace viva
