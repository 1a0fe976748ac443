// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/text_source.h"

#include <fmt/format.h>

#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;

/// One chapter: SPEAKER-CHAPTER.trans.txt, a line "ID TEXT" for each ID.flac beside it.
class ChapterReader final : public ImportReader {
public:
    ChapterReader(const fs::path& path, const ItemRules& rules)
        : m_rules(rules), m_source(path), m_name(path.filename().string()) {
        m_folder = path.parent_path();
        m_speaker = m_name.substr(0, m_name.find('-'));
        m_set = m_folder.parent_path().parent_path().filename().string();
        m_rules.split = splitInName(m_set);
    }
    std::optional<ImportEntry> next() override {
        bool tooLong = false;
        do {
            m_lineNumber = m_source.line();
            if (!m_source.getLine(m_line, std::size_t{1} << 20U, tooLong))
                return soundWithoutText();
        } while (m_line.empty());
        RawItem raw;
        raw.place = fmt::format("{}:{}", m_name, m_lineNumber);
        const std::string fault = tooLong ? "is too long for a transcript" : faultOfText(m_line);
        if (!fault.empty())
            return ImportFault{raw.place, beginningOf(m_line), fault};
        const std::size_t gap = m_line.find(' ');
        raw.id = m_line.substr(0, gap);
        m_named.insert(raw.id);
        raw.text = gap == std::string::npos ? "" : m_line.substr(gap + 1);
        if (raw.text.empty())
            return ImportFault{raw.place, raw.id, "has no transcript behind its id"};
        raw.audio = ((m_folder / (raw.id + ".flac")).lexically_relative(m_rules.folder)).string();
        raw.speaker = m_speaker;
        raw.task = "asr";
        if (!m_set.empty())
            raw.tags = {m_set};
        return buildItem(std::move(raw), m_rules);
    }
    [[nodiscard]] double progress() const override { return m_source.progress(); }

private:
    /// Behind the last line: the sounds of the chapter that no line named.
    std::optional<ImportEntry> soundWithoutText() {
        if (!m_listed)
            for (const auto& entry : fs::directory_iterator(m_folder))
                if (entry.path().extension() == ".flac" &&
                    m_named.find(entry.path().stem().string()) == m_named.end())
                    m_left.insert(entry.path().filename().string());
        m_listed = true;
        if (m_left.empty())
            return std::nullopt;
        const std::string name = *m_left.begin();
        m_left.erase(m_left.begin());
        return ImportFault{m_name, name, fmt::format("has no line in {}", m_name)};
    }

    ItemRules m_rules;
    TextSource m_source;
    std::string m_name;
    fs::path m_folder;
    std::string m_speaker;
    std::string m_set;
    std::string m_line;
    std::size_t m_lineNumber = 0;
    std::set<std::string> m_named; ///< ids that have a line
    std::set<std::string> m_left;
    bool m_listed = false;
};

/// @source LibriSpeech's README.TXT (openslr.org/12), section 2.1:
/// LibriSpeech/SET/SPEAKER/CHAPTER/SPEAKER-CHAPTER-UTTERANCE.flac with SPEAKER-CHAPTER.trans.txt
/// beside them; data set card of librispeech_asr: cc-by-4.0.
std::unique_ptr<ImportReader> openLibriSpeech(const fs::path& path,
                                              const ImportSettings& settings) {
    std::vector<ImportFault> passed;
    const auto chapters = filesBelow(
        path, [](const fs::path& file) { return file.string().ends_with(".trans.txt"); }, &passed);
    ItemRules rules = rulesFor(settings, path);
    rules.language = settings.language.empty() ? "en" : settings.language;
    rules.licence = "CC-BY-4.0";
    ReaderParts parts;
    for (const fs::path& chapter : chapters)
        parts.emplace_back(chapter.filename().string(),
                           [=] { return std::make_unique<ChapterReader>(chapter, rules); });
    if (parts.empty())
        failLayout(path, "file SPEAKER-CHAPTER.trans.txt of LibriSpeech");
    addPassed(parts, std::move(passed));
    return chainReaders(std::move(parts));
}

bool isLibriSpeech(const FoundData& data) {
    return data.isFolder() && data.hasFile([](const fs::path& file) {
        return file.filename().string().ends_with(".trans.txt");
    });
}

} // namespace

std::vector<Importer> librispeechSet() {
    return {{{"librispeech", "LibriSpeech", "the folder, as transcription"},
             50,
             isLibriSpeech,
             openLibriSpeech}};
}

} // namespace viva
