// SPDX-License-Identifier: GPL-3.0-or-later
// What `viva data` can be asked, and the parts that only look.
#include "app/cli/clips/data_command.h"

#include "app/cli/clips/clip_json.h"
#include "app/cli/clips/opened_project.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/cli/text_table.h"
#include "core/data/leaks.h"
#include "core/project/clip_check.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {

void DataCommand::declare(CLI::App& app) {
    app.require_subcommand(1);
    declareViews(app);
    declareEdits(app);
    declareFiles(app);
}

CLI::App* DataCommand::add(CLI::App& app, const char* name, const char* help, Action action) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("--project", m_project, "project folder NAME.viva")->required();
    sub->add_flag("--json", m_json, "as JSON");
    m_actions.emplace_back(sub, std::move(action));
    return sub;
}

void DataCommand::addFilter(CLI::App& app) {
    app.add_option("--search", m_filter.search, "words that clips must have");
    app.add_option("--split", m_filter.splits, "clips of these splits; \"\" for none");
    app.add_option("--task", m_filter.tasks, "clips with these tasks; \"\" for none");
    app.add_option("--tag", m_filter.tags, "clips with these tags");
    app.add_option("--speaker", m_filter.speakers, "clips of these speakers");
    app.add_option("--language", m_filter.languages, "clips in these languages");
}

void DataCommand::declareViews(CLI::App& app) {
    CLI::App* sub = add(app, "list", "clips in a table", [this](Interrupt&) { return list(); });
    addFilter(*sub);
    sub->add_option("--order", m_order, "added, name, duration, speaker or split")
        ->check(CLI::IsMember({"added", "name", "duration", "speaker", "split"}));
    sub->add_flag("--descending", m_filter.descending, "the last one first");
    sub->add_option("--limit", m_limit, "how many; 0 = all")->capture_default_str();
    sub = add(app, "show", "all of some clips", [this](Interrupt&) { return show(); });
    sub->add_option("clips", m_clips, "names or numbers")->required();
    add(app, "facets", "splits, tasks, tags, speakers and languages, with their clips",
        [this](Interrupt&) { return facets(); });
    add(app, "imports", "what was imported", [this](Interrupt&) { return imports(); });
    sub = add(app, "faults", "what an import rejected, and why",
              [this](Interrupt&) { return faults(); });
    sub->add_option("import", m_import, "its number")->required();
    sub->add_option("--limit", m_limit, "how many; 0 = all");
    sub = add(app, "leaks", "sentences, sounds and speakers in more than one split; exit code 1",
              [this](Interrupt& interrupt) { return leaks(interrupt); });
    sub->add_flag("--hash", m_hash, "first hash the sounds that are only referred to");
}

int DataCommand::run(Interrupt& interrupt) {
    for (const auto& [sub, action] : m_actions)
        if (sub->parsed())
            return action(interrupt);
    return exit_code::kWrongUse;
}

int DataCommand::list() const {
    const OpenedProject project = OpenedProject::reading(m_project);
    ClipFilter filter = m_filter;
    const std::pair<const char*, ClipOrder> orders[] = {{"name", ClipOrder::Name},
                                                        {"duration", ClipOrder::Duration},
                                                        {"speaker", ClipOrder::Speaker},
                                                        {"split", ClipOrder::Split}};
    for (const auto& [name, order] : orders)
        if (m_order == name)
            filter.order = order;
    const std::vector<ClipId> ids = project.clips.ids(filter);
    const std::size_t count = m_limit == 0 ? ids.size() : std::min(m_limit, ids.size());
    std::vector<std::vector<std::string>> rows{
        {"clip", "name", "sec", "split", "speaker", "text", "questions"}};
    for (const ClipRecord& clip : project.clips.clips(std::span(ids).first(count))) {
        const Utterance& own = clip.utterance;
        if (m_json)
            fmt::print("{}\n", clipJson(clip).dump());
        else
            rows.push_back({std::to_string(clip.id), shortText(own.id, 32),
                            fmt::format("{:.2f}", own.durationSec), own.split,
                            shortText(own.speaker, 16), shortText(own.text, 40),
                            std::to_string(own.tasks.size())});
    }
    if (m_json)
        return exit_code::kOk;
    const ClipTotals totals = project.clips.totals(ids);
    fmt::print("{}{} of {} clips, {:.1f} minutes in all\n", textTable(rows), count, totals.clips,
               totals.durationSec / 60);
    return exit_code::kOk;
}

int DataCommand::show() const {
    const OpenedProject project = OpenedProject::reading(m_project);
    for (const ClipRecord& clip : project.named(m_clips))
        fmt::print("{}\n", clipJson(clip).dump(m_json ? -1 : 2));
    return exit_code::kOk;
}

