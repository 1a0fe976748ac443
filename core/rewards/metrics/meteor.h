// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward.h"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace viva {

class SentenceSplitter;
class WordNet;

struct MeteorParameters {
    double alpha = 0.9; ///< 0..1: weight of precision in the mean; recall has the rest
    double beta = 3.0;  ///< at least 0: exponent of the penalty
    double gamma = 0.5; ///< 0..1: largest penalty
};

/// How two lists of words match.
struct MeteorMatch {
    std::int64_t hypothesis = 0; ///< words
    std::int64_t reference = 0;  ///< words
    std::int64_t exact = 0;
    std::int64_t stem = 0;
    std::int64_t synonym = 0;
    std::int64_t chunks = 0; ///< runs of matches that are adjacent on both sides

    [[nodiscard]] std::int64_t matches() const { return exact + stem + synonym; }
    bool operator==(const MeteorMatch&) const = default;
};

/// Matches lower-cased words, then their stems, then synonyms of the stems (not without `wordnet`);
/// from the last word of the hypothesis to the first, each taking the last free word it matches.
/// @source Banerjee and Lavie 2005; nltk 3.10.4, translate/meteor_score.py
[[nodiscard]] MeteorMatch meteorMatch(std::span<const std::string> hypothesis,
                                      std::span<const std::string> reference,
                                      const WordNet* wordnet);

/// (1 - gamma (chunks/matches)^beta) P R / (alpha P + (1 - alpha) R), 0 without matches.
[[nodiscard]] double meteorScore(const MeteorMatch& match, const MeteorParameters& parameters = {});

enum class MeteorTokenize {
    Nltk,     ///< word_tokenize: sentences by Punkt where a model is found, then Treebank rules
    Treebank, ///< Treebank rules over the whole text
    Split     ///< white space alone
};

struct MeteorOptions {
    MeteorParameters parameters;
    MeteorTokenize tokenize = MeteorTokenize::Nltk;
    std::string wordnet = "auto"; ///< a folder, "auto" (where it is found) or "none"
    std::string punkt = "auto";   ///< a folder, "auto" or "none"
};

/// The best reference's score, named "meteor". The reason says which stages ran.
/// @throws Error(InvalidArgument) for parameters out of range; what the readers of a named folder
/// throw.
[[nodiscard]] std::unique_ptr<Reward> makeMeteorReward(const MeteorOptions& options = {});

} // namespace viva
