// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/importers/import_formats.h"
#include "core/data/importers/item_builder.h"

#include <functional>
#include <memory>
#include <vector>

namespace viva {

/// What the importers of single data sets share; internal to core/data.

using ReaderPart = std::function<std::unique_ptr<ImportReader>()>;
using ReaderParts = std::vector<std::pair<std::string, ReaderPart>>; ///< name for reports, opener

/// One reader after the other; each is opened when its turn comes. A part that cannot be opened is
/// one fault, and the others go on.
class ChainReader final : public ImportReader {
public:
    explicit ChainReader(ReaderParts parts) : m_parts(std::move(parts)) {}
    [[nodiscard]] std::optional<ImportEntry> next() override;
    [[nodiscard]] double progress() const override;

private:
    ReaderParts m_parts;
    std::size_t m_at = 0;
    std::unique_ptr<ImportReader> m_reader;
};

/// A change to an item before it is checked.
using RawChange = std::function<void(RawItem&)>;

/// How rows are written in a file.
enum class TableKind { Objects, Commas, Tabs };
[[nodiscard]] TableKind tableKindOf(const std::filesystem::path& path);

/// A table or a file of JSON objects through a mapping (guessed where there is none).
[[nodiscard]] std::unique_ptr<ImportReader>
readTable(const std::filesystem::path& path, TableKind kind, const ImportSettings& settings,
          ItemRules rules, const RawChange& change = {});

[[nodiscard]] ImportColumns columnsOfTable(const std::filesystem::path& path, TableKind kind,
                                           const ImportSettings& settings);

[[nodiscard]] std::unique_ptr<ImportReader> chainReaders(ReaderParts parts);
/// @throws Error(Format) "PATH holds no EXPECTED".
[[noreturn]] void failLayout(const std::filesystem::path& path, const std::string& expected);

/// Rules that follow from the settings: `folder` is where the texts lie.
[[nodiscard]] ItemRules rulesFor(const ImportSettings& settings,
                                 const std::filesystem::path& folder);

/// The same for tables of Common Voice: sounds lie in clips/ beside the table.
[[nodiscard]] ItemRules rulesWithClips(const ImportSettings& settings,
                                       const std::filesystem::path& table);
/// Where tables of Common Voice may lie: a folder, and one below it for each language.
[[nodiscard]] std::vector<std::filesystem::path> languageFolders(const std::filesystem::path& path);
/// Early releases of Common Voice name clips without their ending.
void addVoiceEnding(RawItem& raw);

/// Files below a folder whose names `wanted` takes, sorted; or the one file that is named. What has
/// to be passed over (a folder that may not be read, a link to another one or to nothing, a pipe)
/// is added to `passed`. @throws Error(NotFound | Io).
[[nodiscard]] std::vector<std::filesystem::path>
filesBelow(const std::filesystem::path& folder,
           const std::function<bool(const std::filesystem::path&)>& wanted,
           std::vector<ImportFault>* passed = nullptr);
/// A part that tells what filesBelow() had to pass over.
void addPassed(ReaderParts& parts, std::vector<ImportFault> passed);
[[nodiscard]] bool looksLikeAudio(const std::filesystem::path& path);

} // namespace viva
