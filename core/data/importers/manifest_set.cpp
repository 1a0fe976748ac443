// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/text_source.h"
#include "core/data/manifest.h"

#include <fmt/format.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxManifestLine = std::size_t{4} << 20U;

ImportEntry itemOf(Utterance utterance, const std::string& place, const ItemRules& rules) {
    ImportItem item;
    item.place = place;
    item.ownId = true;
    item.utterance = std::move(utterance);
    std::string fault;
    item.audio = resolveAudio(item.utterance.audioPath, rules, fault);
    if (!fault.empty())
        return ImportFault{place, item.utterance.id, fault};
    item.utterance.audioPath.clear();
    if (!rules.forcedSplit.empty())
        item.utterance.split = rules.forcedSplit;
    return item;
}

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
            return itemOf(parseUtterance(m_line, place), place, m_rules);
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

/// The same for utterances that were read before.
class UtteranceReader final : public ImportReader {
public:
    UtteranceReader(std::vector<Utterance> utterances, const fs::path& folder)
        : m_rules(rulesFor({}, folder)), m_utterances(std::move(utterances)) {}
    std::optional<ImportEntry> next() override {
        if (m_at == m_utterances.size())
            return std::nullopt;
        Utterance& utterance = m_utterances[m_at++];
        const std::string place = utterance.id;
        return itemOf(std::move(utterance), place, m_rules);
    }
    [[nodiscard]] double progress() const override {
        return m_utterances.empty()
                   ? 1.0
                   : static_cast<double>(m_at) / static_cast<double>(m_utterances.size());
    }

private:
    const ItemRules m_rules;
    std::vector<Utterance> m_utterances;
    std::size_t m_at = 0;
};

} // namespace

std::unique_ptr<ImportReader> readUtterances(std::vector<Utterance> utterances,
                                             const fs::path& folder) {
    return std::make_unique<UtteranceReader>(std::move(utterances), folder);
}

namespace {

std::unique_ptr<ImportReader> openManifest(const fs::path& path, const ImportSettings& settings) {
    const fs::path file = fs::is_directory(path) ? path / "manifest.jsonl" : path;
    return std::make_unique<ManifestReader>(file, settings);
}

/// Other lists of objects have other keys too.
bool isUtterance(const std::string& line) {
    try {
        static_cast<void>(parseUtterance(line, {}));
        return true;
    } catch (const Error&) {
        return false;
    }
}

bool isManifest(const FoundData& data) {
    if (data.isFolder())
        return FoundData(data.path() / "manifest.jsonl").isFile();
    return data.isFile() && data.ending() == ".jsonl" && !data.name().starts_with("metadata.") &&
           isUtterance(data.head().substr(0, data.head().find('\n')));
}

} // namespace

std::vector<Importer> manifestSet() {
    return {{{"viva", "Viva Voce manifest", "manifest.jsonl or its folder"},
             10,
             isManifest,
             openManifest}};
}

} // namespace viva
