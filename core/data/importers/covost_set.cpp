// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/table_rows.h"
#include "core/data/importers/text_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

/// Table names are covost_v2.SRC_TGT[.SPLIT].tsv.
struct CovostName {
    std::string source;
    std::string target;
    std::string split; ///< empty for the table with a column split
};

std::optional<CovostName> covostName(const fs::path& path) {
    const std::string name = path.filename().string();
    if (!name.starts_with("covost") || !name.ends_with(".tsv"))
        return std::nullopt;
    const std::size_t dot = name.find('.');
    const std::string rest = name.substr(dot + 1, name.size() - dot - 5);
    const std::size_t line = rest.find('_');
    if (line == std::string::npos)
        return std::nullopt;
    const std::size_t second = rest.find('.', line);
    return CovostName{
        rest.substr(0, line),
        rest.substr(line + 1, second == std::string::npos ? second : second - line - 1),
        second == std::string::npos ? "" : rest.substr(second + 1)};
}

/// Sentences and speakers of Common Voice, for the table that has only path, translation and split.
struct VoiceTexts {
    struct Entry {
        std::string sentence;
        std::string speaker;
    };
    std::unordered_map<std::string, Entry> ofPath;
};

VoiceTexts readVoiceTexts(const fs::path& validated, const fs::path& covost) {
    VoiceTexts texts;
    TableStyle style;
    style.backslash = true;
    TableRow row;
    {
        TableRows wanted(covost, style);
        const auto path = wanted.column("path");
        while (path && wanted.next(row))
            if (row.fault.empty())
                texts.ofPath[row.fields[*path]];
    }
    TableRows rows(validated, style);
    const auto path = rows.column("path");
    const auto sentence = rows.column("sentence");
    const auto speaker = rows.column("client_id");
    if (!path || !sentence)
        failLayout(validated, "columns path and sentence, as validated.tsv of Common Voice has");
    while (rows.next(row)) {
        if (!row.fault.empty())
            continue; // reported where the clip's own row finds no sentence
        const auto found = texts.ofPath.find(row.fields[*path]);
        if (found != texts.ofPath.end())
            found->second = {row.fields[*sentence], speaker ? row.fields[*speaker] : ""};
    }
    return texts;
}

class CovostReader final : public ImportReader {
public:
    CovostReader(const fs::path& path, const CovostName& name, const ImportSettings& settings)
        : m_rules(rulesWithClips(settings, path)), m_rows(path, styleOf()),
          m_name(path.filename().string()), m_split(m_rows.column("split")),
          m_sentence(m_rows.column("sentence")), m_speaker(m_rows.column("client_id")) {
        const auto audio = m_rows.column("path");
        const auto translation = m_rows.column("translation");
        if (!audio || !translation)
            failLayout(path, "columns path and translation, as CoVoST 2 has");
        m_audio = *audio;
        m_translation = *translation;
        m_rules.language = settings.language.empty() ? name.source : settings.language;
        m_rules.targetLanguage = name.target;
        m_rules.split = plainSplit(name.split);
        m_rules.licence = "CC0-1.0";
        if (!m_sentence)
            joinTexts(path, settings);
    }
    std::optional<ImportEntry> next() override {
        if (!m_rows.next(m_row)) {
            if (m_unmatched > 0)
                note(fmt::format("{} clip{} of {} without sentence in validated.tsv, so without "
                                 "transcript and speaker",
                                 m_unmatched, m_unmatched == 1 ? "" : "s", m_name));
            m_unmatched = 0;
            return std::nullopt;
        }
        RawItem raw;
        raw.place = fmt::format("{}:{}", m_name, m_row.line);
        if (!m_row.fault.empty())
            return ImportFault{raw.place, m_row.beginning, m_row.fault};
        raw.audio = m_row.fields[m_audio];
        raw.references = {m_row.fields[m_translation]};
        if (raw.references[0].empty())
            return ImportFault{raw.place, raw.audio, "has no translation"};
        raw.task = "ast";
        if (m_split)
            raw.split = m_row.fields[*m_split];
        if (m_sentence) {
            raw.text = m_row.fields[*m_sentence];
            raw.speaker = m_speaker ? m_row.fields[*m_speaker] : "";
        } else if (const auto found = m_texts.ofPath.find(raw.audio);
                   found != m_texts.ofPath.end()) {
            raw.text = found->second.sentence;
            raw.speaker = found->second.speaker;
        }
        addVoiceEnding(raw);
        const bool unmatched = !m_texts.ofPath.empty() && raw.text.empty();
        ImportEntry entry = buildItem(std::move(raw), m_rules);
        m_unmatched += unmatched && std::holds_alternative<ImportItem>(entry) ? 1 : 0;
        return entry;
    }
    [[nodiscard]] double progress() const override { return m_rows.source().progress(); }

private:
    static TableStyle styleOf() {
        TableStyle style;
        style.backslash = true;
        return style;
    }
    void joinTexts(const fs::path& path, const ImportSettings& settings) {
        for (const fs::path& folder : {path.parent_path(), settings.audioFolder}) {
            const fs::path validated = folder / "validated.tsv";
            if (!fs::is_regular_file(validated))
                continue;
            m_texts = readVoiceTexts(validated, path);
            return;
        }
        note(fmt::format("{} has no sentences and validated.tsv of Common Voice is not beside it: "
                         "clips come without transcript and speaker",
                         m_name));
    }

