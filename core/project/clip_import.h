// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"
#include "core/data/importers/import_formats.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

class ProjectStore;

/// What is to be imported, and how. The formats are those of importFormats().
struct ClipImportRequest {
    std::filesystem::path path{};
    std::string format{};      ///< "covost2"; empty = what lies at the path decides
    ImportSettings settings{}; ///< split, language, instruction, columns ...
    bool copyAudio = false;    ///< into the project's clips/; otherwise referred to where it lies
    bool decodeAudio = false;  ///< decodes and hashes every sound, not its header alone: slow
};

/// The format that is asked for, or that is told from the path.
/// @throws Error(NotFound) for a path that is not there, Error(Format) where it cannot be told.
[[nodiscard]] std::string importFormatOf(const ClipImportRequest& request);

/// One item as it would go in.
struct ImportPreviewRow {
    std::string place; ///< "train.tsv:12"
    std::filesystem::path audio;
    double startSec = 0;
    double lengthSec = 0; ///< 0 = to the end
    Utterance utterance;
    std::string fault; ///< why it would not go in; empty = it would
};

struct ImportPreview {
    std::string format;               ///< as asked or told from the path; empty = could not be told
    std::vector<std::string> columns; ///< of a table, keys of JSON objects; empty for other formats
    ColumnMapping mapping;            ///< for these: as asked, or guessed from the names
    std::vector<ImportPreviewRow> rows;
    std::vector<std::string> notes; ///< decisions of the reader ("read as UTF-16")
    std::string problem;            ///< why nothing can be read as asked, with the cure; else empty
};

/// Reads the first items and looks at their sounds' headers. Blocks for as long as that takes.
/// What cannot be read as asked is `problem`, and the columns are given all the same.
/// @throws Error(NotFound | Io) for a path that is not there or cannot be read.
[[nodiscard]] ImportPreview previewImport(const ClipImportRequest& request,
                                          std::size_t maxRows = 50);

struct ImportProgress {
    double fraction = 0; ///< 0..1
    ImportCounts counts; ///< so far
    std::uint64_t bytesCopied = 0;
};

/// Called on the thread of importClips(), about ten times a second. Must return soon.
using ImportListener = std::function<void(const ImportProgress&)>;

/// What became of an import. What the counts say has gone in, also where it ended early.
struct ImportReport {
    std::string format;
    std::int64_t importId = 0; ///< in ClipStore::imports(); 0 for a dry run
    ImportCounts counts;
    /// The first thousand; ClipStore::faults() has all of them.
    std::vector<ImportFault> faults;
    std::vector<std::string> notes;
    std::uint64_t bytesCopied = 0;
    double durationSec = 0; ///< of the import itself
    bool stopped = false;   ///< before its end, because it was asked to
    std::string failure;    ///< why it ended before its end (disk full, with the cure); else empty
};

/// Imports a data set into the project.
///
/// Blocks until it is done or stopped. Trouble with an item is a fault of the report, and the
/// others go in. What is in the project already is not added twice: a second import only brings
/// what is new.
/// @throws Error(InvalidArgument | NotFound | Io | Format) where nothing can be read,
/// Error(Database) where the project cannot be written.
[[nodiscard]] ImportReport importClips(ProjectStore& project, const ClipImportRequest& request,
                                       std::stop_token stop = {},
                                       const ImportListener& listener = {});

/// Reads and checks everything, and writes nothing: what importClips() would report.
/// @param project what is there already; null where there is no project yet
[[nodiscard]] ImportReport rehearseImport(ProjectStore* project, const ClipImportRequest& request,
                                          std::stop_token stop = {},
                                          const ImportListener& listener = {});

/// Copies clips of a manifest (the built-in demo) into the project, sounds and all; otherwise as
/// importClips(). @param folder where their audio paths begin.
[[nodiscard]] ImportReport copyClips(ProjectStore& project, std::vector<Utterance> clips,
                                     const std::filesystem::path& folder, std::stop_token stop = {},
                                     const ImportListener& listener = {});

/// Column mappings that are kept in a project (mappings/NAME.json), sorted by name.
[[nodiscard]] std::vector<std::string> savedMappings(const std::filesystem::path& projectFolder);
/// @throws Error(NotFound | Io | Format).
[[nodiscard]] ColumnMapping loadMapping(const std::filesystem::path& projectFolder,
                                        const std::string& name);
/// Replaces one of the same name. @throws Error(InvalidArgument) for a name that is no file name.
void saveMapping(const std::filesystem::path& projectFolder, const std::string& name,
                 const ColumnMapping& mapping);
/// @throws Error(NotFound) where there is none of that name.
void removeMapping(const std::filesystem::path& projectFolder, const std::string& name);

} // namespace viva
