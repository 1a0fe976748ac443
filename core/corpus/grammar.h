// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// A question about one sentence, with the pieces its answers are made of.
struct SentenceQuestion {
    std::string kind;        ///< "who", "where", ...
    std::string question;    ///< "Where did Tom see the green picture?"
    std::string fullAnswer;  ///< a clause without its full stop: "Tom saw ... in the school"
    std::string shortAnswer; ///< a phrase: "in the school"
};

/// A sentence drawn from the grammar. `forms` holds every form of every slot ("thing.acc"), the
/// second map the same with each German noun replaced by its synonym.
struct GeneratedSentence {
    std::string pattern;
    std::string text; ///< English, with capital and full stop
    std::map<std::string, std::string> forms;
    std::map<std::string, std::string> synonymForms;
};

/// A seeded bilingual grammar: English sentences with questions, answers in several styles, and
/// German translations with gender, case, participle and preterite from the same slots.
///
/// Everything comes from a JSON file: word lists, sentence patterns as templates, answer styles.
/// Immutable after loading; several threads may use it at once.
class Grammar {
public:
    /// Reads the file and tries every template once.
    /// @throws Error(NotFound | Io | Format) naming the file, the place in it and the cure.
    [[nodiscard]] static Grammar load(const std::filesystem::path& path);
    ~Grammar();
    Grammar(Grammar&&) noexcept;
    Grammar& operator=(Grammar&&) noexcept;

    /// Draws a pattern by weight and words for its slots; no word twice in a sentence.
    [[nodiscard]] GeneratedSentence generate(Rng& rng) const;
    /// All questions the pattern allows, in the file's order.
    [[nodiscard]] std::vector<SentenceQuestion> questions(const GeneratedSentence& sentence) const;

    /// An answer in a style of task "sqa". @throws Error(NotFound) for an unknown style.
    [[nodiscard]] std::string answer(const SentenceQuestion& question,
                                     std::string_view style) const;
    /// The translation in a style of task "ast", with noun synonyms or without.
    /// @throws Error(NotFound) for an unknown style.
    [[nodiscard]] std::string translation(const GeneratedSentence& sentence, std::string_view style,
                                          bool nounSynonyms) const;

    /// The styles of a task ("sqa" or "ast"), sorted.
    [[nodiscard]] std::vector<std::string> styles(std::string_view task) const;
    /// What the model is told to do for a task without questions ("ast", "asr").
    /// @throws Error(NotFound) for a task that has none.
    [[nodiscard]] const std::string& instruction(std::string_view task) const;
    /// All English words a sentence can hold, in lower case, sorted.
    [[nodiscard]] const std::vector<std::string>& lexicon() const;

private:
    struct Impl;
    explicit Grammar(std::unique_ptr<const Impl> impl);
    std::unique_ptr<const Impl> m_impl;
};

} // namespace viva
