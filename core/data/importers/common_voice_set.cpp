// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/set_readers.h"
#include "core/data/importers/table_rows.h"

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

/// @source torchaudio.datasets.COMMONVOICE and the data set cards of Common Voice 11 to 17: tables
/// train, dev, test, validated, invalidated and other .tsv with client_id, path, sentence,
/// up_votes, down_votes, age, gender, accents, variant, locale, segment, and sounds in clips/; CC0.
std::unique_ptr<ImportReader> openCommonVoice(const fs::path& path,
                                              const ImportSettings& settings) {
    std::vector<fs::path> tables;
    if (fs::is_directory(path)) {
        for (const char* name : {"train.tsv", "dev.tsv", "test.tsv"})
            if (fs::is_regular_file(path / name))
                tables.push_back(path / name);
        if (tables.empty() && fs::is_regular_file(path / "validated.tsv"))
            tables.push_back(path / "validated.tsv");
    } else {
        tables.push_back(path);
    }
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

} // namespace viva
