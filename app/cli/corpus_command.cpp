// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/corpus_command.h"

#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "core/corpus/corpus_builder.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {

void CorpusCommand::declare(CLI::App& app) {
    app.add_option("recipe", m_recipe, "recipe.json")->required()->type_name("RECIPE");
    app.add_option("folder", m_folder,
                   "where clips and manifest.jsonl go; goes on where it was stopped")
        ->required()
        ->type_name("FOLDER");
    app.add_option("--part", m_parts, "these parts only; all where none is given")->delimiter(',');
    app.add_option("--threads", m_threads, "clips spoken at once")->check(CLI::Range(1, 256));
    app.add_flag("--json", m_json, "the report as JSON");
    app.add_flag("--quiet", m_quiet, "no progress");
}

int CorpusCommand::run(Interrupt& interrupt) {
    const Interrupt::Grace grace(interrupt);
    const CorpusRecipe recipe = CorpusRecipe::load(m_recipe);
    CorpusBuildOptions options;
    options.threads = m_threads;
    options.parts = m_parts;
    options.stop = interrupt.token();
    CorpusReport report;
    {
        ProgressLine progress("speaking", m_json || m_quiet);
        options.progress = [&](const CorpusProgress& now) {
            progress.show(now.total > 0
                              ? static_cast<double>(now.done) / static_cast<double>(now.total)
                              : 1.0);
        };
        report = buildCorpus(recipe, m_folder, options);
    }
    if (m_json) {
        const nlohmann::ordered_json out{{"folder", m_folder},
                                         {"clips", report.clips},
                                         {"copies", report.copies},
                                         {"reused", report.reused},
                                         {"duration_sec", report.durationSec},
                                         {"bytes", report.bytes},
                                         {"stopped", report.stopped}};
        fmt::print("{}\n", out.dump());
    } else {
        fmt::print("{}: {} clips and {} copies ({} were there), {:.1f} minutes, {:.1f} MB{}\n",
                   m_folder, report.clips, report.copies, report.reused, report.durationSec / 60,
                   static_cast<double>(report.bytes) / 1e6,
                   report.stopped ? "; stopped, call again to go on" : "");
    }
    if (report.stopped)
        return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    return exit_code::kOk;
}

} // namespace viva
