// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/console_listener.h"

#include "app/cli/runs/event_json.h"
#include "core/eval/eval_metrics.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <utility>

namespace viva {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point then) {
    return std::chrono::duration<double>(Clock::now() - then).count();
}

std::string duration(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    if (whole >= 3600)
        return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
    return fmt::format("{:02}:{:02}", whole / 60, whole % 60);
}

std::string bar(double share, int width) {
    const int full = static_cast<int>(share * width + 0.5);
    return std::string(static_cast<std::size_t>(full), '#') +
           std::string(static_cast<std::size_t>(width - full), '.');
}

int terminalColumns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

} // namespace

ConsoleStyle consoleStyle(bool json, bool quiet) {
    if (json)
        return ConsoleStyle::Json;
    if (quiet)
        return ConsoleStyle::Quiet;
    return ::isatty(STDERR_FILENO) ? ConsoleStyle::Terminal : ConsoleStyle::Plain;
}

struct ConsoleListener::Impl {
    // --- immutable
    ConsoleStyle style;

    // --- shared, guarded by `mutex`
    std::mutex mutex;
    std::condition_variable changed;
    RunState state = RunState::Idle;

    // --- the trainer's thread only
    Clock::time_point drawn = Clock::time_point::min();
    std::size_t lineLength = 0;
    std::deque<std::pair<Clock::time_point, std::int64_t>> recent; ///< when a step was done
    double reward = 0; ///< moving average over about ten steps
    std::int64_t averaged = 0;
    std::string lastMessage;

    /// Draws over the line before; on a terminal only.
    void draw(const std::string& text, bool keep) {
        std::string line = text.substr(0, static_cast<std::size_t>(terminalColumns() - 1));
        const std::size_t length = line.size();
        if (line.size() < lineLength)
            line.append(lineLength - line.size(), ' ');
        fmt::print(stderr, "\r{}{}", line, keep ? "\n" : "");
        std::fflush(stderr);
        lineLength = keep ? 0 : length;
    }

    void say(const std::string& text) {
        if (style == ConsoleStyle::Terminal)
            draw(text, true);
        else if (style == ConsoleStyle::Plain)
            fmt::print(stderr, "{}\n", text);
    }

    [[nodiscard]] bool due(double seconds) {
        if (drawn != Clock::time_point::min() && secondsSince(drawn) < seconds)
            return false;
        drawn = Clock::now();
        return true;
    }

    void onState(const StateEvent& event) {
        const bool changedState = event.state != state;
        {
            const std::lock_guard lock(mutex);
            state = event.state;
        }
        changed.notify_all();
        const bool newMessage = !event.message.empty() && event.message != lastMessage;
        if (!event.message.empty())
            lastMessage = event.message;
        if (style == ConsoleStyle::Terminal && event.progress >= 0) {
            if (due(0.1) || newMessage)
                draw(fmt::format("{} [{}] {:3.0f} %", event.message, bar(event.progress, 24),
                                 100 * event.progress),
                     false);
        } else if (newMessage && style == ConsoleStyle::Plain) {
            say(event.message);
        } else if (changedState && event.state == RunState::Stopping) {
            say("stopping: saving a checkpoint ...");
        }
    }

    void onStep(const StepEvent& event) {
        const double value = event.metric("reward", event.metric("loss"));
        ++averaged;
        reward += (value - reward) / static_cast<double>(std::min<std::int64_t>(averaged, 10));
        recent.emplace_back(Clock::now(), event.step);
        while (recent.size() > 20)
            recent.pop_front();
        const double span =
            std::chrono::duration<double>(recent.back().first - recent.front().first).count();
        const double speed =
            span > 0 ? static_cast<double>(recent.back().second - recent.front().second) / span : 0;
        const auto left = static_cast<double>(event.totalSteps - event.step);
        const double eta = event.etaSec >= 0 ? event.etaSec : speed > 0 ? left / speed : 0;
        const bool last = event.step == event.totalSteps;
        const bool hasReward = event.metric("reward", -1e300) > -1e300;
        std::string figures = fmt::format("{} {:.3f}", hasReward ? "reward" : "loss", reward);
        if (speed > 0)
            figures += fmt::format("  {:.1f} steps/s  {} left", speed, duration(eta));
        if (style == ConsoleStyle::Terminal && (due(0.1) || last))
            draw(fmt::format(
                     "step {}/{} [{}]  {}", event.step, event.totalSteps,
                     bar(static_cast<double>(event.step) /
                             static_cast<double>(std::max<std::int64_t>(1, event.totalSteps)),
                         24),
                     figures),
                 last);
        else if (style == ConsoleStyle::Plain && (due(5) || last))
            say(fmt::format("step {}/{}  {}", event.step, event.totalSteps, figures));
    }

