// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of `viva data` that change clips or make files.
#include "app/cli/clips/clip_json.h"
#include "app/cli/clips/data_command.h"
#include "app/cli/clips/opened_project.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "core/base/error.h"
#include "core/data/splits.h"
#include "core/project/clip_check.h"
#include "core/project/clip_export.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {

void DataCommand::declareEdits(CLI::App& app) {
    CLI::App* sub = add(app, "edit", "change clips", [this](Interrupt&) { return edit(); });
    sub->add_option("clips", m_clips, "names or numbers")->required();
    sub->add_option("--set", m_fields,
                    "FIELD=VALUE: name, text, speaker, voice, language, split, licence, notes, "
                    "tags (a|b)");
    sub->add_option("--question", m_question, "adds it, or gives it new references");
    sub->add_option("--task", m_task, "of the question")
        ->check(CLI::IsMember({"sqa", "ast", "asr"}))
        ->capture_default_str();
    sub->add_option("--reference", m_references, "an answer to it; several may be given");
    sub->add_flag("--drop-questions", m_dropTasks, "takes away all questions first");
    sub = add(app, "remove", "take clips out of the project; their sounds stay",
              [this](Interrupt&) { return remove(); });
    sub->add_option("clips", m_clips, "names or numbers")->required();
    sub = add(app, "split", "deal clips to splits", [this](Interrupt&) { return split(); });
    addFilter(*sub);
    sub->add_option("--by", m_by, "what is kept together: clip, speaker or sentence")
        ->check(CLI::IsMember({"clip", "speaker", "sentence"}))
        ->capture_default_str();
    sub->add_option("--share", m_shares,
                    "SPLIT=SHARE; train=0.8 validation=0.1 test=0.1 otherwise");
    sub->add_option("--to", m_to, "give all of them this split instead");
    sub->add_option("--seed", m_seed, "another deal for another number")->capture_default_str();
    sub->add_flag("--keep", m_keep, "clips that have a split keep it");
    add(app, "undo", "take the last edit back", [this](Interrupt&) { return step(true); });
    add(app, "redo", "do it again", [this](Interrupt&) { return step(false); });
}

void DataCommand::declareFiles(CLI::App& app) {
    CLI::App* sub = add(app, "export", "clips as a Hugging Face audio folder",
                        [this](Interrupt& interrupt) { return exportAll(interrupt); });
    sub->add_option("folder", m_folder, "a new or empty folder")->required();
    addFilter(*sub);
    sub->add_flag("--quiet", m_quiet, "no progress");
    sub = add(app, "check", "decode every sound and compare its hash; exit code 1 on a fault",
              [this](Interrupt& interrupt) { return check(interrupt); });
    addFilter(*sub);
    sub->add_flag("--quiet", m_quiet, "no progress");
}

void DataCommand::tellChange(const char* what, std::size_t clips) const {
    if (m_json)
        fmt::print("{}\n", nlohmann::ordered_json{{"changed", clips}}.dump());
    else
        fmt::print("{}: {} clip{}\n", what, clips, clips == 1 ? "" : "s");
}

ClipRecord DataCommand::changed(ClipRecord clip) const {
    Utterance& own = clip.utterance;
    const std::pair<const char*, std::string*> texts[] = {
        {"name", &own.id},         {"text", &own.text},   {"speaker", &own.speaker},
        {"voice", &own.voice},     {"split", &own.split}, {"language", &own.language},
        {"licence", &own.licence}, {"notes", &clip.notes}};
    for (const std::string& pair : m_fields) {
        const auto [field, value] = splitPair(pair, "--set");
        const auto* found =
            std::find_if(std::begin(texts), std::end(texts),
                         [&, &name = field](const auto& entry) { return name == entry.first; });
        if (found != std::end(texts)) {
            *found->second = value;
        } else if (field == "tags") {
            own.tags.clear();
            for (std::size_t at = 0; at < value.size();) {
                const std::size_t end = std::min(value.find('|', at), value.size());
                if (end > at)
                    own.tags.push_back(value.substr(at, end - at));
                at = end + 1;
            }
        } else {
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("--set {}: a clip has no field \"{}\"; name, text, speaker, "
                                    "voice, language, split, licence, notes or tags can be set",
                                    pair, field));
        }
    }
    if (m_dropTasks)
        own.tasks.clear();
    if (m_question.empty())
        return clip;
    auto task = std::find_if(own.tasks.begin(), own.tasks.end(), [&](const UtteranceTask& known) {
        return known.task == m_task && known.question == m_question;
    });
    if (task == own.tasks.end())
        task = own.tasks.insert(task, UtteranceTask{m_task, m_question, {}, {}, {}, {}});
    task->references = m_references;
    return clip;
}

int DataCommand::edit() const {
    if (m_fields.empty() && m_question.empty() && !m_dropTasks)
        throw Error(ErrorCode::InvalidArgument,
                    "data edit: nothing to change; use --set, --question or --drop-questions");
    OpenedProject project = OpenedProject::writing(m_project);
    std::vector<ClipId> ids;
    for (const ClipRecord& clip : project.named(m_clips))
        ids.push_back(clip.id);
    tellChange("changed", project.clips.change("Edit", ids, [this](ClipRecord& clip) {
        clip = changed(std::move(clip));
    }));
    return exit_code::kOk;
}

