// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/corpus/grammar.h"
#include "core/corpus/recipe.h"
#include "core/data/utterance.h"

#include <vector>

namespace viva {

/// An augmented copy of a planned clip.
struct PlannedCopy {
    Utterance utterance;
    Augmentation augmentation;
};

/// A clip before it is spoken: all of its utterance but duration and hash.
struct PlannedClip {
    Utterance utterance;
    Voice voice;
    SpeechOptions speech;
    std::vector<PlannedCopy> copies;
};

/// Draws sentences, voices, questions and styles for every part, in the recipe's order. No sentence
/// comes twice in the whole corpus, so that parts listed first keep their content when later ones
/// change. Same recipe, same plan.
/// @throws Error(InvalidArgument) when the grammar runs out of sentences; Error(NotFound) for an
/// unknown style.
[[nodiscard]] std::vector<PlannedClip> planCorpus(const CorpusRecipe& recipe,
                                                  const Grammar& grammar);

} // namespace viva