    /// "BLEU at step 30: validation sqa 71.9 sampled, 70.1 greedy; ..."
    void sayMetric(const EvalMetric& metric, const EvaluationEvent& event) {
        std::map<std::pair<std::string, std::string>, std::string> places;
        for (const EvaluationRow& row : event.rows) {
            const auto value = row.metric(metric.name);
            if (!value || !metric.isHeadlineOf(row.task))
                continue;
            std::string& text = places[{row.split, row.task}];
            text += fmt::format("{} {:.1f} {}", text.empty() ? "" : ",", *value * metric.scale,
                                row.decoding);
        }
        std::string line;
        for (const auto& [place, text] : places)
            line +=
                fmt::format("{} {} {}{}", line.empty() ? "" : ";", place.first, place.second, text);
        if (!line.empty())
            say(fmt::format("{} at step {}:{}", metric.label, event.step, line));
    }

    void onEvaluation(const EvaluationEvent& event) {
        for (const EvalMetric& metric : evalMetrics())
            sayMetric(metric, event);
    }

    void show(const TrainingEvent& event) {
        if (const auto* stateChange = std::get_if<StateEvent>(&event))
            onState(*stateChange);
        else if (const auto* step = std::get_if<StepEvent>(&event))
            onStep(*step);
        else if (const auto* info = std::get_if<RunInfoEvent>(&event))
            say(fmt::format(
                "{}, {}; {} examples; {} of {} parameters are trained{}", info->device, info->dtype,
                info->examples, info->trainableParameters, info->totalParameters,
                info->firstStep > 1 ? fmt::format("; going on from step {}", info->firstStep - 1)
                                    : ""));
        else if (const auto* evaluation = std::get_if<EvaluationEvent>(&event))
            onEvaluation(*evaluation);
        else if (const auto* note = std::get_if<NoteEvent>(&event))
            say(note->text);
        else if (const auto* failure = std::get_if<FailureEvent>(&event))
            fmt::print(stderr, "{}viva: {}\n", lineLength > 0 ? "\n" : "", failure->error.text());
    }

    void print(const TrainingEvent& event) {
        if (const auto* stateChange = std::get_if<StateEvent>(&event)) {
            {
                const std::lock_guard lock(mutex);
                state = stateChange->state;
            }
            changed.notify_all();
        }
        if (std::holds_alternative<GroupEvent>(event))
            return; // every answer is in the project
        const std::string line =
            toJson(event).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
        fmt::print("{}\n", line);
        std::fflush(stdout);
    }
};

ConsoleListener::ConsoleListener(ConsoleStyle style) : m_impl(std::make_unique<Impl>()) {
    m_impl->style = style;
}

ConsoleListener::~ConsoleListener() {
    if (m_impl->lineLength > 0)
        fmt::print(stderr, "\n");
}

void ConsoleListener::onEvent(const TrainingEvent& event) {
    if (m_impl->style == ConsoleStyle::Json)
        m_impl->print(event);
    else
        m_impl->show(event);
}

RunState ConsoleListener::waitForEndOrPause() {
    std::unique_lock lock(m_impl->mutex);
    m_impl->changed.wait(
        lock, [this] { return isFinal(m_impl->state) || m_impl->state == RunState::Paused; });
    return m_impl->state;
}

} // namespace viva
