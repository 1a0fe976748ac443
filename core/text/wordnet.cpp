// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/wordnet.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/text/sentence_splitter.h"
#include "core/text/unicode.h"
#include "core/text/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>

namespace viva {
namespace {

namespace fs = std::filesystem;

struct Ending {
    std::string_view old;
    std::string_view base;
};

// @source morphy(7WN), "Rules of Detachment"
constexpr std::array<Ending, 9> kNounEndings{{{"s", ""},
                                              {"ses", "s"},
                                              {"ves", "f"},
                                              {"xes", "x"},
                                              {"zes", "z"},
                                              {"ches", "ch"},
                                              {"shes", "sh"},
                                              {"men", "man"},
                                              {"ies", "y"}}};
constexpr std::array<Ending, 8> kVerbEndings{{{"s", ""},
                                              {"ies", "y"},
                                              {"es", "e"},
                                              {"es", ""},
                                              {"ed", "e"},
                                              {"ed", ""},
                                              {"ing", "e"},
                                              {"ing", ""}}};
constexpr std::array<Ending, 4> kAdjectiveEndings{
    {{"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}}};

struct PartOfSpeech {
    std::string_view file;
    std::span<const Ending> endings;
};

constexpr std::array<PartOfSpeech, 4> kParts{
    {{"noun", kNounEndings}, {"verb", kVerbEndings}, {"adj", kAdjectiveEndings}, {"adv", {}}}};

constexpr std::size_t kOffsetDigits = 8;
constexpr std::size_t kMostRemembered = 1 << 16;

/// The next word of a line, cut off its front; empty at the end.
std::string_view nextField(std::string_view& line) {
    const std::size_t begin = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t end = std::min(line.find(' ', begin), line.size());
    const std::string_view field = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return field;
}

std::optional<std::size_t> numberOf(std::string_view text, int base = 10) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), value, base);
    if (text.empty() || error != std::errc() || end != text.end())
        return std::nullopt;
    return value;
}

template<typename Function>
void eachLine(const std::string& text, Function fn) {
    int number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        fn(std::string_view(text).substr(begin, end - begin), ++number);
        begin = end + 1;
    }
}

/// "(a)", "(p)" and "(ip)" say where an adjective stands; they are no part of its name.
std::string_view withoutMarker(std::string_view name) {
    for (const std::string_view marker : {"(a)", "(p)", "(ip)"})
        if (name.ends_with(marker))
            return name.substr(0, name.size() - marker.size());
    return name;
}

/// One part of speech: words and where their meanings stand in the data.
class PartFiles {
public:
    PartFiles(const fs::path& folder, const PartOfSpeech& part)
        : m_part(part), m_index(readFile(folder / fmt::format("index.{}", part.file))),
          m_data(readFile(folder / fmt::format("data.{}", part.file))),
          m_exceptionText(readFile(folder / fmt::format("{}.exc", part.file))) {
        const fs::path dataFile = folder / fmt::format("data.{}", part.file);
        const fs::path indexFile = folder / fmt::format("index.{}", part.file);
        m_offsets.reserve(m_index.size() / 40);
        eachLine(m_index, [&](std::string_view line, int number) {
            if (!line.empty() && line.front() != ' ')
                readIndexLine(line, fmt::format("{}:{}", indexFile.string(), number), dataFile);
        });
        eachLine(m_exceptionText, [&](std::string_view line, int) {
            const std::string_view form = nextField(line);
            for (std::string_view base = nextField(line); !base.empty(); base = nextField(line))
                m_exceptions[form].push_back(base);
        });
        if (m_offsets.empty())
            throw Error(
                ErrorCode::Format,
                fmt::format("{} holds no words; this is no WordNet folder", indexFile.string()));
    }

    void addSynonyms(const std::string& word, std::vector<std::string>& out) const {
        addForm(word, out);
        const auto exception = m_exceptions.find(word);
        if (exception != m_exceptions.end()) {
            for (const std::string_view base : exception->second)
                addForm(base, out);
            return;
        }
        for (const Ending& ending : m_part.endings)
            if (std::string_view(word).ends_with(ending.old))
                addForm(word.substr(0, word.size() - ending.old.size()).append(ending.base), out);
    }

    [[nodiscard]] std::string version() const {
        constexpr std::string_view kName = "WordNet ";
        const std::string_view head = std::string_view(m_data).substr(0, 4096);
        const std::size_t at = head.find(kName);
        if (at == std::string_view::npos)
            return {};
        const std::string_view rest = head.substr(at + kName.size());
        return std::string(rest.substr(0, rest.find_first_not_of("0123456789.")));
    }

private:
    using Offsets = std::vector<std::uint32_t>;

