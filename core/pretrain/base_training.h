// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// How a small base model is made from a corpus: tokenizer, then the encoder by CTC, then projector
/// and decoder by cross entropy on the frozen encoder's outputs.
/// @source resources/demo/model.json; demo recipe, sections 3 and 4
struct BaseTrainingSetup {
    std::filesystem::path recipe;      ///< model.json: sizes, steps, rates
    std::filesystem::path manifest;    ///< corpus with the splits "base" and "train"
    std::filesystem::path modelFolder; ///< written at the end: a checkpoint folder
    std::filesystem::path
        workFolder;  ///< checkpoints of the stages; gone on with when they are there
    int threads = 0; ///< workers; 0 = one a core
};

/// What is happening, for people.
struct BaseTrainingProgress {
    std::string stage; ///< "tokenizer", "features", "ctc", "encode", "lm", "save"
    std::int64_t step = 0;
    std::int64_t total = 0;
    double loss = 0;
    /// Scores on held-out clips when there are new ones: ("validation WER %", 1.2) ...
    std::vector<std::pair<std::string, double>> scores;
};

/// Runs all stages that are not done yet. Blocks. The splits "validation" and "test" are only ever
/// scored. @return false when it was stopped; what was done is kept in the work folder.
/// @throws Error naming file, key and cure.
bool trainBaseModel(const BaseTrainingSetup& setup,
                    const std::function<void(const BaseTrainingProgress&)>& progress,
                    const std::stop_token& stop = {});

} // namespace viva
