// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// One example ready for the decoder: everything up to the projector is done.
struct TrainExample {
    std::string id;
    std::string clipPath;
    std::string task;
    std::string question;
    std::vector<std::string> references;
    torch::Tensor
        embeddings; ///< [time, hidden], audio and text merged, before embedding_multiplier;
                    ///< undefined where weights that make it are trained
    std::vector<std::int64_t> promptIds; ///< audio places included; only where they are
    torch::Tensor heard;                 ///< [frames, width] at the cache's stage; likewise
    std::vector<std::int64_t> targetIds; ///< the first reference's tokens with EOS
    /// Tokens with EOS of every reference, the first again included; may be empty where only the
    /// first one is wanted.
    std::vector<std::vector<std::int64_t>> referenceIds;
};

/// Where examples come from. Called on the trainer's thread only.
class ExampleSource {
public:
    virtual ~ExampleSource() = default;
    [[nodiscard]] virtual std::size_t size() const = 0;
    [[nodiscard]] virtual TrainExample example(std::size_t index) = 0;
};

/// A reward with its parts.
struct RewardedText {
    double total = 0; ///< weighted sum
    std::vector<std::pair<std::string, double>> parts;
    std::string reason;
};

/// Scores the answers of a step in one call, each against its own references; one result an answer.
/// Called from one thread at a time, which need not be the trainer's.
using AnswerScorer = std::function<std::vector<RewardedText>(
    std::span<const std::string> answers, std::span<const std::vector<std::string>> references)>;

/// A scorer that looks at each answer by itself.
[[nodiscard]] inline AnswerScorer
oneByOne(std::function<RewardedText(const std::string&, const std::vector<std::string>&)> score) {
    return [score = std::move(score)](std::span<const std::string> answers,
                                      std::span<const std::vector<std::string>> references) {
        std::vector<RewardedText> results;
        for (std::size_t i = 0; i < answers.size(); ++i)
            results.push_back(score(answers[i], references[i]));
        return results;
    };
}

/// Tokens back to text. Called from several threads at once.
struct AnswerTexts {
    /// An answer's text, special tokens left out.
    std::function<std::string(std::span<const std::int64_t>)> text;
    /// Each token's own text, for colouring.
    std::function<std::vector<std::string>(std::span<const std::int64_t>)> pieces;
};

} // namespace viva
