// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"
#include "core/data/importers/column_mapping.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace viva {

/// What can be imported.
struct ImportFormat {
    std::string name;  ///< "covost2"
    std::string title; ///< "CoVoST 2"
    std::string takes; ///< what the path names, for people
};

/// Choices that hold for a whole import.
struct ImportSettings {
    std::filesystem::path audioFolder{}; ///< where the sounds are, if not beside the texts
    std::string task{};                  ///< "sqa", "ast", "asr" where the data does not say
    std::string instruction{};           ///< question where the data has none; empty = the usual
    std::string split{};                 ///< for every clip, whatever the data says
    std::string language{};              ///< what is spoken, where the data does not say
    std::string targetLanguage{};        ///< of translations, where the data does not say: "de"
    std::optional<ColumnMapping>
        mapping{}; ///< for csv, tsv and jsonl; guessed from names otherwise
};

/// All formats, the best known first.
[[nodiscard]] const std::vector<ImportFormat>& importFormats();

/// What lies at `path`, as far as it can be told; nullopt where it cannot.
[[nodiscard]] std::optional<std::string> detectImportFormat(const std::filesystem::path& path);

/// What a table calls its columns, and what they mean.
struct ImportColumns {
    std::vector<std::string> columns; ///< of JSON objects: the keys of the first ones
    ColumnMapping mapping;            ///< as the settings say, or guessed from the names
};

/// Of jsonl, csv, tsv and audiofolder; nothing for formats whose layout is fixed.
/// @throws as openImport, but not for a column that is missing.
[[nodiscard]] ImportColumns importColumns(const std::string& format,
                                          const std::filesystem::path& path,
                                          const ImportSettings& settings = {});

/// Opens a data set for reading.
/// @throws Error(InvalidArgument) for an unknown format, Error(NotFound | Io) for a path that is
/// not there, Error(Format) where it does not hold such a data set; the message says what was
/// expected.
[[nodiscard]] std::unique_ptr<ImportReader> openImport(const std::string& format,
                                                       const std::filesystem::path& path,
                                                       const ImportSettings& settings = {});

/// Clips that are at hand already, as a data set. @param folder where their audio paths begin.
[[nodiscard]] std::unique_ptr<ImportReader> readUtterances(std::vector<Utterance> utterances,
                                                           const std::filesystem::path& folder);

} // namespace viva
