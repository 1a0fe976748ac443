// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace viva {

/// Sizes of a BERT-like encoder, from its config.json.
struct TextEncoderConfig {
    std::string modelType; ///< "bert", "roberta", "xlm-roberta" or "camembert"
    std::int64_t hiddenSize = 0;
    std::int64_t layers = 0;
    std::int64_t heads = 0;
    std::int64_t intermediateSize = 0;
    std::int64_t vocabSize = 0;
    std::int64_t maxPositions = 0; ///< max_position_embeddings
    std::int64_t typeVocabSize = 0;
    std::int64_t firstPosition = 0; ///< 0; pad_token_id + 1 for the RoBERTa family
    double layerNormEps = 1e-12;
    std::string activation = "gelu"; ///< "gelu", "gelu_new", "relu"

    /// Tokens a text may have, special ones included.
    [[nodiscard]] std::int64_t longestText() const { return maxPositions - firstPosition; }
};

/// @throws Error(NotFound | Io | Format), Error(InvalidArgument) for architectures that are not
/// computed, naming file and key.
[[nodiscard]] TextEncoderConfig readTextEncoderConfig(const std::filesystem::path& configJson);

/// The encoder of BERT, RoBERTa and XLM-R: word, position and type embeddings, then layers of
/// attention and feed-forward, each with layer normalisation behind it. float32, no gradients.
/// Const use is thread-safe.
/// @source Devlin et al. 2019, section 3; transformers 5.23, models/bert and models/roberta
class TextEncoder {
public:
    /// Opens config.json and the weights (with "bert.", "roberta." or no prefix).
    /// @param layers how many layers are needed; 0 = all
    /// @throws Error(NotFound | Io | Format | ShapeMismatch | InvalidArgument) naming file and
    /// tensor.
    [[nodiscard]] static std::unique_ptr<TextEncoder>
    load(const std::filesystem::path& folder, const torch::Device& device, std::int64_t layers = 0);
    ~TextEncoder();
    TextEncoder(const TextEncoder&) = delete;
    TextEncoder& operator=(const TextEncoder&) = delete;

    /// Hidden states behind layer `layer` (0 = the embeddings).
    /// @param ids token ids of each text, special tokens included; padded and masked inside
    /// @return one [tokens, hidden] tensor a text, on the encoder's device
    /// @throws Error(InvalidArgument) for a text without tokens or with more than longestText(), an
    /// id beyond the vocabulary, or a layer that was not loaded.
    [[nodiscard]] std::vector<torch::Tensor>
    encode(const std::vector<std::vector<std::int64_t>>& ids, std::int64_t layer) const;

    [[nodiscard]] const TextEncoderConfig& config() const;
    [[nodiscard]] std::int64_t loadedLayers() const;

private:
    struct Impl;
    explicit TextEncoder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
