// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/import_formats.h"

#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/data/importers/set_readers.h"
#include "core/data/manifest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

bool hasFile(const fs::path& folder, const std::function<bool(const fs::path&)>& wanted) {
    std::error_code failure;
    // Tables lie on top; folders of clips below them may be long.
    for (fs::directory_iterator entries(folder, failure);
         !failure && entries != fs::directory_iterator(); entries.increment(failure))
        if (wanted(entries->path()))
            return true;
    fs::recursive_directory_iterator entries(folder, fs::directory_options::skip_permission_denied,
                                             failure);
    int looked = 0;
    for (; !failure && entries != fs::recursive_directory_iterator() && looked < 20000;
         entries.increment(failure), ++looked)
        if (wanted(entries->path()))
            return true;
    return false;
}

/// Of the formats that are tables, whatever the file is called.
std::optional<TableKind> kindOfFormat(const std::string& format) {
    if (format == "jsonl")
        return TableKind::Objects;
    if (format == "csv")
        return TableKind::Commas;
    return format == "tsv" ? std::optional(TableKind::Tabs) : std::nullopt;
}

std::string headOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string head(64 << 10, '\0');
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(in.gcount()));
    return head;
}

/// A line of a manifest of this program; other lists of objects have other keys too.
bool isUtterance(const std::string& line) {
    try {
        (void)parseUtterance(line, {});
        return true;
    } catch (const Error&) {
        return false;
    }
}

std::optional<std::string> detectFile(const fs::path& path) {
    const std::string name = path.filename().string();
    const std::string ending = path.extension().string();
    const std::string head = headOf(path);
    if (name.starts_with("covost") && ending == ".tsv")
        return "covost2";
    if (name.starts_with("metadata."))
        return "audiofolder";
    if (looksLikeAudio(path))
        return "audio";
    if (ending == ".yaml" || ending == ".yml")
        return "mustc";
    if (head.find("\"speech_path\"") != std::string::npos)
        return "librisqa";
    if (ending == ".tsv" && head.find("client_id\tpath\tsentence") != std::string::npos)
        return "commonvoice";
    if (ending == ".jsonl" && isUtterance(head.substr(0, head.find('\n'))))
        return "viva";
    if (ending == ".jsonl" || ending == ".json" || ending == ".ndjson")
        return "jsonl";
    if (ending == ".csv")
        return "csv";
    if (ending == ".tsv" || ending == ".txt")
        return "tsv";
    return std::nullopt;
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

const std::vector<ImportFormat>& importFormats() {
    static const std::vector<ImportFormat> kFormats{
        {"librisqa", "LibriSQA",
         "its JSON file (Part I or II) or the folder with LibriSpeech beside"},
        {"covost2", "CoVoST 2", "covost_v2.SRC_TGT.tsv or its folder, with clips beside"},
        {"commonvoice", "Common Voice", "the folder of the release or of a language, or a table"},
        {"librispeech", "LibriSpeech", "the folder, as transcription"},
        {"mustc", "MuST-C", "the folder of a language pair, or one list of segments (.yaml)"},
        {"audiofolder", "Hugging Face audio folder", "the folder with metadata.csv or .jsonl"},
        {"viva", "Viva Voce manifest", "manifest.jsonl or its folder"},
        {"jsonl", "JSON objects", "a file with an object a line, or a list of objects"},
        {"csv", "Table with commas", "a .csv file with a heading"},
        {"tsv", "Table with tabs", "a .tsv file with a heading"},
        {"folder", "Sounds with texts", "a folder of sounds with .txt files of the same names"},
        {"audio", "Sounds alone", "a folder of sounds, or one sound, to be labelled here"}};
    return kFormats;
}

std::optional<std::string> detectImportFormat(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored))
        return fs::is_regular_file(path, ignored) ? detectFile(path) : std::nullopt;
    const auto named = [&](auto test) {
        return hasFile(path, [&](const fs::path& file) { return test(file.filename().string()); });
    };
    if (fs::is_regular_file(path / "manifest.jsonl", ignored))
        return "viva";
    if (named([](const std::string& name) {
            return name.starts_with("covost") && name.ends_with(".tsv");
        }))
        return "covost2";
    for (const fs::path& folder : languageFolders(path))
        for (const char* table : {"train.tsv", "validated.tsv", "test.tsv"})
            if (detectFile(folder / table) == "commonvoice")
                return "commonvoice";
    if (named([](const std::string& name) { return name.starts_with("LibriSQA"); }))
        return "librisqa";
    if (named([](const std::string& name) { return name.ends_with(".trans.txt"); }))
        return "librispeech";
    if (named([](const std::string& name) {
            return name == "metadata.csv" || name == "metadata.jsonl";
        }))
        return "audiofolder";
    if (hasFile(path, [](const fs::path& file) {
            return file.extension() == ".yaml" && file.parent_path().filename() == "txt";
        }))
        return "mustc";
    if (!hasFile(path, looksLikeAudio))
        return std::nullopt;
    return hasFile(path, [](const fs::path& file) { return file.extension() == ".txt"; }) ? "folder"
                                                                                          : "audio";
}

ImportColumns importColumns(const std::string& format, const fs::path& given,
                            const ImportSettings& settings) {
    const fs::path path = folderPath(given);
    if (format == "audiofolder") {
        const fs::path table = metadataFiles(path).front();
        return columnsOfTable(table, tableKindOf(table), settings);
    }
    const auto kind = kindOfFormat(format);
    return kind ? columnsOfTable(path, *kind, settings) : ImportColumns{};
}

namespace {

std::unique_ptr<ImportReader> openAs(const std::string& format, const fs::path& path,
                                     const ImportSettings& settings) {
    if (format == "librisqa")
        return openLibriSqa(path, settings);
    if (format == "covost2")
        return openCovost(path, settings);
    if (format == "commonvoice")
        return openCommonVoice(path, settings);
    if (format == "librispeech")
        return openLibriSpeech(path, settings);
    if (format == "mustc")
        return openMustc(path, settings);
    if (format == "audiofolder")
        return openAudioFolder(path, settings);
    if (format == "viva")
        return openManifest(path, settings);
    if (format == "folder" || format == "audio")
        return openTextFolder(path, settings, format == "folder");
    if (const auto kind = kindOfFormat(format))
        return readTable(path, *kind, settings, rulesFor(settings, path.parent_path()));
    throw Error(ErrorCode::InvalidArgument, fmt::format("there is no format \"{}\"; known are {}",
                                                        format, fmt::join(formatNames(), ", ")));
}

} // namespace

std::unique_ptr<ImportReader> openImport(const std::string& format, const fs::path& given,
                                         const ImportSettings& settings) {
    std::error_code failure;
    const fs::path path = folderPath(given);
    if (!fs::exists(path, failure))
        throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", given.string()));
    try {
        return openAs(format, path, settings);
    } catch (const fs::filesystem_error& error) {
        throw Error(ErrorCode::Io, fmt::format("cannot read {}: {}", error.path1().string(),
                                               error.code().message()));
    }
}

} // namespace viva
