// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clips/corpus_command.h"

#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "core/base/error.h"
#include "core/corpus/corpus_builder.h"
#include "core/project/clip_import.h"
#include "core/project/project.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {

void CorpusCommand::declare(CLI::App& app) {
    app.add_option("source", m_source,
                   "texts to speak: .txt (a sentence a line; {slots} filled from lines \"name = "
                   "one | two\"; question and reference behind tabs), .tsv, .csv or .jsonl with "
                   "text, question, reference; or recipe.json")
        ->required()
        ->type_name("TEXTS");
    app.add_option("folder", m_folder,
                   "where clips and manifest.jsonl go; goes on where it was stopped")
        ->required()
        ->type_name("FOLDER");
    app.add_option("--project", m_project, "then bring the clips into this project, as copies");
    app.add_option("--voice", m_voices,
                   "who speaks texts: flite:slt, flite:rms, flite:awb, flite:kal16, "
                   "espeak-ng:en-gb; several may be named")
        ->delimiter(',');
    app.add_option("--clips", m_texts.clips, "how many; needed for texts with slots")
        ->check(CLI::Range(1, 1000000));
    app.add_option("--copies", m_texts.copies, "changed copies of each clip (speed, noise, tone)")
        ->check(CLI::Range(0, 100));
    app.add_option("--seed", m_texts.seed, "another draw for another number");
    app.add_option("--split", m_texts.split, "of all clips of texts")->capture_default_str();
    app.add_option("--language", m_texts.language, "of the texts")->capture_default_str();
    app.add_option("--target", m_texts.targetLanguage, "of references without question: de");
    app.add_option("--part", m_parts, "these parts of a recipe only; all where none is given")
        ->delimiter(',');
    app.add_option("--threads", m_threads, "clips spoken at once")->check(CLI::Range(1, 256));
    app.add_flag("--json", m_json, "the report as JSON");
    app.add_flag("--quiet", m_quiet, "no progress");
}

CorpusReport CorpusCommand::speakRecipe(const CorpusBuildOptions& options) const {
    if (!m_voices.empty() || m_texts.clips > 0 || m_texts.copies > 0)
        throw Error(ErrorCode::InvalidArgument,
                    "corpus: a recipe names voices, clips and copies itself; leave out --voice, "
                    "--clips and --copies");
    return buildCorpus(CorpusRecipe::load(m_source), m_folder, options);
}

CorpusReport CorpusCommand::speakTexts(const CorpusBuildOptions& options) const {
    TextCorpusOptions wanted = m_texts;
    for (const std::string& voice : m_voices)
        wanted.voices.push_back(voiceNamed(voice));
    if (wanted.voices.empty())
        for (const char* voice : {"flite:slt", "flite:rms", "flite:kal16"})
            wanted.voices.push_back(voiceNamed(voice));
    const SpokenTexts texts = SpokenTexts::load(m_source);
    return buildCorpus(CorpusRecipe{}, planTexts(texts, wanted), m_folder, options);
}

void CorpusCommand::tell(const CorpusReport& report) const {
    if (m_json) {
        const nlohmann::ordered_json out{{"folder", m_folder},
                                         {"clips", report.clips},
                                         {"copies", report.copies},
                                         {"reused", report.reused},
                                         {"duration_sec", report.durationSec},
                                         {"bytes", report.bytes},
                                         {"stopped", report.stopped}};
        fmt::print("{}\n", out.dump());
        return;
    }
    fmt::print("{}: {} clips and {} copies ({} were there), {:.1f} minutes, {:.1f} MB{}\n",
               m_folder, report.clips, report.copies, report.reused, report.durationSec / 60,
               static_cast<double>(report.bytes) / 1e6,
               report.stopped ? "; stopped, call again to go on" : "");
}

int CorpusCommand::run(Interrupt& interrupt) {
    const Interrupt::Grace grace(interrupt);
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
        report = m_source.ends_with(".json") ? speakRecipe(options) : speakTexts(options);
    }
    tell(report);
    if (report.stopped)
        return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    if (m_project.empty())
        return exit_code::kOk;
    Project project = Project::open(m_project);
    const ImportReport in =
        importClips(project.store(), {.path = m_folder, .format = "viva", .copyAudio = true},
                    interrupt.token());
    if (!m_json)
        fmt::print("{}: {} added, {} known, {} rejected\n", m_project, in.counts.added,
                   in.counts.known, in.counts.rejected);
    if (!in.failure.empty())
        throw Error(ErrorCode::Io, in.failure);
    return in.stopped ? exit_code::kStopped : exit_code::kOk;
}

std::unique_ptr<Command> makeCorpusCommand() {
    return std::make_unique<CorpusCommand>();
}

} // namespace viva
