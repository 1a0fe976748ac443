// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/import_formats.h"

#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>

namespace viva {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> formatNames() {
    std::vector<std::string> out;
    for (const ImportFormat& format : importFormats())
        out.push_back(format.name);
    return out;
}

const Importer& importerOf(const std::string& format) {
    for (const Importer& importer : importers())
        if (importer.format.name == format)
            return importer;
    throw Error(ErrorCode::InvalidArgument, fmt::format("there is no format \"{}\"; known are {}",
                                                        format, fmt::join(formatNames(), ", ")));
}

} // namespace

std::optional<ImportEntry> ChainReader::next() {
    while (m_at < m_parts.size()) {
        if (!m_reader) {
            try {
                m_reader = m_parts[m_at].second();
            } catch (const Error& error) {
                const std::string& name = m_parts[m_at++].first;
                return ImportFault{name, name, error.what()};
            }
        }
        if (auto entry = m_reader->next())
            return entry;
        for (const std::string& text : m_reader->notes())
            note(text);
        m_reader.reset();
        ++m_at;
    }
    return std::nullopt;
}

double ChainReader::progress() const {
    if (m_parts.empty())
        return 1.0;
    const double inside = m_reader ? m_reader->progress() : 0.0;
    return (static_cast<double>(m_at) + inside) / static_cast<double>(m_parts.size());
}

std::unique_ptr<ImportReader> chainReaders(ReaderParts parts) {
    return std::make_unique<ChainReader>(std::move(parts));
}

void failLayout(const fs::path& path, const std::string& expected) {
    throw Error(ErrorCode::Format, fmt::format("{} holds no {}", path.string(), expected));
}

ItemRules rulesFor(const ImportSettings& settings, const fs::path& folder) {
    ItemRules rules;
    const fs::path& place = settings.audioFolder.empty() ? folder : settings.audioFolder;
    rules.root = folderPath(place.empty() ? fs::path(".") : place);
    rules.folder = rules.root;
    rules.task = settings.task;
    rules.instruction = settings.instruction;
    rules.targetLanguage = settings.targetLanguage;
    rules.forcedSplit = settings.split;
    rules.language = settings.language;
    return rules;
}

FoundData::FoundData(fs::path path) : m_path(std::move(path)) {
    std::error_code ignored;
    m_isFolder = fs::is_directory(m_path, ignored);
    m_isFile = fs::is_regular_file(m_path, ignored);
}

const std::string& FoundData::head() const {
    if (m_isFile && m_head.empty()) {
        std::ifstream in(m_path, std::ios::binary);
        m_head.resize(64 << 10);
        in.read(m_head.data(), static_cast<std::streamsize>(m_head.size()));
        m_head.resize(static_cast<std::size_t>(in.gcount()));
    }
    return m_head;
}

bool FoundData::hasFile(const std::function<bool(const fs::path&)>& wanted) const {
    std::error_code failure;
    // Tables lie on top; folders of clips below them may be long.
    for (fs::directory_iterator entries(m_path, failure);
         !failure && entries != fs::directory_iterator(); entries.increment(failure))
        if (wanted(entries->path()))
            return true;
    fs::recursive_directory_iterator entries(m_path, fs::directory_options::skip_permission_denied,
                                             failure);
    int looked = 0;
    for (; !failure && entries != fs::recursive_directory_iterator() && looked < 20000;
         entries.increment(failure), ++looked)
        if (wanted(entries->path()))
            return true;
    return false;
}

const std::vector<ImportFormat>& importFormats() {
    static const std::vector<ImportFormat> kFormats = [] {
        std::vector<ImportFormat> formats;
        for (const Importer& importer : importers())
            formats.push_back(importer.format);
        return formats;
    }();
    return kFormats;
}

std::optional<std::string> detectImportFormat(const fs::path& path) {
    const FoundData data(path);
    if (!data.isFile() && !data.isFolder())
        return std::nullopt;
    std::vector<const Importer*> asked;
    for (const Importer& importer : importers())
        asked.push_back(&importer);
    std::stable_sort(asked.begin(), asked.end(),
                     [](const Importer* a, const Importer* b) { return a->turn < b->turn; });
    for (const Importer* importer : asked)
        if (importer->isIts(data))
            return importer->format.name;
    return std::nullopt;
}

ImportColumns importColumns(const std::string& format, const fs::path& given,
                            const ImportSettings& settings) {
    const Importer& importer = importerOf(format);
    return importer.columns ? importer.columns(folderPath(given), settings) : ImportColumns{};
}

std::unique_ptr<ImportReader> openImport(const std::string& format, const fs::path& given,
                                         const ImportSettings& settings) {
    std::error_code failure;
    const fs::path path = folderPath(given);
    if (!fs::exists(path, failure))
        throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", given.string()));
    try {
        return importerOf(format).open(path, settings);
    } catch (const fs::filesystem_error& error) {
        throw Error(ErrorCode::Io, fmt::format("cannot read {}: {}", error.path1().string(),
                                               error.code().message()));
    }
}

} // namespace viva
