// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_import.h"

#include "core/base/error.h"
#include "core/project/audio_check.h"
#include "core/project/clip_copy.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatchItems = 2000;
constexpr std::size_t kReportedFaults = 1000;
constexpr std::chrono::milliseconds kTellEvery{100};

/// Items that were read and whose sounds were looked at; not yet in the project.
struct Batch {
    std::vector<CheckedItem> items;
    std::vector<ImportFault> faults;
    double progress = 0; ///< of the reading, behind it
    bool last = false;
    std::string failure; ///< reading broke off
};

/// Reads and checks on a thread of its own, one batch at a time.
class BatchMaker {
public:
    BatchMaker(std::unique_ptr<ImportReader> reader, const AudioCheck& check, std::stop_token stop)
        : m_reader(std::move(reader)), m_check(check), m_stop(std::move(stop)) {}

    Batch make() {
        Batch batch;
        try {
            while (batch.items.size() + batch.faults.size() < kBatchItems && !batch.last) {
                auto entry = m_reader->next();
                if (!entry)
                    batch.last = true;
                else if (auto* fault = std::get_if<ImportFault>(&*entry))
                    batch.faults.push_back(std::move(*fault));
                else
                    batch.items.push_back({std::get<ImportItem>(std::move(*entry)), 0, 0, {}});
            }
        } catch (const std::exception& error) { // Error, or a folder that cannot be listed
            batch.failure = error.what();
            batch.last = true;
        }
        batch.progress = m_reader->progress();
        checkAudioFiles(batch.items, m_check, m_stop);
        return batch;
    }
    [[nodiscard]] const std::vector<std::string>& notes() const { return m_reader->notes(); }

private:
    std::unique_ptr<ImportReader> m_reader;
    const AudioCheck m_check;
    const std::stop_token m_stop;
};

/// Ids that stand in the data must be unique there, and one line must not stand there twice.
class Repetitions {
public:
    /// Why the item cannot go in beside those before it; empty when it can.
    std::string faultOf(const ImportItem& item, const std::string& source) {
        const std::size_t sound = std::hash<std::string>()(source);
        if (item.ownId) {
            const auto [known, isNew] = m_ids.emplace(std::hash<std::string>()(item.utterance.id),
                                                      Known{sound, item.place});
            if (!isNew && known->second.sound != sound)
                return fmt::format(
                    "has the id \"{}\", as the one at {} has; give each sound its own",
                    item.utterance.id, known->second.place);
        }
        std::string all = source;
        for (const UtteranceTask& task : item.utterance.tasks) {
            all += '\n' + task.task + '\n' + task.question;
            for (const std::string& reference : task.references)
                all += '\n' + reference;
        }
        if (!m_seen.insert(std::hash<std::string>()(all)).second)
            return "stands there twice, with the same sound and question; the first one counts";
        return {};
    }

private:
    struct Known {
        std::size_t sound = 0;
        std::string place;
    };
    std::unordered_map<std::size_t, Known> m_ids;
    std::unordered_set<std::size_t> m_seen;
};

/// What a run through a data set is to do.
struct ImportPlan {
    ProjectStore* project = nullptr; ///< null in a rehearsal without one
    bool rehearsal = false;          ///< writes nothing
    bool copyAudio = false;
    bool decodeAudio = false;
    std::string format; ///< for the report and the table of imports
    std::string path;
};

class ClipImport {
public:
    ClipImport(ImportPlan plan, std::stop_token stop, const ImportListener& listener)
        : m_plan(std::move(plan)), m_stop(std::move(stop)), m_listener(listener) {
        m_report.format = m_plan.format;
        if (!m_plan.project)
            return;
        m_folder = m_plan.project->folder();
        m_clips.emplace(*m_plan.project);
    }

