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

#include <map>

namespace viva {
namespace {

/// Thrown through the evaluator when the answers stop coming.
struct Interrupted {};

} // namespace

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
    const Dataset data = dataset();
    std::vector<EvalItem> out;
    std::map<std::string, int> taken;
    for (const Example& example : data.examples()) {
        const Utterance& clip = data.utterance(example);
        if (m_maxItems > 0 && taken[clip.split]++ >= m_maxItems)
            continue;
        const UtteranceTask& task = data.task(example);
        out.push_back({example.id, data.audioFile(example), task.task, task.question,
                       task.references, clip.split, clip.voice});
    }
    if (out.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} has no example in the splits {}{}; name others with --split",
                                m_data, fmt::join(m_splits, ", "),
                                m_tasks.empty() ? "" : " for these tasks"));
    return out;
}

EvaluationReport EvaluateCommand::report(InferenceSession& session,
                                         const std::vector<EvalItem>& items, bool greedy,
                                         Interrupt& interrupt) const {
    GenerationConfig generation = m_sampling.generation;
    generation.greedy = greedy;
    EvaluationOptions options;
    options.decoding = greedy ? "greedy" : "sampled";
    options.passes = greedy ? 1 : m_passes;
    options.seed = m_seed;
    options.byVoice = m_byVoice;
    options.lowercase = m_lowercase;
    ProgressLine progress(fmt::format("{} answers", options.decoding), m_json || m_quiet);
    const auto answer = [&](std::span<const EvalItem> asked, int pass, std::uint64_t seed) {
        std::vector<std::string> answers = session.answerAll(
            {asked.begin(), asked.end()}, generation, seed,
            [&](double part) { progress.show((pass + part) / options.passes); }, interrupt.token());
        if (answers.size() != asked.size())
            throw Interrupted();
        return answers;
    };
    return evaluate(items, answer, options);
}

int EvaluateCommand::run(Interrupt& interrupt) {
    const std::vector<EvalItem> asked = items();
    const Interrupt::Grace grace(interrupt);
    const auto session = openWithProgress(m_model.choice(), m_json || m_quiet, interrupt.token());
    if (!session)
        return interrupt.exitCode();
    if (!m_json && !m_quiet)
        fmt::print(stderr, "{}; {} examples\n", session->description(), asked.size());
    try {
        for (const bool greedy : {false, true}) {
            if (m_decoding != "both" && (m_decoding == "greedy") != greedy)
                continue;
            const EvaluationReport result = report(*session, asked, greedy, interrupt);
            if (m_json)
                fmt::print("{}\n",
                           toJson(result, m_withAnswers)
                               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
            else
                fmt::print("{}\n", textTable(result));
        }
    } catch (const Interrupted&) {
        return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    }
    return exit_code::kOk;
}

std::unique_ptr<Command> makeEvaluateCommand() {
    return std::make_unique<EvaluateCommand>();
}

} // namespace viva
