// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace viva {

/// What a reward says of one answer.
struct RewardBreakdown {
    double value = 0;   ///< in the range of its RewardInfo, mostly [0, 1]
    std::string reason; ///< why, in a few words for people
    std::vector<std::pair<std::string, double>> parts; ///< named figures the value is made of
};

/// One figure over many answers, in the metric's own unit (BLEU in percent, WER as a rate).
struct CorpusScore {
    std::string name; ///< "corpus BLEU", "mean of exact_match"
    double value = 0;
    std::string reason; ///< what it is made of
};

/// Scores an answer against its references. Const use is thread-safe.
class Reward {
public:
    virtual ~Reward() = default;
    /// The name in the registry.
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// @throws Error(InvalidArgument) when there is no reference and one is needed.
    [[nodiscard]] virtual RewardBreakdown score(std::string_view answer,
                                                std::span<const std::string> references) const = 0;
    /// Many answers, each with its references; faster than one by one where a network does the
    /// work.
    /// @throws Error(InvalidArgument) when the two lists differ in length.
    [[nodiscard]] virtual std::vector<RewardBreakdown>
    scoreAll(std::span<const std::string> answers,
             std::span<const std::vector<std::string>> references) const;
    /// The metric over all answers; the mean of the values where it has no definition of its own.
    /// @throws Error(InvalidArgument) when the two lists differ in length or are empty.
    [[nodiscard]] virtual CorpusScore
    corpusScore(std::span<const std::string> answers,
                std::span<const std::vector<std::string>> references) const;
};

/// A reward that does its work for many answers at once; a single one is a batch of one.
class BatchReward : public Reward {
public:
    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const final;
    [[nodiscard]] std::vector<RewardBreakdown>
    scoreAll(std::span<const std::string> answers,
             std::span<const std::vector<std::string>> references) const override = 0;
};

/// @throws Error(InvalidArgument) naming `function` when `references` is empty.
void requireReferences(std::string_view function, std::span<const std::string> references);

/// @throws Error(InvalidArgument) naming `function` and both counts when they differ.
void requireSameCount(std::string_view function, std::span<const std::string> answers,
                      std::span<const std::vector<std::string>> references);

} // namespace viva
