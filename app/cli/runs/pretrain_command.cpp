// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/pretrain_command.h"

#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "core/pretrain/base_training.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace viva {
namespace {

/// A bar for each stage, a line for each new score; or JSON lines.
class StageConsole {
public:
    StageConsole(bool json, bool quiet) : m_json(json), m_quiet(quiet) {}

    void show(const BaseTrainingProgress& now) {
        if (m_json) {
            printJson(now);
            return;
        }
        if (now.stage != m_stage) {
            m_stage = now.stage;
            m_line.emplace(now.stage, m_quiet);
        }
        if (now.total > 0)
            m_line->show(static_cast<double>(now.step) / static_cast<double>(now.total));
        if (now.scores.empty() || m_quiet)
            return;
        std::string text = fmt::format("\n{} step {} of {}, loss {:.3f}", now.stage, now.step,
                                       now.total, now.loss);
        for (const auto& [name, value] : now.scores)
            text += fmt::format(", {} {:.1f}", name, value);
        fmt::print(stderr, "{}\n", text);
    }

private:
    static void printJson(const BaseTrainingProgress& now) {
        nlohmann::ordered_json line{
            {"stage", now.stage}, {"step", now.step}, {"total", now.total}, {"loss", now.loss}};
        for (const auto& [name, value] : now.scores)
            line["scores"][name] = value;
        fmt::print("{}\n", line.dump());
        std::fflush(stdout);
    }

    bool m_json;
    bool m_quiet;
    std::string m_stage;
    std::optional<ProgressLine> m_line;
};

} // namespace

void PretrainCommand::declare(CLI::App& app) {
    app.add_option("recipe", m_recipe, "model.json: sizes, steps, rates")
        ->required()
        ->type_name("RECIPE");
    app.add_option("manifest", m_manifest, "manifest.jsonl of the corpus (see viva corpus)")
        ->required()
        ->type_name("MANIFEST");
    app.add_option("folder", m_model, "where the model goes")->required()->type_name("FOLDER");
    app.add_option("--work", m_work,
                   "checkpoints of the stages, gone on with when they are there (FOLDER.work)");
    app.add_option("--threads", m_threads, "workers; 0 takes the cores")
        ->check(CLI::Range(0, 1024));
    app.add_flag("--json", m_json, "progress as JSON lines");
    app.add_flag("--quiet", m_quiet, "no progress");
}

int PretrainCommand::run(Interrupt& interrupt) {
    const Interrupt::Grace grace(interrupt);
    BaseTrainingSetup setup;
    setup.recipe = m_recipe;
    setup.manifest = m_manifest;
    setup.modelFolder = m_model;
    setup.workFolder = m_work.empty() ? m_model + ".work" : m_work;
    setup.threads = m_threads;
    StageConsole console(m_json, m_quiet);
    const bool done = trainBaseModel(
        setup, [&](const BaseTrainingProgress& now) { console.show(now); }, interrupt.token());
    if (!done) {
        fmt::print(stderr, "\nstopped; call again to go on from {}\n", setup.workFolder.string());
        return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    }
    if (!m_json)
        fmt::print("\nthe model is in {}\n", m_model);
    return exit_code::kOk;
}

std::unique_ptr<Command> makePretrainCommand() {
    return std::make_unique<PretrainCommand>();
}

} // namespace viva
