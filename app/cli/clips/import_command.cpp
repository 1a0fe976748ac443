// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clips/import_command.h"

#include "app/cli/clips/clip_json.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/cli/text_table.h"
#include "core/base/error.h"
#include "core/project/project.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {

void ImportCommand::declare(CLI::App& app) {
    app.add_option("path", m_path, "the data set: a folder or a file")->type_name("PATH");
    app.add_option("--project", m_project, "project folder NAME.viva; made where there is none");
    app.add_option("--format", m_format,
                   "what it is (see --formats); told from the path otherwise");
    app.add_flag("--formats", m_formats, "list the formats and end");
    app.add_option("--audio", m_audio, "where the sounds are, if not beside the texts")
        ->type_name("FOLDER");
    app.add_flag("--copy", m_copy, "copy the sounds into the project; else they are referred to");
    app.add_flag("--check", m_check, "decode and hash every sound, not its header alone");
    app.add_flag("--dry-run", m_dryRun, "read and check everything, write nothing");
    app.add_option("--preview", m_previewRows, "show the first N items as they would go in")
        ->type_name("N");
    app.add_option("--map", m_columns,
                   "FIELD=COLUMN of a table, e.g. audio=path; fields: id, audio, text, task, "
                   "question, reference, speaker, voice, language, split, tags, licence, start, "
                   "length");
    app.add_option("--set", m_fixed, "FIELD=VALUE for every row of a table");
    app.add_option("--separator", m_separator, "between several references or tags in a column");
    app.add_option("--delimiter", m_delimiter, "between columns; one sign");
    app.add_option("--mapping", m_mappingName, "a saved mapping of the project, or a file");
    app.add_option("--save-mapping", m_saveMapping, "keep the mapping in the project")
        ->type_name("NAME");
    app.add_option("--split", m_split, "the split of every clip, whatever the data says");
    app.add_option("--task", m_task, "where the data does not say")
        ->check(CLI::IsMember({"sqa", "ast", "asr"}));
    app.add_option("--question", m_question, "question or instruction where the data has none");
    app.add_option("--language", m_language, "what is spoken, where the data does not say");
    app.add_option("--target", m_target, "language of translations, where the data does not say");
    app.add_option("--faults", m_shownFaults, "how many rejected items are printed")
        ->capture_default_str();
    app.add_flag("--json", m_json, "the report as JSON");
    app.add_flag("--quiet", m_quiet, "no progress");
}

int ImportCommand::run(Interrupt& interrupt) {
    if (m_formats) {
        std::vector<std::vector<std::string>> rows{{"format", "data", "path"}};
        for (const ImportFormat& format : importFormats())
            rows.push_back({format.name, format.title, format.takes});
        fmt::print("{}", textTable(rows));
        return exit_code::kOk;
    }
    if (m_path.empty())
        throw Error(ErrorCode::InvalidArgument, "import: PATH is missing: name the data set");
    ClipImportRequest wanted = request();
    wanted.settings.mapping = mapping(wanted);
    if (m_previewRows > 0)
        return preview(wanted);
    if (m_project.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "import: --project is missing: name the project folder NAME.viva");
    if (!m_saveMapping.empty() && wanted.settings.mapping)
        saveMapping(m_project, m_saveMapping, *wanted.settings.mapping);
    return import(wanted, interrupt);
}

ClipImportRequest ImportCommand::request() const {
    ClipImportRequest out;
    out.path = m_path;
    out.format = m_format;
    out.format = importFormatOf(out);
    out.settings.audioFolder = m_audio;
    out.settings.split = m_split;
    out.settings.task = m_task;
    out.settings.instruction = m_question;
    out.settings.language = m_language;
    out.settings.targetLanguage = m_target;
    out.copyAudio = m_copy;
    out.decodeAudio = m_check;
    return out;
}

/// What was said on the command line, over a saved mapping or over what the names suggest.
std::optional<ColumnMapping> ImportCommand::mapping(const ClipImportRequest& request) const {
    const bool own = !m_columns.empty() || !m_fixed.empty() || !m_separator.empty() ||
                     !m_delimiter.empty() || !m_saveMapping.empty();
    if (!own && m_mappingName.empty())
        return std::nullopt;
    ColumnMapping out;
    ClipImportRequest looked = request;
    if (!m_delimiter.empty()) {
        looked.settings.mapping.emplace();
        looked.settings.mapping->delimiter = m_delimiter;
    }
    std::error_code ignored;
    if (m_mappingName.empty()) {
        const ImportColumns found = importColumns(looked.format, looked.path, looked.settings);
        if (found.columns.empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("import: {} is no table, it needs no mapping of columns",
                                    looked.format));
        out = guessMapping(found.columns);
    } else if (std::filesystem::is_regular_file(m_mappingName, ignored) || m_project.empty()) {
        out = readMapping(m_mappingName);
    } else {
        out = loadMapping(m_project, m_mappingName);
    }
    const auto& known = mappingFields();
    const auto take = [&](const std::vector<std::string>& pairs, const char* option, auto& into) {
        for (const std::string& text : pairs) {
            const auto [field, value] = splitPair(text, option);
            if (std::find(known.begin(), known.end(), field) == known.end())
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("{} {}: there is no field \"{}\"; known are {}", option,
                                        text, field, fmt::join(known, ", ")));
            into[field] = value;
        }
    };
    take(m_columns, "--map", out.columns);
    take(m_fixed, "--set", out.fixed);
    if (!m_separator.empty())
        out.separator = m_separator;
    if (!m_delimiter.empty())
        out.delimiter = m_delimiter == "\\t" ? "\t" : m_delimiter.substr(0, 1);
    return out;
}

