// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of sounds, with texts beside them or alone.
#include "core/base/error.h"
#include "core/data/importers/importer.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/text_source.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxTextBytes = std::uint64_t{1} << 20U;
constexpr std::array<std::string_view, 3> kTextEndings{".txt", ".lab", ".transcript"};

std::string lowerEnding(const fs::path& path) {
    std::string ending = path.extension().string();
    for (char& c : ending)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return ending;
}

/// The sounds of a folder, each with the text of the same name.
class TextFolderReader final : public ImportReader {
public:
    TextFolderReader(const fs::path& folder, const ImportSettings& settings, bool textNeeded)
        : m_rules(rulesFor(settings, folderOf(folder))), m_textNeeded(textNeeded),
          m_folder(folderOf(folder)),
          m_files(filesBelow(
              folder,
              [&](const fs::path& file) {
                  if (looksLikeAudio(file) || (textNeeded && isText(file)))
                      return true;
                  if (std::error_code ignored; !fs::is_directory(file, ignored))
                      ++m_others[lowerEnding(file)];
                  return false;
              },
              &m_passed)) {
        for (const auto& [ending, count] : m_others)
            note(fmt::format("{} file{} {} passed over: no sound{}", count, count == 1 ? "" : "s",
                             ending.empty() ? "without ending" : "with the ending " + ending,
                             textNeeded ? " and no text" : ""));
    }
    std::optional<ImportEntry> next() override {
        while (m_at < m_files.size()) {
            const fs::path& file = m_files[m_at++];
            const std::string name = file.lexically_relative(m_folder).string();
            if (isText(file)) {
                if (!hasSound(file))
                    return ImportFault{name, name, "has no sound of the same name beside it"};
                continue;
            }
            return read(file, name);
        }
        if (m_toldPassed < m_passed.size())
            return m_passed[m_toldPassed++];
        return std::nullopt;
    }
    [[nodiscard]] double progress() const override {
        return m_files.empty() ? 1.0
                               : static_cast<double>(m_at) / static_cast<double>(m_files.size());
    }

private:
    /// One sound may be named as well.
    static fs::path folderOf(const fs::path& path) {
        return fs::is_directory(path) ? path : path.parent_path();
    }
    static bool isText(const fs::path& file) {
        const std::string ending = lowerEnding(file);
        return std::find(kTextEndings.begin(), kTextEndings.end(), ending) != kTextEndings.end();
    }
    /// Both lie in one sorted list: neighbours share their stem.
    bool hasSound(const fs::path& text) const {
        const fs::path stem = fs::path(text).replace_extension();
        const auto first = std::lower_bound(m_files.begin(), m_files.end(), stem);
        for (auto file = first; file != m_files.end(); ++file) {
            if (!file->string().starts_with(stem.string()))
                return false;
            if (looksLikeAudio(*file) && fs::path(*file).replace_extension() == stem)
                return true;
        }
        return false;
    }
    ImportEntry read(const fs::path& file, const std::string& name) {
        RawItem raw;
        raw.place = name;
        raw.audio = file.lexically_relative(m_rules.folder).string();
        raw.split = splitInName(file.parent_path().lexically_relative(m_folder).string());
        fs::path text;
        for (const std::string_view ending : kTextEndings)
            if (m_textNeeded && text.empty() &&
                fs::is_regular_file(fs::path(file).replace_extension(ending)))
                text = fs::path(file).replace_extension(ending);
        if (text.empty() && m_textNeeded)
            return ImportFault{name, name,
                               fmt::format("has no text beside it; write {}",
                                           fs::path(name).replace_extension(".txt").string())};
        if (!text.empty()) {
            try {
                TextSource source(text);
                if (source.wasUtf16())
                    note(fmt::format("{} was read as UTF-16", text.filename().string()));
                for (int c = source.get(); c >= 0 && raw.text.size() < kMaxTextBytes;
                     c = source.get())
                    raw.text += static_cast<char>(c);
            } catch (const Error& error) {
                return ImportFault{name, name, error.what()};
            }
            if (const std::string fault = faultOfText(raw.text); !fault.empty())
                return ImportFault{
                    name, name,
                    fmt::format("has a text {} that {}", text.filename().string(), fault)};
            raw.task = m_rules.task.empty() ? "asr" : m_rules.task;
            if (raw.task != "asr")
                raw.references = {std::exchange(raw.text, {})};
        }
        return buildItem(std::move(raw), m_rules);
    }

