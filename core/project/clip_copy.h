// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/audio_check.h"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace viva {

/// Puts sounds into a project's clips/; what a failed batch brought is taken away again.
///
/// Belongs to one thread.
class ClipCopier {
public:
    /// `batchName` is the folder below clips/.
    ClipCopier(std::filesystem::path projectFolder, const std::string& batchName);

    /// Copies the sound, or extracts the segment from it, and sets path, hash and facts.
    /// @return a fault of the item; empty when it is there. @throws Error(Io) where the project
    /// cannot be written (disk full).
    [[nodiscard]] std::string bring(CheckedItem& checked);

    void keep() { m_new.clear(); } ///< what was brought is in the store now
    void drop();                   ///< takes away what was brought since keep()
    [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }

private:
    [[nodiscard]] std::filesystem::path freePath(const CheckedItem& checked);

    static void extract(CheckedItem& checked, const std::filesystem::path& to, std::string& fault);

    const std::filesystem::path m_project;
    const std::filesystem::path m_folder;
    std::vector<std::filesystem::path> m_new;
    std::uint64_t m_bytes = 0;
};

/// Copies a file beside its place and renames it, so that no half file has the name. What is wrong
/// with the original goes into `fault`; @throws Error(Io) where the copy cannot be written.
void copyAudioFile(const std::filesystem::path& from, const std::filesystem::path& to,
                   std::string& fault);

} // namespace viva
