// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clips/clip_drafts.h"

#include "core/base/atomic_file.h"
#include "core/base/json_reader.h"

#include <nlohmann/json.hpp>

#include <string>

namespace viva {
namespace {

namespace fs = std::filesystem;

fs::path fileOf(const fs::path& projectFolder) {
    return projectFolder / "drafts.json";
}

UtteranceTask readTask(const nlohmann::json& object, const std::string& origin,
                       const std::string& path) {
    JsonReader reader(object, origin, path);
    UtteranceTask task;
    reader.required("task", task.task);
    reader.optional("question", task.question);
    reader.optional("references", task.references);
    reader.finish();
    return task;
}

} // namespace

ClipDrafts readDrafts(const fs::path& projectFolder) {
    const fs::path file = fileOf(projectFolder);
    if (!fs::exists(file))
        return {};
    const nlohmann::json document = readJsonFile(file);
    JsonReader reader(document, file.string());
    ClipDrafts drafts;
    for (const auto& [key, list] : document.items()) {
        static_cast<void>(reader.raw(key));
        if (key.empty() || key.size() > 18 ||
            key.find_first_not_of("0123456789") != std::string::npos || !list.is_array())
            reader.fail(key, "must be the number of a clip with a list of tasks");
        std::vector<UtteranceTask>& tasks = drafts[std::stoll(key)];
        for (const nlohmann::json& one : list)
            tasks.push_back(readTask(one, file.string(), key));
    }
    return drafts;
}

void writeDrafts(const fs::path& projectFolder, const ClipDrafts& drafts) {
    const fs::path file = fileOf(projectFolder);
    if (drafts.empty()) {
        std::error_code ignored;
        fs::remove(file, ignored);
        return;
    }
    nlohmann::json document = nlohmann::json::object();
    for (const auto& [clip, tasks] : drafts)
        for (const UtteranceTask& task : tasks)
            document[std::to_string(clip)].push_back({{"task", task.task},
                                                      {"question", task.question},
                                                      {"references", task.references}});
    writeFileAtomically(file, document.dump(2) + "\n");
}

} // namespace viva
