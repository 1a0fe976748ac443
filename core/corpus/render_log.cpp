// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/render_log.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {

RenderLog::RenderLog(const std::filesystem::path& path) {
    std::ifstream in(path);
    bool endsClean = true;
    for (std::string line; std::getline(in, line);) {
        endsClean = !in.eof();
        const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
        if (!entry.is_object() || !entry.contains("audio"))
            continue;
        m_files[entry.value("audio", "")] = {entry.value("key", ""), entry.value("sha256", ""),
                                             entry.value("durationSec", 0.0)};
    }
    m_out.open(path, std::ios::app);
    if (!m_out)
        throw Error(
            ErrorCode::Io,
            fmt::format("{}: cannot be written; check the folder's permission", path.string()));
    if (!endsClean)
        m_out << '\n';
}

std::optional<RenderedFile> RenderLog::find(const std::string& audioPath,
                                            const std::string& key) const {
    const std::scoped_lock lock(m_mutex);
    const auto found = m_files.find(audioPath);
    if (found == m_files.end() || found->second.key != key)
        return std::nullopt;
    return found->second;
}

void RenderLog::add(const std::string& audioPath, const RenderedFile& file) {
    const nlohmann::json entry{{"audio", audioPath},
                               {"key", file.key},
                               {"sha256", file.sha256},
                               {"durationSec", file.durationSec}};
    const std::scoped_lock lock(m_mutex);
    m_files[audioPath] = file;
    m_out << entry.dump() << '\n' << std::flush;
}

} // namespace viva