    ItemRules m_rules;
    TableRows m_rows;
    std::string m_name;
    std::optional<std::size_t> m_split;
    std::optional<std::size_t> m_sentence;
    std::optional<std::size_t> m_speaker;
    std::size_t m_audio = 0;
    std::size_t m_translation = 0;
    VoiceTexts m_texts;
    std::size_t m_unmatched = 0;
    TableRow m_row;
};

/// @source facebookresearch/covost, README.md and get_covost_splits.py: tables
/// covost_v2.SRC_TGT.tsv (path, translation, split) joined with validated.tsv of Common Voice, or
/// covost_v2.SRC_TGT.SPLIT.tsv made of them (path, sentence, translation, client_id); no quoting,
/// backslash escapes, train_covost belongs to train; the data is CC0.
std::unique_ptr<ImportReader> openCovost(const fs::path& path, const ImportSettings& settings) {
    std::vector<fs::path> tables{path};
    std::vector<ImportFault> passed;
    if (fs::is_directory(path)) {
        tables = filesBelow(
            path, [](const fs::path& file) { return covostName(file).has_value(); }, &passed);
        // Where the splits are made, the table they were made of would repeat them.
        const bool made = std::any_of(tables.begin(), tables.end(), [](const fs::path& file) {
            return !covostName(file)->split.empty();
        });
        std::erase_if(
            tables, [&](const fs::path& file) { return made && covostName(file)->split.empty(); });
    }
    ReaderParts parts;
    for (const fs::path& table : tables) {
        CovostName name = covostName(table).value_or(
            CovostName{"", settings.targetLanguage, splitInName(table.stem().string())});
        parts.emplace_back(table.filename().string(),
                           [=] { return std::make_unique<CovostReader>(table, name, settings); });
    }
    if (parts.empty())
        failLayout(path, "table covost_v2.SRC_TGT.tsv of CoVoST 2; name the folder or the table");
    addPassed(parts, std::move(passed));
    return chainReaders(std::move(parts));
}

bool isCovostName(const std::string& name) {
    return name.starts_with("covost") && name.ends_with(".tsv");
}

bool isCovost(const FoundData& data) {
    if (!data.isFolder())
        return data.isFile() && isCovostName(data.name());
    return data.hasFile(
        [](const fs::path& file) { return isCovostName(file.filename().string()); });
}

} // namespace

std::vector<Importer> covostSet() {
    return {{{"covost2", "CoVoST 2", "covost_v2.SRC_TGT.tsv or its folder, with clips beside"},
             20,
             isCovost,
             openCovost}};
}

} // namespace viva
