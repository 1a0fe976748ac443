// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/manifest.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/sha256.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

/// Larger manifests must come in parts: every line is kept in memory.
constexpr std::uint64_t kMaxManifestBytes = std::uint64_t{2} << 30;

std::string faultOfPath(const std::string& audioPath, AudioPaths paths) {
    if (audioPath.empty())
        return "has no audio path";
    if (audioPath.find('\0') != std::string::npos || audioPath.find('\\') != std::string::npos)
        return fmt::format("has the audio path \"{}\"; write it with forward slashes",
                           audioPath.substr(0, 200));
    if (paths == AudioPaths::Anywhere)
        return {};
    const std::filesystem::path path(audioPath);
    bool leaves = path.is_absolute();
    for (const auto& part : path)
        leaves = leaves || part == "..";
    if (leaves)
        return fmt::format(
            "has the audio path \"{}\", which leaves the manifest's folder; keep the "
            "clips in it and write the path relative to it",
            audioPath);
    return {};
}

UtteranceTask readTask(const nlohmann::json& object, const std::string& origin, std::size_t index) {
    JsonReader reader(object, origin, fmt::format("tasks[{}]", index));
    UtteranceTask task;
    reader.required("task", task.task);
    reader.required("question", task.question);
    reader.required("references", task.references);
    reader.optional("style", task.style);
    reader.optional("baseTargets", task.baseTargets);
    reader.optional("variants", task.variants);
    reader.finish();
    return task;
}

Json toJson(const UtteranceTask& task) {
    Json object{{"task", task.task}, {"question", task.question}, {"references", task.references}};
    if (!task.style.empty())
        object["style"] = task.style;
    if (!task.baseTargets.empty())
        object["baseTargets"] = task.baseTargets;
    if (!task.variants.empty())
        object["variants"] = task.variants;
    return object;
}

} // namespace

std::string faultOf(const UtteranceTask& task) {
    if (task.task != "sqa" && task.task != "ast" && task.task != "asr")
        return fmt::format("has a task \"{}\"; known tasks are sqa, ast and asr", task.task);
    if (task.question.empty())
        return fmt::format("has a task {} without question; add one", task.task);
    if (task.references.empty())
        return fmt::format("has a task {} without references; add at least one", task.task);
    for (const std::string& reference : task.references)
        if (reference.empty())
            return fmt::format("has a task {} with an empty reference; remove it", task.task);
    return {};
}

std::string faultOf(const Utterance& utterance, AudioPaths paths) {
    if (utterance.id.empty())
        return "has no id";
    if (std::string fault = faultOfPath(utterance.audioPath, paths); !fault.empty())
        return fault;
    if (utterance.split.empty())
        return "has no split; name one, for example train";
    if (!std::isfinite(utterance.durationSec) || utterance.durationSec < 0)
        return fmt::format("has a duration of {} s; it must be 0 or more", utterance.durationSec);
    const std::string& hash = utterance.sha256;
    if (!hash.empty() &&
        (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos))
        return fmt::format("has the sha256 \"{}\"; write 64 lower-case hexadecimal digits",
                           hash.substr(0, 80));
    for (const UtteranceTask& task : utterance.tasks)
        if (std::string fault = faultOf(task); !fault.empty())
            return fault;
    return {};
}

Utterance parseUtterance(std::string_view line, const std::string& origin, AudioPaths paths) {
    const nlohmann::json object = parseJson(line, origin);
    JsonReader reader(object, origin);
    Utterance utterance;
    reader.required("id", utterance.id);
    reader.required("audio", utterance.audioPath);
    reader.required("split", utterance.split);
    reader.optional("text", utterance.text);
    reader.optional("voice", utterance.voice);
    reader.optional("speaker", utterance.speaker);
    reader.optional("language", utterance.language);
    reader.optional("seed", utterance.seed);
    reader.optional("durationSec", utterance.durationSec);
    reader.optional("sha256", utterance.sha256);
    reader.optional("licence", utterance.licence);
    reader.optional("copyOf", utterance.copyOf);
    reader.optional("tags", utterance.tags);
    if (const nlohmann::json* tasks = reader.raw("tasks")) {
        if (!tasks->is_array())
            reader.fail("tasks", "must be a list");
        for (std::size_t i = 0; i < tasks->size(); ++i)
            utterance.tasks.push_back(readTask((*tasks)[i], origin, i));
    }
    reader.finish();
    if (const std::string fault = faultOf(utterance, paths); !fault.empty())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: utterance \"{}\" {}", origin, utterance.id, fault));
    return utterance;
}

