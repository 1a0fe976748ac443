// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/clips/clip_json.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

nlohmann::ordered_json tasksJson(const std::vector<UtteranceTask>& tasks) {
    auto out = nlohmann::ordered_json::array();
    for (const UtteranceTask& task : tasks)
        out.push_back(
            {{"task", task.task}, {"question", task.question}, {"references", task.references}});
    return out;
}

} // namespace

nlohmann::ordered_json clipJson(const ClipRecord& clip) {
    const Utterance& own = clip.utterance;
    return {{"clip", clip.id},
            {"name", own.id},
            {"audio", own.audioPath},
            {"text", own.text},
            {"speaker", own.speaker},
            {"voice", own.voice},
            {"language", own.language},
            {"split", own.split},
            {"tags", own.tags},
            {"tasks", tasksJson(own.tasks)},
            {"duration_sec", own.durationSec},
            {"rate_hz", clip.rateHz},
            {"channels", clip.channels},
            {"sha256", own.sha256},
            {"licence", own.licence},
            {"source", clip.source},
            {"provenance", clip.provenance},
            {"notes", clip.notes},
            {"import", clip.importId},
            {"created_at", clip.createdAt}};
}

nlohmann::ordered_json faultJson(const ImportFault& fault) {
    return {{"place", fault.place}, {"item", fault.item}, {"reason", fault.reason}};
}

nlohmann::ordered_json reportJson(const ImportReport& report) {
    auto faults = nlohmann::ordered_json::array();
    for (const ImportFault& fault : report.faults)
        faults.push_back(faultJson(fault));
    return {{"format", report.format},
            {"import", report.importId},
            {"added", report.counts.added},
            {"extended", report.counts.extended},
            {"known", report.counts.known},
            {"rejected", report.counts.rejected},
            {"bytes_copied", report.bytesCopied},
            {"seconds", report.durationSec},
            {"stopped", report.stopped},
            {"failure", report.failure},
            {"notes", report.notes},
            {"faults", faults}};
}

nlohmann::ordered_json previewJson(const ImportPreview& preview) {
    auto rows = nlohmann::ordered_json::array();
    for (const ImportPreviewRow& row : preview.rows)
        rows.push_back({{"place", row.place},
                        {"audio", row.audio.string()},
                        {"start_sec", row.startSec},
                        {"length_sec", row.lengthSec},
                        {"name", row.utterance.id},
                        {"text", row.utterance.text},
                        {"speaker", row.utterance.speaker},
                        {"language", row.utterance.language},
                        {"split", row.utterance.split},
                        {"duration_sec", row.utterance.durationSec},
                        {"tasks", tasksJson(row.utterance.tasks)},
                        {"fault", row.fault}});
    return {{"format", preview.format},
            {"columns", preview.columns},
            {"mapping", preview.mapping.columns},
            {"rows", rows},
            {"notes", preview.notes},
            {"problem", preview.problem}};
}

std::pair<std::string, std::string> splitPair(const std::string& text, const char* option) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} {}: write it as NAME=VALUE", option, text));
    return {text.substr(0, sign), text.substr(sign + 1)};
}

std::string shortText(const std::string& text, std::size_t width) {
    std::string out;
    std::size_t signs = 0;
    for (const char c : text) {
        // The bytes behind the first one of a sign belong to it.
        signs += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
        if (signs > width)
            return out + "...";
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out;
}

} // namespace viva
