// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/item_builder.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/data/importers/text_source.h"
#include "core/data/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

std::string trimmed(std::string text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos)
        return {};
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    return text.substr(first);
}

/// Seconds from 0 up; an empty text is 0.
bool readSeconds(const std::string& text, double& value) {
    value = 0;
    if (text.empty())
        return true;
    const char* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, value);
    return failure == std::errc() && stop == end && std::isfinite(value) && value >= 0;
}

std::string taskOf(const RawItem& raw, const ItemRules& rules) {
    if (!raw.task.empty() || !rules.task.empty())
        return raw.task.empty() ? rules.task : raw.task;
    if (!raw.question.empty())
        return "sqa";
    if (!raw.references.empty())
        return "ast";
    return raw.text.empty() ? "" : "asr";
}

/// The question of the item, or none; a fault where it cannot be asked.
std::string addTask(RawItem& raw, const ItemRules& rules, Utterance& utterance) {
    UtteranceTask task;
    task.task = taskOf(raw, rules);
    if (task.task.empty())
        return {};
    task.question = raw.question;
    if (task.question.empty())
        task.question = rules.instruction;
    if (task.question.empty() && task.task == "asr")
        task.question = kTranscriptionInstruction;
    if (task.question.empty() && task.task == "ast")
        task.question = rules.targetLanguage.empty() ? "Translate the speech."
                                                     : translationInstruction(rules.targetLanguage);
    task.references = std::move(raw.references);
    std::erase_if(task.references, [](const std::string& reference) { return reference.empty(); });
    if (task.task == "asr" && task.references.empty() && !raw.text.empty())
        task.references = {raw.text};
    if (std::string fault = faultOf(task); !fault.empty())
        return fault;
    utterance.tasks.push_back(std::move(task));
    return {};
}

} // namespace

fs::path resolveAudio(const std::string& written, const ItemRules& rules, std::string& fault) {
    fault.clear();
    if (written.empty()) {
        fault = "has no audio path";
        return {};
    }
    if (written.find('\0') != std::string::npos || written.find('\\') != std::string::npos) {
        fault = fmt::format("has the audio path \"{}\"; write it with forward slashes",
                            beginningOf(written));
        return {};
    }
    const fs::path path(written);
    const fs::path full = (path.is_absolute() ? path : rules.folder / path).lexically_normal();
    try {
        return fileInside(rules.root, full.lexically_relative(rules.root).string());
    } catch (const Error& error) {
        fault = error.code() == ErrorCode::Io
                    ? std::string(error.what())
                    : fmt::format("has the audio path \"{}\", which leads out of {}; name the "
                                  "folder that holds the sounds",
                                  beginningOf(written), rules.root.string());
        return {};
    }
}

ImportEntry buildItem(RawItem raw, const ItemRules& rules) {
    raw.audio = trimmed(std::move(raw.audio));
    raw.text = trimmed(std::move(raw.text));
    raw.question = trimmed(std::move(raw.question));
    for (std::string& reference : raw.references)
        reference = trimmed(std::move(reference));
    if (raw.references.size() == 1 && raw.references[0].empty())
        raw.references.clear();
    const std::string named = !raw.id.empty()          ? raw.id
                              : !raw.audio.empty()     ? raw.audio
                              : !raw.beginning.empty() ? raw.beginning
                                                       : beginningOf(raw.text);
    const auto reject = [&](std::string reason) {
        return ImportFault{raw.place, named, std::move(reason)};
    };
    ImportItem item;
    item.place = raw.place;
    std::string fault;
    item.audio = resolveAudio(raw.audio, rules, fault);
    if (!fault.empty())
        return reject(fault);
    if (!readSeconds(raw.start, item.startSec) || !readSeconds(raw.length, item.lengthSec))
        return reject(fmt::format("begins at \"{}\" and lasts \"{}\"; both must be seconds, 0 or "
                                  "more",
                                  raw.start, raw.length));
    Utterance& utterance = item.utterance;
    item.ownId = !raw.id.empty();
    utterance.id =
        item.ownId
            ? raw.id
            : fs::path(item.audio).replace_extension().lexically_relative(rules.folder).string();
    if (!item.ownId && utterance.id.starts_with(".."))
        utterance.id = item.audio.stem().string();
    if (item.startSec > 0 || item.lengthSec > 0)
        utterance.id += item.ownId ? "" : fmt::format("-{:.2f}", item.startSec);
    utterance.text = raw.text;
    utterance.speaker = raw.speaker;
    utterance.voice = raw.voice;
    utterance.language = raw.language.empty() ? rules.language : raw.language;
    utterance.split = !rules.forcedSplit.empty()
                          ? rules.forcedSplit
                          : plainSplit(raw.split.empty() ? rules.split : raw.split);
    utterance.licence = raw.licence.empty() ? rules.licence : raw.licence;
    utterance.tags = std::move(raw.tags);
    utterance.durationSec =
        std::isfinite(raw.durationSec) && raw.durationSec > 0 ? raw.durationSec : 0.0;
    if (fault = addTask(raw, rules, utterance); !fault.empty())
        return reject(fault);
    return item;
}

std::string plainSplit(std::string_view name) {
    for (const std::string_view other : {"dev", "val", "valid", "validate", "eval"})
        if (name == other)
            return "validation";
    for (const std::string_view other : {"training", "train_covost"})
        if (name == other)
            return "train";
    return std::string(name);
}

std::string splitInName(std::string_view name) {
    // Words of the name, so that "contest" is no test.
    std::string word;
    std::string found;
    const auto finish = [&] {
        for (const auto& [key, split] :
             std::array<std::pair<std::string_view, std::string_view>, 7>{
                 {{"train", "train"},
                  {"dev", "validation"},
                  {"valid", "validation"},
                  {"validation", "validation"},
                  {"val", "validation"},
                  {"test", "test"},
                  {"tst", "test"}}})
            if (word == key && found.empty())
                found = split;
        word.clear();
    };
    for (const char c : name) {
        if (std::isalpha(static_cast<unsigned char>(c)) != 0)
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else
            finish();
    }
    finish();
    return found;
}

std::string translationInstruction(std::string_view language) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> kNames{
        {{"ar", "Arabic"},  {"ca", "Catalan"},    {"cy", "Welsh"},      {"de", "German"},
         {"en", "English"}, {"es", "Spanish"},    {"et", "Estonian"},   {"fa", "Persian"},
         {"fr", "French"},  {"id", "Indonesian"}, {"it", "Italian"},    {"ja", "Japanese"},
         {"lv", "Latvian"}, {"mn", "Mongolian"},  {"nl", "Dutch"},      {"pt", "Portuguese"},
         {"ru", "Russian"}, {"sl", "Slovenian"},  {"sv-SE", "Swedish"}, {"ta", "Tamil"},
         {"tr", "Turkish"}, {"zh-CN", "Chinese"}}};
    for (const auto& [code, name] : kNames)
        if (code == language)
            return fmt::format("Translate the speech into {}.", name);
    return fmt::format("Translate the speech into {}.", language);
}

} // namespace viva
