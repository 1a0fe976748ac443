// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/memory_estimate.h"
#include "core/config/model_config.h"
#include "core/config/train_config.h"
#include "core/tokenizer/tokenizer_summary.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// One part of a checkpoint as it is stored.
struct ModelCardPart {
    std::string name; ///< "encoder", "projector", "language model", "other"
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    std::uint64_t bytes = 0;
    std::string dtypes; ///< "BF16", or several with a comma
};

/// One stored weight.
struct ModelWeight {
    std::string name; ///< canonical, see canonicalWeightName
    std::vector<std::int64_t> shape;
    std::string dtype;
    bool trainable = true; ///< false for running statistics and counters

    [[nodiscard]] std::int64_t parameters() const;
};

/// An adapter beside a checkpoint or in a folder of its own.
struct AdapterCard {
    AdapterConfig config;
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    std::uint64_t bytes = 0;
    bool withProjector = false; ///< holds a trained projector as well
};

/// What can be said about a checkpoint folder without loading its weights.
struct ModelCard {
    std::filesystem::path folder;
    SpeechModelConfig config;
    std::vector<ModelCardPart> parts;
    std::vector<ModelWeight> weights; ///< sorted by name
    std::size_t files = 0;            ///< of weights
    bool tiedHead = true;
    std::optional<AdapterCard> bundled;
    TokenizerSummary tokenizer;
    std::string promptStyle; ///< "role tokens" or "USER:/ASSISTANT:"
    std::optional<std::string> defaultSystem;
    /// Keys of generation_config.json that steer sampling, as text.
    std::vector<std::pair<std::string, std::string>> generation;
    std::vector<std::string> notes; ///< what is unusual, in words

    [[nodiscard]] std::int64_t parameters() const;
    [[nodiscard]] std::uint64_t bytes() const;
};

/// What a run changes.
struct TrainableCount {
    std::int64_t adapter = 0;
    std::int64_t whole = 0;            ///< weights that are trained themselves
    std::int64_t referenceCopy = 0;    ///< of the networks that hold them
    std::vector<std::string> unused{}; ///< patterns that fit no weight

    [[nodiscard]] std::int64_t total() const { return adapter + whole; }
};

/// Counts it from the names and shapes of a card.
[[nodiscard]] TrainableCount countTrainable(const ModelCard& card, const TrainConfig& config);

/// The memory of a run on that model; see estimateMemory.
[[nodiscard]] MemoryEstimate estimateMemory(const ModelCard& card, const TrainConfig& config,
                                            MemorySetting setting);

/// Reads configuration, tokenizer and the headers of the weights; no weight is touched, so a folder
/// of any size takes a moment. Torch-free.
/// @throws Error naming file, key and cure.
[[nodiscard]] ModelCard readModelCard(const std::filesystem::path& folder);

/// The same for a folder that holds an adapter alone. @throws Error as above.
[[nodiscard]] AdapterCard readAdapterCard(const std::filesystem::path& folder);

} // namespace viva
