// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"

#include <fmt/format.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

bool isMetadata(const fs::path& path) {
    const std::string name = path.filename().string();
    return name == "metadata.csv" || name == "metadata.jsonl" || name == "metadata.tsv";
}

std::vector<fs::path> metadataFiles(const fs::path& path) {
    std::vector<fs::path> tables{path};
    if (fs::is_directory(path))
        tables = filesBelow(path, isMetadata);
    if (tables.empty())
        failLayout(path, "metadata.csv or metadata.jsonl");
    return tables;
}

/// @source huggingface/datasets, docs/source/audio_dataset.mdx and folder_based_builder.py:
/// metadata.csv or metadata.jsonl with a column file_name, relative to the file; splits as folders.
std::unique_ptr<ImportReader> openAudioFolder(const fs::path& path,
                                              const ImportSettings& settings) {
    ReaderParts parts;
    for (const fs::path& table : metadataFiles(path)) {
        const fs::path base = fs::is_directory(path) ? path : path.parent_path();
        std::string name = table.lexically_relative(base).string();
        parts.emplace_back(name, [=] {
            ItemRules rules = rulesFor(settings, table.parent_path());
            const std::string here =
                splitInName(table.parent_path().lexically_relative(base).string());
            rules.split = here;
            return readTable(table, tableKindOf(table), settings, rules, [here](RawItem& raw) {
                if (raw.split.empty() && here.empty())
                    raw.split = splitInName(fs::path(raw.audio).parent_path().string());
            });
        });
    }
    return chainReaders(std::move(parts));
}

bool isAudioFolder(const FoundData& data) {
    if (!data.isFolder())
        return data.isFile() && data.name().starts_with("metadata.");
    return data.hasFile([](const fs::path& file) {
        const std::string name = file.filename().string();
        return name == "metadata.csv" || name == "metadata.jsonl";
    });
}

ImportColumns columnsOfAudioFolder(const fs::path& path, const ImportSettings& settings) {
    const fs::path table = metadataFiles(path).front();
    return columnsOfTable(table, tableKindOf(table), settings);
}

} // namespace

std::vector<Importer> audioFolderSet() {
    return {{{"audiofolder", "Hugging Face audio folder", "the folder with metadata.csv or .jsonl"},
             60,
             isAudioFolder,
             openAudioFolder,
             columnsOfAudioFolder}};
}

} // namespace viva