int DataCommand::facets() const {
    const OpenedProject project = OpenedProject::reading(m_project);
    const ClipFacets found = project.clips.facets();
    nlohmann::ordered_json all;
    std::vector<std::vector<std::string>> rows{{"of", "value", "clips"}};
    const std::pair<const char*, const std::vector<ClipFacet>*> lists[] = {
        {"split", &found.splits},
        {"task", &found.tasks},
        {"tag", &found.tags},
        {"speaker", &found.speakers},
        {"language", &found.languages}};
    for (const auto& [name, values] : lists) {
        all[name] = nlohmann::ordered_json::object();
        for (const ClipFacet& facet : *values) {
            all[name][facet.value] = facet.clips;
            rows.push_back(
                {name, facet.value.empty() ? "(none)" : facet.value, std::to_string(facet.clips)});
        }
    }
    fmt::print("{}", m_json ? all.dump() + "\n" : textTable(rows));
    return exit_code::kOk;
}

int DataCommand::imports() const {
    const OpenedProject project = OpenedProject::reading(m_project);
    std::vector<std::vector<std::string>> rows{
        {"import", "at", "format", "added", "extended", "known", "rejected", "path"}};
    for (const ImportRecord& record : project.clips.imports()) {
        const ImportCounts& counts = record.counts;
        if (m_json)
            fmt::print("{}\n", nlohmann::ordered_json{{"import", record.id},
                                                      {"at", record.at},
                                                      {"format", record.format},
                                                      {"path", record.path},
                                                      {"added", counts.added},
                                                      {"extended", counts.extended},
                                                      {"known", counts.known},
                                                      {"rejected", counts.rejected},
                                                      {"stopped", record.stopped}}
                                   .dump());
        else
            rows.push_back({std::to_string(record.id), record.at, record.format,
                            std::to_string(counts.added), std::to_string(counts.extended),
                            std::to_string(counts.known), std::to_string(counts.rejected),
                            record.path + (record.stopped ? " (stopped)" : "")});
    }
    if (!m_json)
        fmt::print("{}", textTable(rows));
    return exit_code::kOk;
}

int DataCommand::faults() const {
    const OpenedProject project = OpenedProject::reading(m_project);
    const std::size_t most = m_limit == 0 ? SIZE_MAX / 4 : m_limit;
    for (const ImportFault& fault : project.clips.faults(m_import, most)) {
        if (m_json)
            fmt::print("{}\n", faultJson(fault).dump());
        else
            fmt::print("{} ({}): {}\n", fault.place, shortText(fault.item, 60), fault.reason);
    }
    return exit_code::kOk;
}

int DataCommand::leaks(Interrupt& interrupt) const {
    if (m_hash) {
        const Interrupt::Grace grace(interrupt);
        ProgressLine progress("hashing", m_json);
        const OpenedProject project = OpenedProject::writing(m_project);
        const ClipHashReport report = hashClips(*project.store, interrupt.token(),
                                                [&](double fraction) { progress.show(fraction); });
        if (report.stopped)
            return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
    }
    const OpenedProject project = OpenedProject::reading(m_project);
    std::vector<Utterance> utterances;
    std::vector<std::string> splits;
    for (ClipRecord& clip : project.all()) {
        if (clip.utterance.split.empty())
            continue;
        if (std::find(splits.begin(), splits.end(), clip.utterance.split) == splits.end())
            splits.push_back(clip.utterance.split);
        utterances.push_back(std::move(clip.utterance));
    }
    const std::vector<SplitLeak> found = findSplitLeaks(utterances);
    for (const SplitLeak& leak : found) {
        if (m_json)
            fmt::print("{}\n", nlohmann::ordered_json{{"reason", leak.reason},
                                                      {"first", leak.first},
                                                      {"first_split", leak.firstSplit},
                                                      {"second", leak.second},
                                                      {"second_split", leak.secondSplit}}
                                   .dump());
        else
            fmt::print("same {}: {} ({}) and {} ({})\n", leak.reason, leak.first, leak.firstSplit,
                       leak.second, leak.secondSplit);
    }
    if (!m_json) {
        for (const std::string& split : splits)
            for (const std::string& speaker : sharedSpeakers(utterances, split))
                fmt::print("note: speaker {} is in {} and in another split\n", speaker, split);
        fmt::print("{} leak{} between splits\n", found.size(), found.size() == 1 ? "" : "s");
    }
    return found.empty() ? exit_code::kOk : exit_code::kFailed;
}

std::unique_ptr<Command> makeDataCommand() {
    return std::make_unique<DataCommand>();
}

} // namespace viva
