// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of any columns, and files of JSON objects of any keys.
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"

namespace viva {
namespace {

namespace fs = std::filesystem;

template<TableKind kind>
std::unique_ptr<ImportReader> openAs(const fs::path& path, const ImportSettings& settings) {
    return readTable(path, kind, settings, rulesFor(settings, path.parent_path()));
}

template<TableKind kind>
ImportColumns columnsAs(const fs::path& path, const ImportSettings& settings) {
    return columnsOfTable(path, kind, settings);
}

bool isObjects(const FoundData& data) {
    return data.isFile() &&
           (data.ending() == ".jsonl" || data.ending() == ".json" || data.ending() == ".ndjson");
}

bool isCommas(const FoundData& data) {
    return data.isFile() && data.ending() == ".csv";
}

bool isTabs(const FoundData& data) {
    return data.isFile() && (data.ending() == ".tsv" || data.ending() == ".txt");
}

} // namespace

std::vector<Importer> tablesSet() {
    return {{{"jsonl", "JSON objects", "a file with an object a line, or a list of objects"},
             80,
             isObjects,
             openAs<TableKind::Objects>,
             columnsAs<TableKind::Objects>},
            {{"csv", "Table with commas", "a .csv file with a heading"},
             80,
             isCommas,
             openAs<TableKind::Commas>,
             columnsAs<TableKind::Commas>},
            {{"tsv", "Table with tabs", "a .tsv file with a heading"},
             80,
             isTabs,
             openAs<TableKind::Tabs>,
             columnsAs<TableKind::Tabs>}};
}

} // namespace viva
