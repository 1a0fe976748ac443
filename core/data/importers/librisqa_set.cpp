// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/importer.h"
#include "core/data/importers/json_items.h"
#include "core/data/importers/set_readers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

namespace fs = std::filesystem;

class LibriSqaReader final : public ImportReader {
public:
    LibriSqaReader(const fs::path& path, const ImportSettings& settings)
        : m_rules(rulesFor(settings, path.parent_path())), m_items(path),
          m_name(path.filename().string()) {
        m_rules.split = splitInName(path.stem().string());
        m_rules.language = settings.language.empty() ? "en" : settings.language;
    }
    std::optional<ImportEntry> next() override {
        if (!m_items.next())
            return std::nullopt;
        RawItem raw;
        raw.place = m_items.place(m_name);
        if (!m_items.fault().empty())
            return ImportFault{raw.place, m_items.beginning(), m_items.fault()};
        const nlohmann::json& object = m_items.item();
        std::string wrong;
        const auto text = [&](const char* key) {
            const auto found = object.find(key);
            if (found == object.end() || found->is_null())
                return std::string();
            if (!found->is_string()) {
                wrong = key;
                return std::string();
            }
            return found->get<std::string>();
        };
        raw.task = "sqa";
        raw.audio = text("speech_path");
        // Part II asks with four options; its "answer" is the letter alone, which its
        // "answer_and_analysis" says again.
        raw.question = text("question_and_option");
        raw.references = {text("answer_and_analysis")};
        if (raw.question.empty())
            raw.question = text("question");
        if (raw.references[0].empty())
            raw.references = {text("answer")};
        raw.text = text("text");
        if (!wrong.empty())
            return ImportFault{raw.place, raw.audio,
                               fmt::format("has in \"{}\" something that is no text", wrong)};
        if (const auto found = object.find("duration"); found != object.end() && found->is_number())
            raw.durationSec = found->get<double>();
        place(raw);
        return buildItem(std::move(raw), m_rules);
    }
    [[nodiscard]] double progress() const override { return m_items.source().progress(); }

private:
    /// The paths are those of LibriSpeech, which may lie here, in LibriSpeech/ or begin elsewhere:
    /// the last four parts (set, speaker, chapter, file) say where it is.
    void place(RawItem& raw) const {
        if (raw.audio.empty())
            return;
        fs::path tail;
        std::vector<fs::path> parts;
        for (const fs::path& part : fs::path(raw.audio))
            parts.push_back(part);
        const std::string stem = fs::path(raw.audio).stem().string();
        if (parts.size() >= 3)
            raw.speaker = stem.substr(0, stem.find('-'));
        if (parts.size() < 4)
            return;
        for (std::size_t i = parts.size() - 4; i < parts.size(); ++i)
            tail /= parts[i];
        const bool leaves = raw.audio.find("..") != std::string::npos;
        for (const fs::path& found : {fs::path(raw.audio), fs::path("LibriSpeech") / raw.audio,
                                      tail, fs::path("LibriSpeech") / tail})
            if (!leaves && !found.is_absolute() && fs::is_regular_file(m_rules.folder / found)) {
                raw.audio = found.string();
                return;
            }
    }

    ItemRules m_rules;
    JsonItems m_items;
    std::string m_name;
};

/// @source huggingface.co/datasets/ZihanZhao/LibriSQA, README.md: files
/// LibriSQA-PartI/LibriSQA-PartI-{train,test}.json with speech_path, question, answer, text,
/// duration, and LibriSQA-PartII/... with question_and_option, answer (the letter) and
/// answer_and_analysis in their place. github.com/ZihanZhaoSJTU/LibriSQA, README.md: the sounds are
/// train-clean-360 and test-clean of LibriSpeech.
std::unique_ptr<ImportReader> openLibriSqa(const fs::path& path, const ImportSettings& settings) {
    std::vector<fs::path> files{path};
    std::vector<ImportFault> passed;
    if (fs::is_directory(path)) {
        files = filesBelow(
            path,
            [](const fs::path& file) {
                return file.extension() == ".json" || file.extension() == ".jsonl";
            },
            &passed);
        for (const fs::path& file : files)
            if (settings.audioFolder.empty() && file.parent_path() != path) {
                ImportSettings own = settings;
                own.audioFolder = path;
                return openLibriSqa(path, own);
            }
    }
    ReaderParts parts;
    for (const fs::path& file : files)
        parts.emplace_back(file.filename().string(),
                           [=] { return std::make_unique<LibriSqaReader>(file, settings); });
    if (parts.empty())
        failLayout(path, "JSON file of LibriSQA");
    addPassed(parts, std::move(passed));
    return chainReaders(std::move(parts));
}

bool isLibriSqa(const FoundData& data) {
    if (!data.isFolder())
        return data.head().find("\"speech_path\"") != std::string::npos;
    return data.hasFile(
        [](const fs::path& file) { return file.filename().string().starts_with("LibriSQA"); });
}

} // namespace

std::vector<Importer> librisqaSet() {
    return {{{"librisqa", "LibriSQA",
              "its JSON file (Part I or II) or the folder with LibriSpeech beside"},
             40,
             isLibriSqa,
             openLibriSqa}};
}

} // namespace viva
