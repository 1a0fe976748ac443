// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/text_span.h"

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace viva {

/// Cuts a text into sentences with a trained Punkt model: abbreviations, collocations, words that
/// often begin sentences and the capitals words were seen with. Const use is thread-safe.
/// @source Kiss and Strunk 2006; nltk 3.10.4, tokenize/punkt.py PunktSentenceTokenizer
class SentenceSplitter {
public:
    /// Reads a folder like nltk's punkt_tab/english: abbrev_types.txt, collocations.tab,
    /// ortho_context.tab, sent_starters.txt.
    /// @throws Error(NotFound | Io | Format) naming file and line.
    [[nodiscard]] static std::unique_ptr<SentenceSplitter>
    load(const std::filesystem::path& folder);
    ~SentenceSplitter();
    SentenceSplitter(const SentenceSplitter&) = delete;
    SentenceSplitter& operator=(const SentenceSplitter&) = delete;

    /// The sentences without white space between them.
    [[nodiscard]] std::vector<TextSpan> split(std::string_view text) const;

private:
    struct Model;
    explicit SentenceSplitter(std::unique_ptr<Model> model);
    std::unique_ptr<Model> m_model;
};

/// The English model's folder where nltk keeps it (NLTK_DATA, the home folder, /usr/share,
/// /usr/lib, /usr/local); empty when there is none.
[[nodiscard]] std::filesystem::path findPunktFolder();

/// The first of nltk's data folders that holds `inside` (such as "corpora/wordnet"); empty when
/// none.
[[nodiscard]] std::filesystem::path findNltkFolder(const std::filesystem::path& inside);

} // namespace viva