    void readIndexLine(std::string_view line, const std::string& place, const fs::path& dataFile) {
        const std::string_view word = nextField(line);
        nextField(line);
        const auto count = numberOf(nextField(line));
        std::vector<std::string_view> rest;
        for (std::string_view field = nextField(line); !field.empty(); field = nextField(line))
            rest.push_back(field);
        if (!count || *count > rest.size())
            throw Error(ErrorCode::Format,
                        fmt::format("{}: the line of \"{}\" is not as WordNet writes it; install "
                                    "WordNet 3.0 again",
                                    place, word));
        Offsets& offsets = m_offsets[word];
        for (std::size_t i = rest.size() - *count; i < rest.size(); ++i) {
            const auto offset = numberOf(rest[i]);
            if (!offset || m_data.compare(*offset < m_data.size() ? *offset : m_data.size(),
                                          kOffsetDigits, rest[i]) != 0)
                throw Error(ErrorCode::Format,
                            fmt::format("{}: \"{}\" points at byte {} of {}, where no meaning "
                                        "begins; install WordNet 3.0 again",
                                        place, word, rest[i], dataFile.string()));
            offsets.push_back(static_cast<std::uint32_t>(*offset));
        }
    }

    void addForm(std::string_view form, std::vector<std::string>& out) const {
        const auto found = m_offsets.find(form);
        if (found == m_offsets.end())
            return;
        for (const std::uint32_t offset : found->second) {
            std::string_view line = std::string_view(m_data).substr(offset);
            line = line.substr(0, line.find('\n'));
            for (int skipped = 0; skipped < 3; ++skipped)
                nextField(line);
            const std::size_t words = numberOf(nextField(line), 16).value_or(0);
            for (std::size_t i = 0; i < words; ++i) {
                const std::string_view name = withoutMarker(nextField(line));
                if (name.empty())
                    break;
                nextField(line);
                if (name.find('_') == std::string_view::npos)
                    out.emplace_back(name);
            }
        }
    }

    PartOfSpeech m_part;
    std::string m_index;
    std::string m_data;
    std::string m_exceptionText;
    std::unordered_map<std::string_view, Offsets> m_offsets;
    std::unordered_map<std::string_view, std::vector<std::string_view>> m_exceptions;
};

} // namespace

struct WordNet::Impl {
    // immutable after load
    std::vector<std::unique_ptr<PartFiles>> parts;
    std::string version;
    // shared, guarded
    mutable std::shared_mutex mutex;
    mutable TextMap<std::unique_ptr<const std::vector<std::string>>> known;
};

WordNet::WordNet(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
WordNet::~WordNet() = default;

std::unique_ptr<WordNet> WordNet::load(const fs::path& folder) {
    auto impl = std::make_unique<Impl>();
    for (const PartOfSpeech& part : kParts)
        impl->parts.push_back(std::make_unique<PartFiles>(folder, part));
    impl->version = impl->parts.front()->version();
    return std::unique_ptr<WordNet>(new WordNet(std::move(impl)));
}

const std::vector<std::string>& WordNet::synonyms(std::string_view word) const {
    {
        const std::shared_lock lock(m_impl->mutex);
        const auto found = m_impl->known.find(word);
        if (found != m_impl->known.end())
            return *found->second;
    }
    const std::string lowered = lowerCase(word);
    auto names = std::make_unique<std::vector<std::string>>();
    for (const auto& part : m_impl->parts)
        part->addSynonyms(lowered, *names);
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
    static const std::vector<std::string> kNone;
    const std::unique_lock lock(m_impl->mutex);
    if (m_impl->known.size() >= kMostRemembered && names->empty())
        return kNone; // made-up words cannot fill the memory; real ones end by themselves
    return *m_impl->known.try_emplace(std::string(word), std::move(names)).first->second;
}

const std::string& WordNet::version() const {
    return m_impl->version;
}

fs::path findWordNetFolder() {
    std::vector<fs::path> folders;
    // read before any thread is started
    if (const char* folder = std::getenv("WNSEARCHDIR")) // NOLINT(concurrency-mt-unsafe)
        folders.emplace_back(folder);
    if (const char* home = std::getenv("WNHOME")) // NOLINT(concurrency-mt-unsafe)
        folders.push_back(fs::path(home) / "dict");
    folders.emplace_back("/usr/share/wordnet");
    folders.push_back(findNltkFolder(fs::path("corpora") / "wordnet"));
    std::error_code ignored;
    for (const fs::path& folder : folders)
        if (!folder.empty() && fs::is_regular_file(folder / "index.noun", ignored))
            return folder;
    return {};
}

} // namespace viva
