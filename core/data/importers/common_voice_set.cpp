// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/table_rows.h"

#include <algorithm>

namespace viva {

namespace fs = std::filesystem;

ItemRules rulesWithClips(const ImportSettings& settings, const fs::path& table) {
    ItemRules rules = rulesFor(settings, table.parent_path());
    if (fs::is_directory(rules.folder / "clips"))
        rules.folder /= "clips";
    return rules;
}

void addVoiceEnding(RawItem& raw) {
    if (!raw.audio.empty() && fs::path(raw.audio).extension().empty())
        raw.audio += ".mp3";
}

std::vector<fs::path> languageFolders(const fs::path& path) {
    std::error_code failure;
    std::vector<fs::path> folders{path};
    for (fs::directory_iterator entries(path, failure);
         !failure && entries != fs::directory_iterator(); entries.increment(failure))
        if (entries->is_directory(failure))
            folders.push_back(entries->path());
    std::sort(folders.begin(), folders.end());
    return folders;
}

namespace {

/// @source torchaudio.datasets.COMMONVOICE and the data set cards of Common Voice 11 to 17: tables
/// train, dev, test, validated, invalidated and other .tsv with client_id, path, sentence,
/// up_votes, down_votes, age, gender, accents, variant, locale, segment, and sounds in clips/; CC0.
std::unique_ptr<ImportReader> openCommonVoice(const fs::path& path,
                                              const ImportSettings& settings) {
    std::vector<fs::path> tables;
    for (const fs::path& folder : languageFolders(path)) {
        const std::size_t before = tables.size();
        for (const char* name : {"train.tsv", "dev.tsv", "test.tsv"})
            if (fs::is_regular_file(folder / name))
                tables.push_back(folder / name);
        if (tables.size() == before && fs::is_regular_file(folder / "validated.tsv"))
            tables.push_back(folder / "validated.tsv");
    }
    if (!fs::is_directory(path))
        tables.push_back(path);
    ReaderParts parts;
    for (const fs::path& table : tables)
        parts.emplace_back(table.filename().string(), [=] {
            ItemRules rules = rulesWithClips(settings, table);
            rules.split = splitInName(table.stem().string());
            rules.licence = "CC0-1.0";
            ImportSettings own = settings;
            own.mapping = ColumnMapping{};
            own.mapping->columns = {
                {"audio", "path"}, {"text", "sentence"}, {"speaker", "client_id"}};
            const TableRows rows(table, {});
            for (const auto& [field, column] : {std::pair("language", "locale")})
                if (rows.column(column))
                    own.mapping->columns[field] = column;
            return readTable(table, TableKind::Tabs, own, rules, [](RawItem& raw) {
                addVoiceEnding(raw);
                raw.task = "asr";
            });
        });
    if (parts.empty())
        failLayout(path, "train.tsv, dev.tsv, test.tsv or validated.tsv of Common Voice");
    return chainReaders(std::move(parts));
}

bool isCommonVoiceTable(const FoundData& data) {
    return data.isFile() && data.ending() == ".tsv" &&
           data.head().find("client_id\tpath\tsentence") != std::string::npos;
}

bool isCommonVoice(const FoundData& data) {
    if (!data.isFolder())
        return isCommonVoiceTable(data);
    for (const fs::path& folder : languageFolders(data.path()))
        for (const char* table : {"train.tsv", "validated.tsv", "test.tsv"})
            if (isCommonVoiceTable(FoundData(folder / table)))
                return true;
    return false;
}

} // namespace

std::vector<Importer> commonVoiceSet() {
    return {
        {{"commonvoice", "Common Voice", "the folder of the release or of a language, or a table"},
         30,
         isCommonVoice,
         openCommonVoice}};
}

} // namespace viva
