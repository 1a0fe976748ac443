// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_export.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/project/clip_copy.h"
#include "core/project/clip_names.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kBatchClips = 500;
constexpr const char* kNoSplit = "unassigned";

void makeEmptyFolder(const fs::path& folder) {
    std::error_code failure;
    if (fs::exists(folder, failure) && !fs::is_empty(folder, failure))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} holds something; name a new or empty folder", folder.string()));
    fs::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorCode::Io, fmt::format("cannot make the folder {}: {}", folder.string(),
                                               failure.message()));
}

/// A split as the loader of Hugging Face takes it: letters, digits and "_".
std::string splitFolder(const std::string& split) {
    std::string name = split.empty() ? kNoSplit : fileNameOf(split);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
    return name;
}

/// Every row has every key, so that the tables of all splits have the same columns.
std::string rowOf(const Utterance& clip, const std::string& fileName, const UtteranceTask& task) {
    std::string tags;
    for (const std::string& tag : clip.tags)
        tags += (tags.empty() ? "" : "|") + tag;
    const auto& references = task.references;
    const Json row{{"file_name", fileName},
                   {"id", clip.id},
                   {"text", clip.text},
                   {"task", task.task},
                   {"question", task.question},
                   // An empty list would have no type where no row of a split has references.
                   {"references", references.empty() ? std::vector<std::string>{""} : references},
                   {"speaker", clip.speaker},
                   {"voice", clip.voice},
                   {"language", clip.language},
                   {"split", clip.split},
                   {"tags", tags},
                   {"licence", clip.licence},
                   {"duration", clip.durationSec}};
    return row.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

class ClipExport {
public:
    ClipExport(ProjectStore& project, const ClipExportRequest& request, std::stop_token stop,
               const ExportListener& listener)
        : m_project(project.folder()), m_folder(request.folder), m_stop(std::move(stop)),
          m_listener(listener), m_clips(project), m_ids(m_clips.ids(request.filter)) {}

    ClipExportReport run() {
        makeEmptyFolder(m_folder);
        try {
            for (std::size_t at = 0; at < m_ids.size() && !m_report.stopped; at += kBatchClips) {
                const std::size_t count = std::min(kBatchClips, m_ids.size() - at);
                for (const ClipRecord& clip : m_clips.clips(std::span(m_ids).subspan(at, count)))
                    if (!m_report.stopped)
                        write(clip);
            }
            writeTables();
        } catch (const Error&) {
            std::error_code ignored;
            for (const auto& entry : fs::directory_iterator(m_folder, ignored))
                fs::remove_all(entry.path(), ignored);
            throw;
        }
        return std::move(m_report);
    }

private:
    void write(const ClipRecord& clip);
    void writeTables() const;

    const fs::path m_project;
    const fs::path m_folder;
    const std::stop_token m_stop;
    const ExportListener& m_listener;
    ClipStore m_clips;
    std::vector<ClipId> m_ids;
    std::map<std::string, std::string> m_rows; ///< split folder to metadata.jsonl
    std::set<std::string> m_names;
    std::size_t m_done = 0;
    ClipExportReport m_report;
};

void ClipExport::write(const ClipRecord& clip) {
    if (m_stop.stop_requested()) {
        m_report.stopped = true;
        return;
    }
    const Utterance& utterance = clip.utterance;
    const fs::path from = m_project / utterance.audioPath; // an absolute path stays itself
    const std::string split = splitFolder(utterance.split);
    const std::string stem = fileNameOf(utterance.id);
    std::string name = stem + from.extension().string();
    for (int number = 2; !m_names.insert(split + "/" + name).second; ++number)
        name = fmt::format("{}-{}{}", stem, number, from.extension().string());
    std::string fault;
    copyAudioFile(from, m_folder / split / name, fault);
    if (m_listener)
        m_listener(static_cast<double>(++m_done) / static_cast<double>(m_ids.size()));
    if (!fault.empty()) {
        m_report.faults.push_back({utterance.id, utterance.id, std::move(fault)});
        return;
    }
    std::error_code ignored;
    m_report.bytes += fs::file_size(m_folder / split / name, ignored);
    ++m_report.clips;
    std::string& rows = m_rows[split];
    for (const UtteranceTask& task : utterance.tasks)
        rows += rowOf(utterance, name, task);
    if (utterance.tasks.empty())
        rows += rowOf(utterance, name, {});
}

/// @source huggingface/datasets, docs/source/audio_dataset.mdx and folder_based_builder.py:
/// SPLIT/metadata.jsonl with file_name beside the sounds, the same columns in every split; the
/// README's configs name the splits, as in huggingface.co/datasets/ZihanZhao/LibriSQA.
void ClipExport::writeTables() const {
    std::string readme = "---\nconfigs:\n- config_name: default\n  data_files:\n";
    for (const auto& [split, rows] : m_rows) {
        writeFileAtomically(m_folder / split / "metadata.jsonl", rows);
        readme += fmt::format("  - split: {}\n    path: {}/**\n", split, split);
    }
    readme +=
        "---\n\nClips with their transcripts, questions and references, as an audio folder: a "
        "row for each question.\n";
    writeFileAtomically(m_folder / "README.md", readme);
}

} // namespace

ClipExportReport exportClips(ProjectStore& project, const ClipExportRequest& request,
                             std::stop_token stop, const ExportListener& listener) {
    return ClipExport(project, request, std::move(stop), listener).run();
}

} // namespace viva
