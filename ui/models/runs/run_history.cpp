// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/run_history.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace viva {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void appendField(std::string& line, double value) {
    if (std::isnan(value))
        return;
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    line += text;
}

} // namespace

void RunHistory::clear() {
    *this = RunHistory();
}

void RunHistory::truncateFrom(double step) {
    const auto from = std::lower_bound(m_steps.begin(), m_steps.end(), step);
    const auto keep = static_cast<std::size_t>(from - m_steps.begin());
    m_steps.resize(keep);
    m_timeSec.resize(keep);
    m_tokens.resize(keep);
    m_samples.resize(keep);
    for (auto& [name, column] : m_values)
        column.resize(keep);
}

void RunHistory::append(const StepEvent& step) {
    const auto at = static_cast<double>(step.step);
    if (!m_steps.empty() && at <= m_steps.back())
        truncateFrom(at);
    m_steps.push_back(at);
    m_timeSec.push_back(step.trainSec);
    m_tokens.push_back(static_cast<double>(step.tokens));
    m_samples.push_back(static_cast<double>(step.samples));
    for (auto& [name, column] : m_values)
        column.push_back(kNone);
    for (const auto& [name, value] : step.metrics) {
        auto& column = m_values[name];
        column.resize(m_steps.size(), kNone);
        column.back() = value;
    }
}

void RunHistory::addEvaluation(const EvaluationEvent& evaluation) {
    std::erase_if(m_evaluations, [&](const auto& old) { return old.step >= evaluation.step; });
    m_evaluations.push_back(evaluation);
}

void RunHistory::addCheckpoint(std::int64_t step) {
    std::erase_if(m_checkpoints, [step](std::int64_t old) { return old >= step; });
    m_checkpoints.push_back(step);
}

void RunHistory::addNote(const NoteEvent& note) {
    m_notes.push_back(note);
}

const std::vector<double>& RunHistory::x(XKind kind) const {
    switch (kind) {
    case XKind::Step:
        return m_steps;
    case XKind::Time:
        return m_timeSec;
    case XKind::Tokens:
        return m_tokens;
    case XKind::Samples:
        return m_samples;
    }
    return m_steps;
}

const std::vector<double>& RunHistory::values(const std::string& metric) const {
    static const std::vector<double> none;
    const auto found = m_values.find(metric);
    return found == m_values.end() ? none : found->second;
}

std::vector<std::string> RunHistory::metricNames() const {
    std::vector<std::string> names;
    names.reserve(m_values.size());
    for (const auto& [name, column] : m_values)
        names.push_back(name);
    return names;
}

std::optional<double> RunHistory::latest(const std::string& metric) const {
    const std::vector<double>& column = values(metric);
    const auto last = std::find_if(column.rbegin(), column.rend(),
                                   [](double value) { return !std::isnan(value); });
    return last == column.rend() ? std::nullopt : std::optional(*last);
}

std::int64_t RunHistory::lastStep() const {
    return m_steps.empty() ? 0 : static_cast<std::int64_t>(m_steps.back());
}

std::optional<std::size_t> RunHistory::rowNear(XKind kind, double where) const {
    const std::vector<double>& column = x(kind);
    if (column.empty())
        return std::nullopt;
    const auto after = std::lower_bound(column.begin(), column.end(), where);
    auto row = static_cast<std::size_t>(after - column.begin());
    if (row == column.size() || (row > 0 && where - column[row - 1] < column[row] - where))
        --row;
    return row;
}

double RunHistory::xOfStep(XKind kind, std::int64_t step) const {
    if (m_steps.empty() || step <= 0)
        return 0;
    const auto row = rowNear(XKind::Step, static_cast<double>(step));
    return x(kind)[*row];
}

RunHistory readHistory(const ProjectStore& store, RunId run) {
    RunHistory history;
    std::map<std::int64_t, MetricPoint> rows;
    std::map<std::string, std::vector<MetricPoint>> series;
    for (const std::string& name : store.metricNames(run)) {
        series[name] = store.series(run, name);
        for (const MetricPoint& point : series[name])
            rows.emplace(point.step, point);
    }
    for (const auto& [step, point] : rows) {
        history.m_steps.push_back(static_cast<double>(step));
        history.m_timeSec.push_back(point.trainSec);
        history.m_tokens.push_back(static_cast<double>(point.tokens));
        history.m_samples.push_back(static_cast<double>(point.samples));
    }
    for (const auto& [name, points] : series) {
        std::vector<double>& column = history.m_values[name];
        column.assign(history.m_steps.size(), kNone);
        std::size_t row = 0;
        for (const MetricPoint& point : points) {
            while (history.m_steps[row] < static_cast<double>(point.step))
                ++row;
            column[row] = point.value;
        }
    }
    history.m_evaluations = store.evaluations(run);
    for (const CheckpointRecord& checkpoint : store.checkpoints(run))
        history.m_checkpoints.push_back(checkpoint.step);
    history.m_notes = store.notes(run);
    return history;
}

std::string historyCsv(const RunHistory& history) {
    std::string csv = "step,train_sec,tokens,samples";
    const std::vector<std::string> names = history.metricNames();
    for (const std::string& name : names)
        csv += ',' + name;
    csv += '\n';
    for (std::size_t row = 0; row < history.size(); ++row) {
        std::string line;
        for (const XKind kind : {XKind::Step, XKind::Time, XKind::Tokens, XKind::Samples}) {
            if (!line.empty())
                line += ',';
            appendField(line, history.x(kind)[row]);
        }
        for (const std::string& name : names) {
            line += ',';
            appendField(line, history.values(name)[row]);
        }
        csv += line + '\n';
    }
    return csv;
}

} // namespace viva
