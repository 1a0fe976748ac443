// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/metrics/bleu_tokenizer.h"
#include "core/rewards/reward.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace viva {

inline constexpr int kBleuOrders = 4;

/// What happens to an order without matches.
enum class BleuSmoothing {
    None,  ///< it makes the score 0
    Floor, ///< it counts `value` matches (0.1)
    AddK,  ///< `value` (1) is added to matches and totals of the orders above 1
    Exp    ///< 1/2, 1/4, ... matches
};

/// "none", "floor", "add-k", "exp".
[[nodiscard]] std::string_view toString(BleuSmoothing smoothing) noexcept;
/// @throws Error(InvalidArgument) listing the names.
[[nodiscard]] BleuSmoothing parseBleuSmoothing(std::string_view name);

struct BleuOptions {
    BleuTokenize tokenize = BleuTokenize::Thirteen;
    BleuSmoothing smoothing = BleuSmoothing::Exp;
    std::optional<double> smoothValue; ///< absent: 0.1 for floor, 1 for add-k
    bool lowercase = false;
    bool effectiveOrder = true; ///< short texts: mean over the orders that exist; off for corpora
};

/// Counts that add up over sentences.
struct BleuStatistics {
    std::int64_t hypothesisLength = 0; ///< tokens
    std::int64_t referenceLength = 0;  ///< of the closest reference, ties: the shorter
    std::array<std::int64_t, kBleuOrders> matches{}; ///< clipped n-gram matches
    std::array<std::int64_t, kBleuOrders> totals{};  ///< n-grams of the hypothesis

    BleuStatistics& operator+=(const BleuStatistics& other);
};

struct BleuScore {
    double score = 0;                             ///< 0..100; a perfect match is 100.00000000000004
    double brevityPenalty = 0;                    ///< 0..1
    std::array<double, kBleuOrders> precisions{}; ///< percent, after smoothing
    BleuStatistics statistics;
};

/// @throws Error(InvalidArgument) when there is no reference.
[[nodiscard]] BleuStatistics bleuStatistics(std::string_view hypothesis,
                                            std::span<const std::string> references,
                                            const BleuOptions& options = {});

/// BLEU = BP * exp(mean over n of log p_n), BP = exp(1 - r/c) for a hypothesis of c < r tokens.
/// @source Papineni et al. 2002, section 2.3; sacreBLEU 2.6.0, metrics/bleu.py compute_bleu
[[nodiscard]] BleuScore bleuScore(const BleuStatistics& statistics,
                                  const BleuOptions& options = {});

/// BLEU of one sentence, 0..100.
[[nodiscard]] BleuScore sentenceBleu(std::string_view hypothesis,
                                     std::span<const std::string> references,
                                     const BleuOptions& options = {});

/// BLEU of a corpus, 0..100: statistics are summed, then scored without effective order.
/// @throws Error(InvalidArgument) when the two lists differ in length or a line has no reference.
[[nodiscard]] BleuScore corpusBleu(std::span<const std::string> hypotheses,
                                   std::span<const std::vector<std::string>> references,
                                   BleuOptions options = {});

/// The BLEU of Hugging Face's `evaluate`: no right-strip, the shortest reference's length, no
/// effective order, 0 where an order has no match.
enum class HfSmoothing {
    None,
    AllOrders,   ///< one is added to matches and totals of every order, as released
    HigherOrders ///< of orders 2-4 only, as Lin and Och 2004 have it
};

/// Counts for hfBleu; they add up over sentences.
[[nodiscard]] BleuStatistics hfBleuStatistics(std::string_view hypothesis,
                                              std::span<const std::string> references);
/// In [0, 1]; 0 where the tool divides by zero (an empty hypothesis or reference).
/// @source tensorflow/nmt, scripts/bleu.py compute_bleu
[[nodiscard]] double hfBleu(const BleuStatistics& statistics, HfSmoothing smoothing);

/// hfBleu as a reward named "bleu_hf".
[[nodiscard]] std::unique_ptr<Reward> makeHfBleuReward(HfSmoothing smoothing);

/// Sentence BLEU / 100, clamped to [0, 1], as a reward named "bleu".
/// @source arXiv 2509.16990, 3.3
[[nodiscard]] std::unique_ptr<Reward> makeBleuReward(const BleuOptions& options = {});

} // namespace viva