std::string formatUtterance(const Utterance& utterance) {
    Json object{{"id", utterance.id}, {"audio", utterance.audioPath}, {"split", utterance.split}};
    const auto add = [&](const char* key, const auto& value) {
        if (!value.empty())
            object[key] = value;
    };
    add("text", utterance.text);
    add("voice", utterance.voice);
    add("speaker", utterance.speaker);
    add("language", utterance.language);
    if (utterance.seed != 0)
        object["seed"] = utterance.seed;
    if (utterance.durationSec > 0)
        object["durationSec"] = utterance.durationSec;
    add("sha256", utterance.sha256);
    add("licence", utterance.licence);
    add("copyOf", utterance.copyOf);
    add("tags", utterance.tags);
    Json tasks = Json::array();
    for (const UtteranceTask& task : utterance.tasks)
        tasks.push_back(toJson(task));
    if (!tasks.empty())
        object["tasks"] = std::move(tasks);
    try {
        return object.dump();
    } catch (const nlohmann::json::type_error&) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("utterance \"{}\" holds text that is not UTF-8; convert it first",
                                utterance.id));
    }
}

namespace {

Manifest readAs(const std::filesystem::path& path, const std::filesystem::path& folder,
                AudioPaths paths) {
    const std::string text = readFile(path, kMaxManifestBytes);
    Manifest manifest;
    manifest.folder = folder;
    std::unordered_map<std::string, std::size_t> lineOfId;
    std::size_t line = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view content(text.data() + at, end - at);
        at = end + 1;
        ++line;
        if (!content.empty() && content.back() == '\r')
            content.remove_suffix(1);
        if (content.empty())
            continue;
        const std::string origin = fmt::format("{}:{}", path.string(), line);
        Utterance utterance = parseUtterance(content, origin, paths);
        const auto [known, isNew] = lineOfId.emplace(utterance.id, line);
        if (!isNew)
            throw Error(
                ErrorCode::Format,
                fmt::format("{}: the id \"{}\" is in line {} already; give each clip its own",
                            origin, utterance.id, known->second));
        manifest.utterances.push_back(std::move(utterance));
    }
    return manifest;
}

} // namespace

Manifest readManifest(const std::filesystem::path& path) {
    return readAs(path, path.parent_path(), AudioPaths::Inside);
}

Manifest readProjectManifest(const std::filesystem::path& path,
                             const std::filesystem::path& folder) {
    return readAs(path, folder, AudioPaths::Anywhere);
}

void writeManifest(const std::filesystem::path& path, const std::vector<Utterance>& utterances,
                   AudioPaths paths) {
    std::string text;
    std::unordered_map<std::string, bool> seen;
    for (const Utterance& utterance : utterances) {
        std::string fault = faultOf(utterance, paths);
        if (fault.empty() && !seen.emplace(utterance.id, true).second)
            fault = "comes twice; give each clip its own id";
        if (!fault.empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("{}: utterance \"{}\" {}", path.string(), utterance.id, fault));
        text += formatUtterance(utterance);
        text += '\n';
    }
    writeFileAtomically(path, text);
}

std::vector<std::string> checkAudio(const Manifest& manifest) {
    std::vector<std::string> faults;
    for (const Utterance& utterance : manifest.utterances) {
        const std::filesystem::path file = manifest.audioFile(utterance);
        std::error_code ignored;
        if (!std::filesystem::is_regular_file(file, ignored)) {
            faults.push_back(
                fmt::format("{}: the clip of \"{}\" is missing", file.string(), utterance.id));
        } else if (!utterance.sha256.empty()) {
            const std::string actual = sha256OfFile(file);
            if (actual != utterance.sha256)
                faults.push_back(fmt::format("{}: sha256 is {}, the manifest says {}",
                                             file.string(), actual, utterance.sha256));
        }
    }
    return faults;
}

} // namespace viva
