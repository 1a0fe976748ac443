// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/group/group.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace viva {

enum class RunState {
    Idle,
    Preparing, ///< loading the model, encoding the clips
    Running,
    Paused,
    Evaluating,
    Stopping,
    Stopped,  ///< stopped on request; can be resumed
    Finished, ///< all steps done
    Failed
};

[[nodiscard]] std::string_view toString(RunState state) noexcept;
/// The inverse; nullopt for a word that is none of them.
[[nodiscard]] std::optional<RunState> runStateFromString(std::string_view word) noexcept;
[[nodiscard]] bool isFinal(RunState state) noexcept;

/// The state of the run changed; also the progress of long preparation.
struct StateEvent {
    RunState state = RunState::Idle;
    std::string message;  ///< for people; may be empty
    double progress = -1; ///< 0..1 of the present activity; -1 = unknown
};

/// What the run stands on, said once before the first step (and again after a resume).
struct RunInfoEvent {
    std::string device; ///< "CPU, 2 threads", "CUDA: ..."
    std::string dtype;
    std::int64_t totalSteps = 0;
    std::int64_t firstStep = 1; ///< greater than 1 after a resume
    std::int64_t trainableParameters = 0;
    std::int64_t totalParameters = 0;
    std::int64_t examples = 0;
};

/// The curves of one step, under TRL's metric names.
struct StepEvent {
    std::int64_t step = 0; ///< 1-based
    std::int64_t totalSteps = 0;
    double trainSec = 0;      ///< time spent training so far, pauses left out, over all sessions
    std::int64_t tokens = 0;  ///< completion tokens sampled so far (num_tokens)
    std::int64_t samples = 0; ///< answers sampled so far
    double etaSec = -1;       ///< time left; -1 = unknown
    std::vector<std::pair<std::string, double>> metrics;

    /// The value of a metric; `fallback` when it is not there.
    [[nodiscard]] double metric(std::string_view name, double fallback = 0) const;
};

/// One group with every answer.
struct GroupEvent {
    Group group;
};

/// A metric of an evaluation, mean over its passes.
struct EvaluationMetric {
    std::string name; ///< as in core/eval's table: "bleu" (0..100), "wer" (a rate), ...
    double value = 0;
    std::optional<std::pair<double, double>> interval{}; ///< low and high end at 95 %
};

/// One split, task and decoding.
struct EvaluationRow {
    std::string split;    ///< "validation", "test"
    std::string task;     ///< "sqa", "ast", "asr"
    std::string decoding; ///< "sampled" or "greedy"
    int items = 0;
    int passes = 1;
    std::vector<EvaluationMetric> metrics;

    /// The value of a metric; nullopt when the row has none of this name.
    [[nodiscard]] std::optional<double> metric(std::string_view name) const;
    /// Both score the same thing, perhaps at different steps.
    [[nodiscard]] bool samePlace(const EvaluationRow& other) const;
};

struct EvaluationEvent {
    std::int64_t step = 0; ///< 0 = before the first step
    std::vector<EvaluationRow> rows;
};

struct CheckpointEvent {
    std::int64_t step = 0;
    std::string path; ///< folder, relative to the project
};

/// Something a person should know that is no failure ("step retried with a smaller micro-batch").
struct NoteEvent {
    std::int64_t step = 0;
    std::string text;
};

struct FailureEvent {
    ErrorInfo error;
};

using TrainingEvent = std::variant<StateEvent, RunInfoEvent, StepEvent, GroupEvent, EvaluationEvent,
                                   CheckpointEvent, NoteEvent, FailureEvent>;

} // namespace viva
