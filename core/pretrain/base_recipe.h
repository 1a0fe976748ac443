// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/corpus/augment.h"
#include "core/families/granite/config/granite_config.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace viva {

struct BaseStageRecipe {
    std::int64_t steps = 0;
    std::int64_t warmupSteps = 0;
    int batch = 0;
    double learningRate = 0;
};

/// What model.json says.
struct BaseRecipe {
    std::uint64_t seed = 0;
    std::int64_t vocabulary = 512;
    GraniteConfig model;       ///< sizes; vocabulary and audio token follow from the tokenizer
    int augmentedVariants = 2; ///< of each training clip, beside the original
    std::uint64_t augmentSeed = 0;
    AugmentRanges augment;
    BaseStageRecipe ctc;
    BaseStageRecipe lm;
    std::string lmTag; ///< clips of this tag train the language model; empty = all
    std::vector<std::pair<std::string, double>> mix; ///< tasks and their shares
};

/// @throws Error(NotFound | Format) naming file, key and cure; unknown keys are errors.
[[nodiscard]] BaseRecipe readBaseRecipe(const std::filesystem::path& file);

} // namespace viva
