// SPDX-License-Identifier: GPL-3.0-or-later
// What an import would bring, and the column mappings that a project keeps.
#include "core/base/error.h"
#include "core/project/audio_check.h"
#include "core/project/clip_import.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

namespace fs = std::filesystem;

fs::path mappingFile(const fs::path& project, const std::string& name) {
    if (name.empty() || name.front() == '.' || name.size() > 100 ||
        name.find_first_of("/\\") != std::string::npos || name.find('\0') != std::string::npos)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("\"{}\" cannot be the name of a mapping; use letters, digits, "
                                "spaces and hyphens",
                                name.substr(0, name.find('\0')).substr(0, 100)));
    return project / "mappings" / (name + ".json");
}

ImportPreviewRow rowOf(const ImportEntry& entry) {
    ImportPreviewRow row;
    if (const auto* fault = std::get_if<ImportFault>(&entry)) {
        row.place = fault->place;
        row.utterance.id = fault->item;
        row.fault = fault->reason;
        return row;
    }
    CheckedItem checked{std::get<ImportItem>(entry), 0, 0, {}};
    checkAudioFile(checked, {});
    row.place = checked.item.place;
    row.audio = checked.item.audio;
    row.startSec = checked.item.startSec;
    row.lengthSec = checked.item.lengthSec;
    row.utterance = checked.item.utterance;
    row.fault = checked.fault;
    return row;
}

} // namespace

ImportPreview previewImport(const ClipImportRequest& request, std::size_t maxRows) {
    std::error_code failure;
    if (!fs::exists(request.path, failure))
        throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", request.path.string()));
    ImportPreview preview;
    preview.format = request.format;
    try {
        preview.format = importFormatOf(request);
        ImportColumns found = importColumns(preview.format, request.path, request.settings);
        preview.columns = std::move(found.columns);
        preview.mapping = std::move(found.mapping);
        const auto reader = openImport(preview.format, request.path, request.settings);
        while (preview.rows.size() < maxRows) {
            const auto entry = reader->next();
            if (!entry)
                break;
            preview.rows.push_back(rowOf(*entry));
        }
        preview.notes = reader->notes();
        if (preview.rows.empty())
            preview.problem = fmt::format("{} holds nothing to import", request.path.string());
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Io)
            throw;
        preview.problem = error.what();
    }
    return preview;
}

std::string importFormatOf(const ClipImportRequest& request) {
    if (!request.format.empty())
        return request.format;
    std::error_code failure;
    if (!fs::exists(request.path, failure))
        throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", request.path.string()));
    if (auto found = detectImportFormat(request.path))
        return *found;
    std::string known;
    for (const ImportFormat& format : importFormats())
        known += (known.empty() ? "" : ", ") + format.name;
    throw Error(ErrorCode::Format,
                fmt::format("cannot tell what {} holds; name its format, one of {}",
                            request.path.string(), known));
}

std::vector<std::string> savedMappings(const fs::path& projectFolder) {
    std::vector<std::string> names;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(projectFolder / "mappings", failure))
        if (entry.path().extension() == ".json")
            names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

ColumnMapping loadMapping(const fs::path& projectFolder, const std::string& name) {
    return readMapping(mappingFile(projectFolder, name));
}

void saveMapping(const fs::path& projectFolder, const std::string& name,
                 const ColumnMapping& mapping) {
    writeMapping(mappingFile(projectFolder, name), mapping);
}

void removeMapping(const fs::path& projectFolder, const std::string& name) {
    std::error_code failure;
    const fs::path file = mappingFile(projectFolder, name);
    if (!fs::remove(file, failure))
        throw Error(ErrorCode::NotFound,
                    fmt::format("{} has no mapping \"{}\"", projectFolder.string(), name));
}

} // namespace viva
