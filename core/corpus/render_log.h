// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace viva {

struct RenderedFile {
    std::string key; ///< hash of everything that determines the samples
    std::string sha256;
    double durationSec = 0;
};

/// Notes finished clips, a line each, so that a stopped build goes on. Safe from any thread.
class RenderLog {
public:
    /// Reads what is there; a last line that was cut off is ignored. @throws Error(Io).
    explicit RenderLog(const std::filesystem::path& path);

    /// The entry of this file, if its key is the same.
    [[nodiscard]] std::optional<RenderedFile> find(const std::string& audioPath,
                                                   const std::string& key) const;
    void add(const std::string& audioPath, const RenderedFile& file);

private:
    mutable std::mutex m_mutex;
    std::map<std::string, RenderedFile> m_files;
    std::ofstream m_out;
};

} // namespace viva
