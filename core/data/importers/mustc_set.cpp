// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/text_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace viva {
namespace {

namespace fs = std::filesystem;

/// One part of MuST-C: SET/txt/SET.yaml with a line a segment, SET.en and SET.de with a line for
/// each, talks in SET/wav.
class MustcReader final : public ImportReader {
public:
    MustcReader(const fs::path& yaml, const ImportSettings& settings)
        : m_yaml(yaml), m_name(yaml.filename().string()) {
        const fs::path texts = yaml.parent_path();
        const fs::path set = texts.parent_path();
        m_rules = rulesFor(settings, set);
        if (fs::is_directory(m_rules.folder / "wav"))
            m_rules.folder /= "wav";
        const std::string stem = yaml.stem().string();
        m_rules.split = splitInName(stem);
        m_tags = {stem};
        m_rules.licence = "CC-BY-NC-ND-4.0";
        openTexts(settings, texts, stem);
    }
    std::optional<ImportEntry> next() override {
        std::map<std::string, std::string> entry;
        std::string fault;
        const std::size_t line = nextEntry(entry, fault);
        if (line == 0)
            return lastFault();
        RawItem raw;
        raw.place = fmt::format("{}:{}", m_name, line);
        const bool text = nextText(m_transcript, raw.text, fault);
        std::string translation;
        const bool translated = nextText(m_translation, translation, fault);
        if (fault.empty() && ((m_transcript && !text) || (m_translation && !translated)))
            fault = "has no line in the texts, which are shorter than the list of segments";
        raw.audio = entry["wav"];
        if (!fault.empty())
            return ImportFault{raw.place, raw.audio, fault};
        if (raw.audio.empty() || entry["offset"].empty() || entry["duration"].empty())
            return ImportFault{raw.place, raw.audio, "lacks wav, offset or duration"};
        raw.start = entry["offset"];
        raw.length = entry["duration"];
        raw.speaker = entry["speaker_id"];
        raw.tags = m_tags;
        raw.references = {m_translation ? translation : raw.text};
        raw.task = m_translation ? "ast" : "asr";
        if (raw.references[0].empty())
            return ImportFault{
                raw.place, raw.audio,
                fmt::format("has an empty {}", m_translation ? "translation" : "transcript")};
        return buildItem(std::move(raw), m_rules);
    }
    [[nodiscard]] double progress() const override { return m_yaml.progress(); }

private:
    void openTexts(const ImportSettings& settings, const fs::path& texts, const std::string& stem) {
        const std::string source = settings.language.empty() ? "en" : settings.language;
        m_rules.language = source;
        m_transcript = openText(texts / (stem + "." + source));
        std::string target = settings.targetLanguage;
        for (const fs::path& file : filesBelow(texts, [&](const fs::path& path) {
                 return path.stem() == stem && path.parent_path() == texts;
             })) {
            const std::string ending = file.extension().string();
            const bool list = ending == ".yaml" || ending == ".yml";
            if (target.empty() && ending.size() >= 3 && !list && ending != "." + source)
                target = ending.substr(1);
        }
        m_rules.targetLanguage = target;
        if (settings.task != "asr" && !target.empty())
            m_translation = openText(texts / (stem + "." + target));
        if (!m_transcript && !m_translation)
            throw Error(ErrorCode::Format,
                        fmt::format("{} has neither {}.{} nor a translation beside it",
                                    m_yaml.path().string(), stem, source));
    }
    static std::unique_ptr<TextSource> openText(const fs::path& path) {
        return fs::is_regular_file(path) ? std::make_unique<TextSource>(path) : nullptr;
    }
    static bool nextText(const std::unique_ptr<TextSource>& source, std::string& text,
                         std::string& fault) {
        bool tooLong = false;
        if (!source || !source->getLine(text, std::size_t{1} << 20U, tooLong))
            return false;
        if (const std::string wrong = faultOfText(text); !wrong.empty())
            fault =
                fmt::format("has a line in {} that {}", source->path().filename().string(), wrong);
        return true;
    }
    /// Texts beyond the last segment belong to nothing: said once.
    std::optional<ImportEntry> lastFault() {
        for (auto* texts : {&m_transcript, &m_translation}) {
            std::string rest;
            std::string fault;
            if (!nextText(*texts, rest, fault))
                continue;
            const std::string name = (*texts)->path().filename().string();
            texts->reset();
            return ImportFault{name, beginningOf(rest),
                               "has more lines than the list of segments; the texts and the list "
                               "do not belong together"};
        }
        return std::nullopt;
    }
    /// "- {key: value, ...}" in a line, or "- key: value" with the others below it. @return its
    /// line, 0 at the end.
    std::size_t nextEntry(std::map<std::string, std::string>& entry, std::string& fault) {
        std::string line;
        bool tooLong = false;
        std::size_t begin = 0;
        while (true) {
            const TextSource::Place place = m_yaml.place();
            if (!m_yaml.getLine(line, std::size_t{64} << 10U, tooLong))
                return begin;
            const std::size_t first = line.find_first_not_of(" \t");
            if (first == std::string::npos || line[first] == '#')
                continue;
            const bool starts =
                line[first] == '-' && line.find_first_not_of('-', first) != std::string::npos;
            if (starts && begin != 0) {
                m_yaml.seek(place);
                return begin;
            }
            if (!starts && begin == 0) {
                if (line == "---")
                    continue;
                fault = fmt::format("is no list entry: \"{}\"", beginningOf(line));
                return place.line;
            }
            if (starts)
                begin = place.line;
            readPairs(line.substr(starts ? first + 1 : first), entry);
            if (starts && line.find('{') != std::string::npos) {
                if (line.find('}') == std::string::npos)
                    fault = "is cut off: its closing } is missing";
                return begin;
            }
        }
    }
    static void readPairs(const std::string& text, std::map<std::string, std::string>& entry) {
        std::size_t at = 0;
        const auto trim = [](std::string part) {
            const std::size_t first = part.find_first_not_of(" \t{\"'");
            const std::size_t last = part.find_last_not_of(" \t}\"'");
            return first == std::string::npos ? std::string()
                                              : part.substr(first, last - first + 1);
        };
        while (at < text.size()) {
            const std::size_t end = std::min(text.find(',', at), text.size());
            const std::string pair = text.substr(at, end - at);
            const std::size_t colon = pair.find(':');
            if (colon != std::string::npos)
                entry[trim(pair.substr(0, colon))] = trim(pair.substr(colon + 1));
            at = end + 1;
        }
    }

