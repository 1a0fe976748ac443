// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/text_source.h"
#include "core/data/manifest.h"

#include <fmt/format.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxManifestLine = std::size_t{4} << 20U;

/// A manifest of this program, line by line: a broken line costs itself only.
class ManifestReader final : public ImportReader {
public:
    ManifestReader(const fs::path& path, const ImportSettings& settings)
        : m_rules(rulesFor(settings, path.parent_path())), m_source(path),
          m_name(path.filename().string()) {}
    std::optional<ImportEntry> next() override {
        bool tooLong = false;
        std::size_t line = 0;
        do {
            line = m_source.line();
            if (!m_source.getLine(m_line, kMaxManifestLine, tooLong))
                return std::nullopt;
        } while (m_line.empty());
        const std::string place = fmt::format("{}:{}", m_name, line);
        if (tooLong)
            return ImportFault{place, beginningOf(m_line), "is longer than 4 MB"};
        try {
            ImportItem item;
            item.place = place;
            item.ownId = true;
            item.utterance = parseUtterance(m_line, place);
            std::string fault;
            item.audio = resolveAudio(item.utterance.audioPath, m_rules, fault);
            if (!fault.empty())
                return ImportFault{place, item.utterance.id, fault};
            item.utterance.audioPath.clear();
            if (!m_rules.forcedSplit.empty())
                item.utterance.split = m_rules.forcedSplit;
            return item;
        } catch (const Error& error) {
            return ImportFault{place, beginningOf(m_line), error.what()};
        }
    }
    [[nodiscard]] double progress() const override { return m_source.progress(); }

private:
    ItemRules m_rules;
    TextSource m_source;
    std::string m_name;
    std::string m_line;
};

} // namespace

std::unique_ptr<ImportReader> openManifest(const fs::path& path, const ImportSettings& settings) {
    const fs::path file = fs::is_directory(path) ? path / "manifest.jsonl" : path;
    return std::make_unique<ManifestReader>(file, settings);
}

} // namespace viva
