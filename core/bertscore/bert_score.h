// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/bertscore/text_encoder.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// Weights of tokens by how rare they are in a list of references; empty: all weigh the same.
struct IdfWeights {
    std::map<std::int64_t, std::int64_t> documents; ///< references each token occurs in
    std::int64_t references = 0;                    ///< 0: all weigh 1, special tokens 0

    /// log((N + 1) / (n + 1)).
    [[nodiscard]] double of(std::int64_t id) const;
};

/// One text made ready for matching.
struct EmbeddedText {
    std::vector<std::int64_t> ids;
    torch::Tensor unit; ///< [tokens, hidden] float32, rows of length 1
};

/// Of one candidate and one reference. A side whose tokens all weigh 0 has no value.
struct BertScoreValue {
    std::optional<double> precision;
    std::optional<double> recall;
    double f = 0; ///< 0 where one of the two is missing
    /// The candidate's token with the least similar best partner; -1 when none counts.
    std::int64_t weakestId = -1;
    double weakestSimilarity = 0;
};

/// A BERTScore model: folder in Hugging Face format with config.json, model.safetensors and
/// tokenizer.json.
/// @source Zhang et al. 2020, section 3; bert_score 0.3.13, utils.py
class BertScorer {
public:
    struct Options {
        std::int64_t layer = 0; ///< 0 = the one bert_score takes for models of this size
        bool prefixSpace =
            true; ///< RoBERTa alone: a space before every text, as with transformers 4
    };
    /// @throws Error as TextEncoder::load and Tokenizer::load do.
    BertScorer(const std::filesystem::path& folder, const torch::Device& device,
               const Options& options);
    ~BertScorer();
    BertScorer(const BertScorer&) = delete;
    BertScorer& operator=(const BertScorer&) = delete;

    /// Ids of the stripped text with special tokens, cut at the longest text of model and
    /// tokenizer.
    [[nodiscard]] std::vector<std::int64_t> tokens(std::string_view text) const;
    /// All texts in batches; `layer` 0 = the options'.
    [[nodiscard]] std::vector<EmbeddedText> embed(std::span<const std::string> texts,
                                                  std::int64_t layer = 0) const;
    [[nodiscard]] IdfWeights idf(std::span<const std::string> references) const;
    /// Cosine of every pair of tokens; each token takes its best partner. Special tokens weigh 0
    /// and may be partners; an empty side gives 0.
    [[nodiscard]] BertScoreValue match(const EmbeddedText& candidate, const EmbeddedText& reference,
                                       const IdfWeights& weights = {}) const;

    [[nodiscard]] const TextEncoder& encoder() const { return *m_encoder; }
    [[nodiscard]] std::int64_t layer() const { return m_layer; }
    /// A token as people read it.
    [[nodiscard]] std::string tokenText(std::int64_t id) const;
    /// "roberta, layer 17 of 24".
    [[nodiscard]] std::string description() const;

private:
    struct Text;
    std::unique_ptr<Text> m_text;
    std::unique_ptr<TextEncoder> m_encoder;
    std::int64_t m_layer = 0;
};

/// The layer bert_score takes by default for published models of this kind and depth; for others
/// three quarters of the depth. @source bert_score 0.3.13, utils.py model2layers
[[nodiscard]] std::int64_t standardBertScoreLayer(const TextEncoderConfig& config);

} // namespace viva
