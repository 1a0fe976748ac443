// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/evaluate_command.h"

#include "app/cli/clips/opened_project.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "core/base/program_folders.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace viva {

EvaluateCommand::EvaluateCommand() {
    m_sampling.generation.temperature = 0.9;
    m_sampling.generation.topP = 0.9;
}

void EvaluateCommand::declare(CLI::App& app) {
    m_model.declare(app);
    m_sampling.declare(app);
    app.add_option("--data", m_data, "manifest.jsonl, demo, or project for the clips of --project");
    app.add_option("--project", m_project, "project folder, for --data project")
        ->type_name("NAME.viva");
    app.add_option("--split", m_splits, "splits of the data set")->delimiter(',');
    app.add_option("--task", m_tasks, "tasks; all where none is given")->delimiter(',');
    app.add_option("--decoding", m_decoding, "greedy, sampled or both")
        ->check(CLI::IsMember({"greedy", "sampled", "both"}));
    app.add_option("--passes", m_passes, "sampled passes, each with the next seed")
        ->check(CLI::Range(1, 100));
    app.add_option("--seed", m_seed, "seed of the first pass");
    app.add_option("--max-items", m_maxItems, "examples of each split; 0 takes all")
        ->check(CLI::Range(0, 100000000));
    app.add_flag("--by-voice", m_byVoice, "a row for each voice as well");
    app.add_flag("--lowercase", m_lowercase, "compare without case");
    app.add_flag("--answers", m_withAnswers, "with every answer (--json)");
    app.add_flag("--json", m_json, "one JSON object a decoding");
    app.add_flag("--quiet", m_quiet, "no progress");
}

Dataset EvaluateCommand::dataset() const {
    const DatasetFilter filter{.splits = m_splits, .tasks = m_tasks, .copies = false};
    if (m_data == "demo")
        return Dataset::load(findProgramFolders().demo / "manifest.jsonl", filter);
    if (m_data != "project")
        return Dataset::load(m_data, filter);
    if (m_project.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "--data project asks the clips of a project: name it with --project");
    return Dataset({m_project, OpenedProject::reading(m_project).clips.trainingClips()}, filter);
}

std::vector<EvalItem> EvaluateCommand::items() const {
    std::vector<EvalItem> out = evalItems(dataset(), static_cast<std::size_t>(m_maxItems));
    if (out.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} has no example in the splits {}{}; name others with --split",
                                m_data, fmt::join(m_splits, ", "),
                                m_tasks.empty() ? "" : " for these tasks"));
    return out;
}

std::optional<EvaluationReport> EvaluateCommand::report(InferenceSession& session,
                                                        const std::vector<EvalItem>& items,
                                                        bool greedy, Interrupt& interrupt) const {
    EvaluationRequest request;
    request.generation = m_sampling.generation;
    request.generation.greedy = greedy;
    request.options.passes = m_passes;
    request.options.seed = m_seed;
    request.options.byVoice = m_byVoice;
    request.options.metrics.lowercase = m_lowercase;
    ProgressLine progress(greedy ? "greedy answers" : "sampled answers", m_json || m_quiet);
    return session.evaluate(
        items, request, [&](double part) { progress.show(part); }, interrupt.token());
}

int EvaluateCommand::run(Interrupt& interrupt) {
    const std::vector<EvalItem> asked = items();
    const Interrupt::Grace grace(interrupt);
    const auto session = openWithProgress(m_model.choice(), m_json || m_quiet, interrupt.token());
    if (!session)
        return interrupt.exitCode();
    if (!m_json && !m_quiet)
        fmt::print(stderr, "{}; {} examples\n", session->description(), asked.size());
    for (const bool greedy : {false, true}) {
        if (m_decoding != "both" && (m_decoding == "greedy") != greedy)
            continue;
        const auto result = report(*session, asked, greedy, interrupt);
        if (!result)
            return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
        if (m_json)
            fmt::print("{}\n", toJson(*result, m_withAnswers)
                                   .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        else
            fmt::print("{}\n", textTable(*result));
    }
    return exit_code::kOk;
}

std::unique_ptr<Command> makeEvaluateCommand() {
    return std::make_unique<EvaluateCommand>();
}

} // namespace viva
