// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/project_store.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace viva {

enum class XKind { Step, Time, Tokens, Samples };

/// The curves of one run as columns of equal length, one row a step, in the order of steps. Values
/// that a step did not report are NaN.
class RunHistory {
public:
    void clear();
    /// A step at or before the last one takes back everything from there on: a resumed run goes on
    /// from its checkpoint.
    void append(const StepEvent& step);
    void addEvaluation(const EvaluationEvent& evaluation);
    void addCheckpoint(std::int64_t step);
    void addNote(const NoteEvent& note);

    [[nodiscard]] std::size_t size() const { return m_steps.size(); }
    [[nodiscard]] bool empty() const { return m_steps.empty(); }
    [[nodiscard]] const std::vector<double>& x(XKind kind) const;
    /// Empty when the run has no such metric.
    [[nodiscard]] const std::vector<double>& values(const std::string& metric) const;
    [[nodiscard]] std::vector<std::string> metricNames() const;
    /// The last reported value.
    [[nodiscard]] std::optional<double> latest(const std::string& metric) const;
    [[nodiscard]] std::int64_t lastStep() const;
    /// The row whose x is nearest; nullopt when there is none.
    [[nodiscard]] std::optional<std::size_t> rowNear(XKind kind, double x) const;
    [[nodiscard]] double xOfStep(XKind kind, std::int64_t step) const;

    [[nodiscard]] const std::vector<EvaluationEvent>& evaluations() const { return m_evaluations; }
    [[nodiscard]] const std::vector<std::int64_t>& checkpoints() const { return m_checkpoints; }
    [[nodiscard]] const std::vector<NoteEvent>& notes() const { return m_notes; }
    /// Steps at which the run went on after an interruption.
    [[nodiscard]] const std::vector<std::int64_t>& resumes() const { return m_resumes; }
    void addResume(std::int64_t afterStep) { m_resumes.push_back(afterStep); }

private:
    friend RunHistory readHistory(const ProjectStore& store, RunId run);
    void truncateFrom(double step);

    std::vector<double> m_steps;
    std::vector<double> m_timeSec;
    std::vector<double> m_tokens;
    std::vector<double> m_samples;
    std::map<std::string, std::vector<double>> m_values;
    std::vector<EvaluationEvent> m_evaluations;
    std::vector<std::int64_t> m_checkpoints;
    std::vector<NoteEvent> m_notes;
    std::vector<std::int64_t> m_resumes;
};

/// Reads a run's curves; blocks, for task threads. @throws Error(Database).
[[nodiscard]] RunHistory readHistory(const ProjectStore& store, RunId run);

/// One header line, one line a step: step, time, tokens, samples, then every metric.
[[nodiscard]] std::string historyCsv(const RunHistory& history);

} // namespace viva
