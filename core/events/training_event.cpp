// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/training_event.h"

#include <algorithm>
#include <array>

namespace viva {
namespace {

constexpr std::array kStates{
    std::pair{RunState::Idle, std::string_view("idle")},
    std::pair{RunState::Preparing, std::string_view("preparing")},
    std::pair{RunState::Running, std::string_view("running")},
    std::pair{RunState::Paused, std::string_view("paused")},
    std::pair{RunState::Evaluating, std::string_view("evaluating")},
    std::pair{RunState::Stopping, std::string_view("stopping")},
    std::pair{RunState::Stopped, std::string_view("stopped")},
    std::pair{RunState::Finished, std::string_view("finished")},
    std::pair{RunState::Failed, std::string_view("failed")},
};

} // namespace

std::string_view toString(RunState state) noexcept {
    for (const auto& [value, word] : kStates)
        if (value == state)
            return word;
    return "failed";
}

std::optional<RunState> runStateFromString(std::string_view word) noexcept {
    for (const auto& [value, known] : kStates)
        if (known == word)
            return value;
    return std::nullopt;
}

bool isFinal(RunState state) noexcept {
    return state == RunState::Stopped || state == RunState::Finished || state == RunState::Failed;
}

double StepEvent::metric(std::string_view name, double fallback) const {
    const auto found = std::find_if(metrics.begin(), metrics.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    return found == metrics.end() ? fallback : found->second;
}

std::optional<double> EvaluationRow::metric(std::string_view name) const {
    const auto found = std::find_if(metrics.begin(), metrics.end(),
                                    [&](const auto& entry) { return entry.name == name; });
    return found == metrics.end() ? std::nullopt : std::optional(found->value);
}

bool EvaluationRow::samePlace(const EvaluationRow& other) const {
    return split == other.split && task == other.task && decoding == other.decoding;
}

} // namespace viva