    ImportReport run(std::unique_ptr<ImportReader> reader) {
        const auto begin = Clock::now();
        BatchMaker maker(std::move(reader), {m_plan.decodeAudio, m_plan.decodeAudio}, m_stop);
        if (!m_plan.rehearsal) {
            m_report.importId = m_clips->beginImport(m_plan.format, m_plan.path);
            m_copier.emplace(m_folder, fmt::format("import-{:04}", m_report.importId));
        }
        // While one batch is stored, the next is read and checked.
        const auto launch = [&] {
            return std::async(std::launch::async, [&] { return maker.make(); });
        };
        std::future<Batch> coming = launch();
        bool last = false;
        while (!last && !m_broken) {
            while (coming.wait_for(kTellEvery) != std::future_status::ready)
                tell();
            Batch batch = coming.get();
            last = batch.last;
            if (m_stop.stop_requested()) {
                m_report.stopped = true; // not all of its sounds were looked at
                break;
            }
            if (!last)
                coming = launch();
            store(batch);
        }
        if (coming.valid())
            coming.wait();
        m_report.notes = maker.notes();
        finish();
        m_report.durationSec = std::chrono::duration<double>(Clock::now() - begin).count();
        return std::move(m_report);
    }

private:
    void store(Batch& batch);
    [[nodiscard]] std::string place(CheckedItem& checked, const std::string& source);
    void take(const std::vector<ClipRecord>& clips, const std::vector<ImportFault>& faults);
    [[nodiscard]] ClipTaken pretend(const ClipRecord& clip);
    void count(ClipTaken taken);
    void finish();
    void breakOff(const std::string& why);
    void tell();

    const ImportPlan m_plan;
    const std::stop_token m_stop;
    const ImportListener& m_listener;

    fs::path m_folder;
    std::optional<ClipStore> m_clips; ///< none in a rehearsal without a project
    std::optional<ClipCopier> m_copier;
    Repetitions m_repetitions;
    std::unordered_set<std::string> m_placed;    ///< sources of this batch that were brought in
    std::unordered_set<std::string> m_pretended; ///< sources a dry run would have added
    ImportReport m_report;
    double m_fraction = 0;
    Clock::time_point m_told;
    bool m_broken = false;
};

void ClipImport::store(Batch& batch) {
    std::vector<ImportFault> faults = std::move(batch.faults);
    std::vector<ClipRecord> clips;
    const double begin = m_fraction;
    m_placed.clear();
    for (std::size_t i = 0; i < batch.items.size() && !m_broken; ++i) {
        if (m_stop.stop_requested()) {
            m_report.stopped = m_broken = true;
            break;
        }
        CheckedItem& checked = batch.items[i];
        const std::string source = sourceOf(checked.item);
        std::string fault = checked.fault;
        if (fault.empty())
            fault = m_repetitions.faultOf(checked.item, source);
        if (fault.empty())
            fault = place(checked, source);
        if (m_broken)
            break;
        if (!fault.empty()) {
            faults.push_back({checked.item.place, checked.item.utterance.id, std::move(fault)});
            continue;
        }
        ClipRecord& clip = clips.emplace_back();
        clip.utterance = std::move(checked.item.utterance);
        clip.source = source;
        clip.provenance = fmt::format("{} {}", m_report.format, checked.item.place);
        clip.rateHz = checked.rateHz;
        clip.channels = checked.channels;
        m_fraction = begin + (batch.progress - begin) * static_cast<double>(i) /
                                 static_cast<double>(batch.items.size());
        tell();
    }
    take(clips, faults);
    m_fraction = batch.progress;
    if (!batch.failure.empty())
        breakOff(batch.failure);
}

/// Where the sound of the clip will lie. @return a fault of the item.
std::string ClipImport::place(CheckedItem& checked, const std::string& source) {
    Utterance& utterance = checked.item.utterance;
    const fs::path inside = checked.item.audio.lexically_relative(m_folder);
    const bool own = !m_folder.empty() && !inside.empty() && *inside.begin() != "..";
    utterance.audioPath = own ? inside.generic_string() : checked.item.audio.string();
    const bool bringIt = (m_plan.copyAudio && !own) || isSegment(checked.item);
    if (!bringIt || m_plan.rehearsal || !m_placed.insert(source).second ||
        m_clips->clipOfSource(source))
        return {};
    try {
        return m_copier->bring(checked);
    } catch (const Error& error) {
        breakOff(error.what());
        return {};
    }
}