    ItemRules m_rules;
    TextSource m_yaml;
    std::string m_name;
    std::vector<std::string> m_tags;
    std::unique_ptr<TextSource> m_transcript;
    std::unique_ptr<TextSource> m_translation;
};

/// @source facebookresearch/fairseq, examples/speech_to_text/prep_mustc_data.py:
/// en-XX/data/SET/txt/SET.yaml is a list with wav, offset, duration (seconds) and speaker_id for
/// each line of SET.en and SET.XX; talks in SET/wav; sets train, dev, tst-COMMON, tst-HE. Data set
/// card of kudo-research/mustc-en-es-text-only: cc-by-nc-nd-4.0.
std::unique_ptr<ImportReader> openMustc(const fs::path& path, const ImportSettings& settings) {
    std::vector<fs::path> lists{path};
    std::vector<ImportFault> passed;
    if (fs::is_directory(path))
        lists = filesBelow(
            path,
            [](const fs::path& file) {
                return file.extension() == ".yaml" || file.extension() == ".yml";
            },
            &passed);
    if (lists.empty())
        failLayout(path, "list of segments SET/txt/SET.yaml");
    ReaderParts parts;
    for (const fs::path& list : lists)
        parts.emplace_back(list.filename().string(),
                           [=] { return std::make_unique<MustcReader>(list, settings); });
    addPassed(parts, std::move(passed));
    return chainReaders(std::move(parts));
}

bool isMustc(const FoundData& data) {
    if (!data.isFolder())
        return data.isFile() && (data.ending() == ".yaml" || data.ending() == ".yml");
    return data.hasFile([](const fs::path& file) {
        return file.extension() == ".yaml" && file.parent_path().filename() == "txt";
    });
}

} // namespace

std::vector<Importer> mustcSet() {
    return {{{"mustc", "MuST-C", "the folder of a language pair, or one list of segments (.yaml)"},
             70,
             isMustc,
             openMustc}};
}

} // namespace viva