    ItemRules m_rules;
    bool m_textNeeded;
    fs::path m_folder;
    std::map<std::string, std::size_t> m_others; ///< ending to files that are neither
    std::vector<ImportFault> m_passed;           ///< told behind the last file
    std::size_t m_toldPassed = 0;
    std::vector<fs::path> m_files;
    std::size_t m_at = 0;
};

} // namespace

bool looksLikeAudio(const fs::path& path) {
    static const std::set<std::string, std::less<>> kEndings{
        ".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif", ".au", ".caf", ".w64", ".oga"};
    return kEndings.find(lowerEnding(path)) != kEndings.end();
}

namespace {

/// Why the entry has to be passed over; empty where it need not be.
std::string whyPassed(const fs::directory_entry& entry, bool wanted) {
    std::error_code failure;
    if (entry.is_directory(failure)) {
        if (entry.is_symlink(failure))
            return "is a link to a folder, which is not followed; bring in that folder by itself";
        if (::access(entry.path().c_str(), R_OK | X_OK) != 0)
            return "is a folder that may not be read; ask for the right to read it";
        return wanted ? "is a folder where a file is expected" : "";
    }
    if (!wanted || entry.is_regular_file(failure))
        return {};
    return entry.exists(failure) ? "is no plain file" : "is a link to a file that does not exist";
}

} // namespace

std::vector<fs::path> filesBelow(const fs::path& folder,
                                 const std::function<bool(const fs::path&)>& wanted,
                                 std::vector<ImportFault>* passed) {
    std::error_code failure;
    if (!fs::exists(folder, failure))
        throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", folder.string()));
    if (fs::is_regular_file(folder, failure))
        return wanted(folder) ? std::vector<fs::path>{folder} : std::vector<fs::path>{};
    fs::recursive_directory_iterator entries(folder, fs::directory_options::skip_permission_denied,
                                             failure);
    if (failure)
        throw Error(ErrorCode::Io, fmt::format("cannot read the folder {}: {}", folder.string(),
                                               failure.message()));
    std::vector<fs::path> files;
    for (; entries != fs::recursive_directory_iterator(); entries.increment(failure)) {
        if (failure)
            throw Error(ErrorCode::Io, fmt::format("cannot read the folder {}: {}", folder.string(),
                                                   failure.message()));
        const bool isWanted = wanted(entries->path());
        if (isWanted && entries->is_regular_file(failure))
            files.push_back(entries->path());
        else if (passed == nullptr)
            continue;
        else if (std::string why = whyPassed(*entries, isWanted); !why.empty()) {
            const std::string name = entries->path().lexically_relative(folder).string();
            passed->push_back({name, name, std::move(why)});
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

void addPassed(ReaderParts& parts, std::vector<ImportFault> passed) {
    class PassedReader final : public ImportReader {
    public:
        explicit PassedReader(std::vector<ImportFault> faults) : m_faults(std::move(faults)) {}
        std::optional<ImportEntry> next() override {
            if (m_at == m_faults.size())
                return std::nullopt;
            return m_faults[m_at++];
        }
        [[nodiscard]] double progress() const override { return 1.0; }

    private:
        std::vector<ImportFault> m_faults;
        std::size_t m_at = 0;
    };
    if (!passed.empty())
        parts.emplace_back("", [passed] { return std::make_unique<PassedReader>(passed); });
}

namespace {

std::unique_ptr<ImportReader> openWithTexts(const fs::path& path, const ImportSettings& settings) {
    return std::make_unique<TextFolderReader>(path, settings, true);
}

std::unique_ptr<ImportReader> openAlone(const fs::path& path, const ImportSettings& settings) {
    return std::make_unique<TextFolderReader>(path, settings, false);
}

bool isWithTexts(const FoundData& data) {
    return data.isFolder() && data.hasFile(looksLikeAudio) &&
           data.hasFile([](const fs::path& file) { return file.extension() == ".txt"; });
}

bool isAudioAlone(const FoundData& data) {
    return data.isFolder() ? data.hasFile(looksLikeAudio)
                           : data.isFile() && looksLikeAudio(data.path());
}

} // namespace

std::vector<Importer> textFolderSet() {
    return {
        {{"folder", "Sounds with texts", "a folder of sounds with .txt files of the same names"},
         90,
         isWithTexts,
         openWithTexts},
        {{"audio", "Sounds alone", "a folder of sounds, or one sound, to be labelled here"},
         90,
         isAudioAlone,
         openAlone}};
}

} // namespace viva
