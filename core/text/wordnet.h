// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// The English synonyms of a WordNet data folder (index.*, data.* and *.exc of nouns, verbs,
/// adjectives and adverbs). Const use is thread-safe; words seen before are remembered.
/// @source Princeton WordNet 3.0, wndb(5WN), morphy(7WN); nltk 3.10.4, corpus/reader/wordnet.py
class WordNet {
public:
    /// Reads and checks the twelve files; about 25 MB stay in memory.
    /// @throws Error(NotFound | Io | Format) naming file and place.
    [[nodiscard]] static std::unique_ptr<WordNet> load(const std::filesystem::path& folder);
    ~WordNet();
    WordNet(const WordNet&) = delete;
    WordNet& operator=(const WordNet&) = delete;

    /// Every name in every meaning of the word, its base forms included, as the files spell them;
    /// names of several words are left out. Sorted, each once.
    [[nodiscard]] const std::vector<std::string>& synonyms(std::string_view word) const;
    /// "3.0", as the files' first lines say; empty when they do not.
    [[nodiscard]] const std::string& version() const;

private:
    struct Impl;
    explicit WordNet(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Where WordNet's own tools, Debian's package and nltk keep it (WNSEARCHDIR, WNHOME/dict,
/// /usr/share/wordnet, nltk's corpora/wordnet); empty when there is none.
[[nodiscard]] std::filesystem::path findWordNetFolder();

} // namespace viva