void ClipImport::take(const std::vector<ClipRecord>& clips,
                      const std::vector<ImportFault>& faults) {
    if (m_plan.rehearsal) {
        for (const ClipRecord& clip : clips)
            count(pretend(clip));
    } else {
        try {
            for (const ClipTaken taken : m_clips->take(m_report.importId, clips, faults))
                count(taken);
            m_copier->keep();
            m_report.bytesCopied = m_copier->bytes();
        } catch (const Error& error) {
            m_copier->drop();
            breakOff(error.what());
            return;
        }
    }
    m_report.counts.rejected += static_cast<std::int64_t>(faults.size());
    for (const ImportFault& fault : faults)
        if (m_report.faults.size() < kReportedFaults)
            m_report.faults.push_back(fault);
}

ClipTaken ClipImport::pretend(const ClipRecord& clip) {
    if (!m_pretended.insert(clip.source).second)
        return ClipTaken::Extended;
    const auto own = m_clips ? m_clips->clipOfSource(clip.source) : std::nullopt;
    if (!own)
        return ClipTaken::Added;
    const auto& tasks = own->utterance.tasks;
    for (const UtteranceTask& task : clip.utterance.tasks)
        if (std::none_of(tasks.begin(), tasks.end(), [&](const UtteranceTask& known) {
                return known.task == task.task && known.question == task.question &&
                       known.references == task.references;
            }))
            return ClipTaken::Extended;
    return ClipTaken::Known;
}

void ClipImport::count(ClipTaken taken) {
    ImportCounts& counts = m_report.counts;
    if (taken == ClipTaken::Added)
        ++counts.added;
    else
        ++(taken == ClipTaken::Extended ? counts.extended : counts.known);
}

void ClipImport::breakOff(const std::string& why) {
    m_broken = true;
    if (m_report.failure.empty())
        m_report.failure = why;
}

void ClipImport::finish() {
    m_fraction = m_broken || m_report.stopped ? m_fraction : 1.0;
    if (!m_plan.rehearsal) {
        try {
            m_clips->finishImport(m_report.importId, m_report.counts, m_report.stopped || m_broken);
        } catch (const Error& error) {
            breakOff(error.what());
        }
    }
    m_told = {};
    tell();
}

void ClipImport::tell() {
    const auto now = Clock::now();
    if (!m_listener || now - m_told < kTellEvery)
        return;
    m_told = now;
    m_listener({m_fraction, m_report.counts, m_copier ? m_copier->bytes() : 0});
}

ImportPlan planOf(const ClipImportRequest& request) {
    ImportPlan plan;
    plan.copyAudio = request.copyAudio;
    plan.decodeAudio = request.decodeAudio;
    plan.format = importFormatOf(request);
    plan.path = fs::absolute(request.path).string();
    return plan;
}

} // namespace

ImportReport importClips(ProjectStore& project, const ClipImportRequest& request,
                         std::stop_token stop, const ImportListener& listener) {
    ImportPlan plan = planOf(request);
    plan.project = &project;
    auto reader = openImport(plan.format, request.path, request.settings);
    return ClipImport(std::move(plan), std::move(stop), listener).run(std::move(reader));
}

ImportReport rehearseImport(ProjectStore* project, const ClipImportRequest& request,
                            std::stop_token stop, const ImportListener& listener) {
    ImportPlan plan = planOf(request);
    plan.project = project;
    plan.rehearsal = true;
    auto reader = openImport(plan.format, request.path, request.settings);
    return ClipImport(std::move(plan), std::move(stop), listener).run(std::move(reader));
}

ImportReport copyClips(ProjectStore& project, std::vector<Utterance> clips, const fs::path& folder,
                       std::stop_token stop, const ImportListener& listener) {
    ImportPlan plan;
    plan.project = &project;
    plan.copyAudio = true;
    plan.format = "viva";
    plan.path = folder.string();
    auto reader = readUtterances(std::move(clips), folder);
    return ClipImport(std::move(plan), std::move(stop), listener).run(std::move(reader));
}

} // namespace viva
