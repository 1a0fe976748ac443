// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/importers/import_formats.h"
#include "tests/support/temp_dir.h"

#include <fstream>
#include <string>
#include <vector>

namespace viva::test {

/// A folder that a test fills with the files of a data set.
class MadeTree {
public:
    std::filesystem::path write(const std::string& name, const std::string& text = {}) const {
        const std::filesystem::path path = m_folder / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }
    [[nodiscard]] const std::filesystem::path& path() const { return m_folder.path(); }
    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
        return m_folder / name;
    }

private:
    TempDir m_folder;
};

/// Everything a reader gave.
struct ReadAll {
    std::vector<ImportItem> items;
    std::vector<ImportFault> faults;
    std::vector<std::string> notes;

    /// The reason of the fault at a place; empty when there is none.
    [[nodiscard]] std::string faultAt(const std::string& place) const {
        for (const ImportFault& fault : faults)
            if (fault.place == place)
                return fault.reason;
        return {};
    }
};

inline ReadAll readAll(const std::string& format, const std::filesystem::path& path,
                       const ImportSettings& settings = {}) {
    const auto reader = openImport(format, path, settings);
    ReadAll out;
    while (auto entry = reader->next()) {
        if (auto* item = std::get_if<ImportItem>(&*entry))
            out.items.push_back(*item);
        else
            out.faults.push_back(std::get<ImportFault>(*entry));
    }
    out.notes = reader->notes();
    return out;
}

} // namespace viva::test
