// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/importers/import_formats.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace viva {

/// What lies at a path, for an importer that is asked whether it is its own; the disk is looked at
/// only as far as it is asked for.
class FoundData {
public:
    explicit FoundData(std::filesystem::path path);

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] bool isFile() const { return m_isFile; }
    [[nodiscard]] bool isFolder() const { return m_isFolder; }
    [[nodiscard]] std::string name() const { return m_path.filename().string(); }
    [[nodiscard]] std::string ending() const { return m_path.extension().string(); }
    /// The first 64 KB of a file.
    [[nodiscard]] const std::string& head() const;
    /// Whether the folder, or one below it, has such a file.
    [[nodiscard]] bool
    hasFile(const std::function<bool(const std::filesystem::path&)>& wanted) const;

private:
    std::filesystem::path m_path;
    bool m_isFile = false;
    bool m_isFolder = false;
    mutable std::string m_head;
};

/// A data set that can be imported: how it is called, what is its, how it is read. Internal to
/// core/data; one is added by a file of its own and its name in the list of CMakeLists.txt.
struct Importer {
    ImportFormat format;
    int turn = 50; ///< whose `isIts` is asked first where two could read a path: the lower number
    bool (*isIts)(const FoundData& data) = nullptr;
    std::unique_ptr<ImportReader> (*open)(const std::filesystem::path& path,
                                          const ImportSettings& settings) = nullptr;
    /// Of tables, whose columns are mapped by the user; null where the layout is fixed.
    ImportColumns (*columns)(const std::filesystem::path& path,
                             const ImportSettings& settings) = nullptr;
};

/// All of them, the best known first; made by CMake from its list.
[[nodiscard]] const std::vector<Importer>& importers();

} // namespace viva