int DataCommand::remove() const {
    OpenedProject project = OpenedProject::writing(m_project);
    std::vector<ClipId> ids;
    for (const ClipRecord& clip : project.named(m_clips))
        ids.push_back(clip.id);
    tellChange("removed", project.clips.remove("Remove", ids));
    return exit_code::kOk;
}

int DataCommand::split() const {
    OpenedProject project = OpenedProject::writing(m_project);
    SplitRequest request;
    request.by = m_by == "speaker"    ? SplitBy::Speaker
                 : m_by == "sentence" ? SplitBy::Sentence
                                      : SplitBy::Clip;
    request.seed = m_seed;
    request.keepGiven = m_keep;
    if (!m_shares.empty())
        request.shares.clear();
    for (const std::string& pair : m_shares) {
        const auto [name, share] = splitPair(pair, "--share");
        char* end = nullptr;
        request.shares.push_back({name, std::strtod(share.c_str(), &end)});
        if (end != share.c_str() + share.size() || share.empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("--share {}: \"{}\" is no number", pair, share));
    }
    const std::vector<ClipRecord> clips = project.all(m_filter);
    std::vector<Utterance> utterances;
    for (const ClipRecord& clip : clips)
        utterances.push_back(clip.utterance);
    const std::vector<std::string> dealt = m_to.empty()
                                               ? dealSplits(utterances, request)
                                               : std::vector<std::string>(clips.size(), m_to);
    std::vector<std::pair<ClipId, std::string>> splits;
    for (std::size_t i = 0; i < clips.size(); ++i)
        splits.emplace_back(clips[i].id, dealt[i]);
    tellChange("dealt", project.clips.setSplits("Deal splits", splits));
    return m_json ? exit_code::kOk : facets();
}

int DataCommand::step(bool backwards) const {
    OpenedProject project = OpenedProject::writing(m_project);
    const auto label = backwards ? project.clips.undo() : project.clips.redo();
    if (m_json)
        fmt::print("{}\n", nlohmann::ordered_json{{"label", label.value_or("")}}.dump());
    else
        fmt::print("{}\n", label ? (backwards ? "undone: " : "done again: ") + *label
                                 : std::string(backwards ? "there is nothing to undo"
                                                         : "there is nothing to do again"));
    return label ? exit_code::kOk : exit_code::kFailed;
}

int DataCommand::exportAll(Interrupt& interrupt) const {
    const Interrupt::Grace grace(interrupt);
    const OpenedProject project = OpenedProject::reading(m_project);
    ClipExportReport report;
    {
        ProgressLine progress("exporting", m_json || m_quiet);
        report = exportClips(*project.store, {.folder = m_folder, .filter = m_filter},
                             interrupt.token(), [&](double fraction) { progress.show(fraction); });
    }
    if (m_json) {
        nlohmann::ordered_json out{{"folder", m_folder},
                                   {"clips", report.clips},
                                   {"bytes", report.bytes},
                                   {"stopped", report.stopped},
                                   {"faults", nlohmann::ordered_json::array()}};
        for (const ImportFault& fault : report.faults)
            out["faults"].push_back(faultJson(fault));
        fmt::print("{}\n", out.dump());
    } else {
        for (const ImportFault& fault : report.faults)
            fmt::print("left out {}: {}\n", fault.item, fault.reason);
        fmt::print("{}: {} clips, {:.1f} MB{}\n", m_folder, report.clips,
                   static_cast<double>(report.bytes) / 1e6, report.stopped ? "; stopped" : "");
    }
    if (report.stopped)
        return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    return report.faults.empty() ? exit_code::kOk : exit_code::kFailed;
}

int DataCommand::check(Interrupt& interrupt) const {
    const Interrupt::Grace grace(interrupt);
    const OpenedProject project = OpenedProject::reading(m_project);
    ClipCheckReport report;
    {
        ProgressLine progress("checking", m_json || m_quiet);
        report = checkClips(*project.store, m_filter, interrupt.token(),
                            [&](double fraction) { progress.show(fraction); });
    }
    if (m_json) {
        nlohmann::ordered_json out{{"clips", report.clips},
                                   {"stopped", report.stopped},
                                   {"faults", nlohmann::ordered_json::array()}};
        for (const ImportFault& fault : report.faults)
            out["faults"].push_back(faultJson(fault));
        fmt::print("{}\n", out.dump());
    } else {
        for (const ImportFault& fault : report.faults)
            fmt::print("{}: {}\n", fault.item, fault.reason);
        fmt::print("{} clip{} looked at, {} with a fault{}\n", report.clips,
                   report.clips == 1 ? "" : "s", report.faults.size(),
                   report.stopped ? "; stopped" : "");
    }
    if (report.stopped)
        return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    return report.faults.empty() ? exit_code::kOk : exit_code::kFailed;
}

} // namespace viva