int ImportCommand::preview(const ClipImportRequest& request) const {
    const ImportPreview found = previewImport(request, m_previewRows);
    const int code = found.problem.empty() ? exit_code::kOk : exit_code::kFailed;
    if (m_json) {
        fmt::print("{}\n", previewJson(found).dump());
        return code;
    }
    std::vector<std::vector<std::string>> rows{
        {"place", "clip", "split", "task", "question", "reference or fault"}};
    for (const ImportPreviewRow& row : found.rows) {
        const bool asked = !row.utterance.tasks.empty();
        const UtteranceTask task = asked ? row.utterance.tasks.front() : UtteranceTask{};
        rows.push_back({row.place, shortText(row.utterance.id, 30), row.utterance.split, task.task,
                        shortText(task.question, 30),
                        !row.fault.empty() ? "REJECTED: " + shortText(row.fault, 70)
                        : asked            ? shortText(task.references.front(), 40)
                                           : ""});
    }
    fmt::print("{}: {}\n{}", m_path, found.format, textTable(rows));
    if (!found.columns.empty())
        fmt::print("columns: {}\n", fmt::join(found.columns, ", "));
    for (const auto& [field, column] : found.mapping.columns)
        fmt::print("  {} = {}\n", field, column);
    for (const std::string& note : found.notes)
        fmt::print("note: {}\n", note);
    if (!found.problem.empty())
        fmt::print(stderr, "viva: {}\n", found.problem);
    return code;
}

ImportReport ImportCommand::rehearse(const ClipImportRequest& request, Interrupt& interrupt,
                                     const ImportListener& told) const {
    if (m_project.empty() || !ProjectStore::isIn(m_project))
        return rehearseImport(nullptr, request, interrupt.token(), told);
    const auto store = ProjectStore::openReadOnly(m_project);
    return rehearseImport(store.get(), request, interrupt.token(), told);
}

ImportReport ImportCommand::bring(const ClipImportRequest& request, Interrupt& interrupt,
                                  const ImportListener& told) const {
    if (!ProjectStore::isIn(m_project)) // what cannot be read makes no project
        static_cast<void>(openImport(importFormatOf(request), request.path, request.settings));
    Project project = Project::open(m_project);
    return importClips(project.store(), request, interrupt.token(), told);
}

int ImportCommand::import(const ClipImportRequest& request, Interrupt& interrupt) const {
    const Interrupt::Grace grace(interrupt);
    ImportReport report;
    {
        ProgressLine progress("importing", m_json || m_quiet);
        const auto told = [&](const ImportProgress& now) { progress.show(now.fraction); };
        report = m_dryRun ? rehearse(request, interrupt, told) : bring(request, interrupt, told);
    }
    if (m_json)
        fmt::print("{}\n", reportJson(report).dump());
    else
        tell(report);
    if (report.stopped)
        return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    return report.failure.empty() ? exit_code::kOk : exit_code::kFailed;
}

void ImportCommand::tell(const ImportReport& report) const {
    const ImportCounts& counts = report.counts;
    fmt::print("{}{} ({}): {} added, {} with new questions, {} known, {} rejected in {:.1f} s\n",
               m_dryRun ? "would import " : "", m_path, report.format, counts.added,
               counts.extended, counts.known, counts.rejected, report.durationSec);
    for (const std::string& note : report.notes)
        fmt::print("note: {}\n", note);
    const std::size_t shown = std::min(m_shownFaults, report.faults.size());
    for (std::size_t i = 0; i < shown; ++i)
        fmt::print("rejected {} ({}): {}\n", report.faults[i].place,
                   shortText(report.faults[i].item, 60), report.faults[i].reason);
    if (static_cast<std::int64_t>(shown) < counts.rejected && !m_dryRun)
        fmt::print("{} more: viva data faults {} --project {}\n",
                   counts.rejected - static_cast<std::int64_t>(shown), report.importId, m_project);
    if (!report.failure.empty())
        fmt::print(stderr, "viva: {}; what is counted has gone in\n", report.failure);
    else if (report.stopped)
        fmt::print("stopped; what is counted has gone in, call again for the rest\n");
}

std::unique_ptr<Command> makeImportCommand() {
    return std::make_unique<ImportCommand>();
}

} // namespace viva
