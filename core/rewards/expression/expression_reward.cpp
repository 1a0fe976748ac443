// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/expression/expression_reward.h"

#include "core/base/error.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace viva {
namespace {

enum Feature : std::size_t {
    kWords,
    kCharacters,
    kTokens,
    kLines,
    kReferenceWords,
    kReferenceCharacters,
    kReferenceTokens,
    kReferences,
    kFeatures
};

/// The named scores of many answers: each is computed for all of them when the first one asks.
class ScoreBatch {
public:
    ScoreBatch(const std::vector<NamedScore>& scores, std::span<const std::string> answers,
               std::span<const std::vector<std::string>> references)
        : m_scores(scores), m_answers(answers), m_references(references), m_known(scores.size()),
          m_together(std::none_of(references.begin(), references.end(),
                                  [](const auto& list) { return list.empty(); })) {}

    RewardBreakdown score(std::size_t name, std::size_t answer) {
        const Reward& reward = *m_scores[name].reward;
        // An answer without a reference may not need this score: it must not fail for the others.
        if (!m_together)
            return reward.score(m_answers[answer], m_references[answer]);
        if (m_known[name].empty())
            m_known[name] = reward.scoreAll(m_answers, m_references);
        return m_known[name][answer];
    }

private:
    const std::vector<NamedScore>& m_scores;
    std::span<const std::string> m_answers;
    std::span<const std::vector<std::string>> m_references;
    std::vector<std::vector<RewardBreakdown>> m_known; ///< by score; empty = not asked for yet
    bool m_together;
};

/// One answer while it is scored: what was asked for is kept for the reason.
class Scoring {
public:
    Scoring(std::string_view answer, std::span<const std::string> references,
            const std::vector<NamedScore>& scores, const TokenCounter& countTokens,
            ScoreBatch& batch, std::size_t place)
        : m_answer(answer), m_references(references), m_scores(scores), m_countTokens(countTokens),
          m_batch(batch), m_place(place),
          m_values(kFeatures + scores.size(), std::numeric_limits<double>::quiet_NaN()) {}

    double value(std::size_t name) {
        if (std::isnan(m_values[name])) {
            m_values[name] =
                name < kFeatures ? feature(static_cast<Feature>(name)) : score(name - kFeatures);
            m_parts.emplace_back(name < kFeatures ? textFeatures()[name].name
                                                  : m_scores[name - kFeatures].name,
                                 m_values[name]);
        }
        return m_values[name];
    }
    [[nodiscard]] const std::vector<std::pair<std::string, double>>& parts() const {
        return m_parts;
    }
    [[nodiscard]] const std::string& reasons() const { return m_reasons; }

private:
    double score(std::size_t name) {
        const RewardBreakdown result = m_batch.score(name, m_place);
        m_reasons += fmt::format("; {}: {}", m_scores[name].name, result.reason);
        return result.value;
    }
    [[nodiscard]] double lengthOf(std::string_view text, LengthUnit unit) const {
        return static_cast<double>(textLength(text, unit, m_countTokens));
    }
    /// The reference whose number of words is closest to the answer's; ties: the shorter.
    [[nodiscard]] std::string_view closestReference() const {
        requireReferences("expression", m_references);
        const auto words = textLength(m_answer, LengthUnit::Words);
        const auto badness = [words](const std::string& reference) {
            const auto length = textLength(reference, LengthUnit::Words);
            return std::pair(std::abs(length - words), length);
        };
        return *std::min_element(m_references.begin(), m_references.end(),
                                 [&badness](const std::string& left, const std::string& right) {
                                     return badness(left) < badness(right);
                                 });
    }
    double feature(Feature feature) {
        switch (feature) {
        case kWords:
            return lengthOf(m_answer, LengthUnit::Words);
        case kCharacters:
            return lengthOf(m_answer, LengthUnit::Characters);
        case kTokens:
            return lengthOf(m_answer, LengthUnit::Tokens);
        case kLines:
            return m_answer.empty() ? 0.0
                                    : 1.0 + static_cast<double>(
                                                std::count(m_answer.begin(), m_answer.end(), '\n'));
        case kReferenceWords:
            return lengthOf(closestReference(), LengthUnit::Words);
        case kReferenceCharacters:
            return lengthOf(closestReference(), LengthUnit::Characters);
        case kReferenceTokens:
            return lengthOf(closestReference(), LengthUnit::Tokens);
        default:
            return static_cast<double>(m_references.size());
        }
    }

    std::string_view m_answer;
    std::span<const std::string> m_references;
    const std::vector<NamedScore>& m_scores;
    const TokenCounter& m_countTokens;
    ScoreBatch& m_batch;
    std::size_t m_place;
    std::vector<double> m_values;
    std::vector<std::pair<std::string, double>> m_parts;
    std::string m_reasons;
};

class ExpressionReward final : public BatchReward {
public:
    ExpressionReward(std::string text, std::unique_ptr<Expression> expression,
                     std::vector<NamedScore> scores, TokenCounter countTokens)
        : m_text(std::move(text)), m_expression(std::move(expression)), m_scores(std::move(scores)),
          m_countTokens(std::move(countTokens)) {}

    [[nodiscard]] std::string_view name() const override { return "expression"; }

    [[nodiscard]] std::vector<RewardBreakdown>
    scoreAll(std::span<const std::string> answers,
             std::span<const std::vector<std::string>> references) const override {
        requireSameCount(name(), answers, references);
        std::vector<std::string> repaired;
        for (const std::string& answer : answers)
            repaired.push_back(repairUtf8(answer));
        ScoreBatch batch(m_scores, repaired, references);
        std::vector<RewardBreakdown> out;
        for (std::size_t i = 0; i < repaired.size(); ++i)
            out.push_back(scoreOne(repaired[i], references[i], batch, i));
        return out;
    }

private:
    [[nodiscard]] RewardBreakdown scoreOne(const std::string& repaired,
                                           const std::vector<std::string>& references,
                                           ScoreBatch& batch, std::size_t place) const {
        Scoring scoring(repaired, references, m_scores, m_countTokens, batch, place);
        double raw = 0;
        std::string trouble;
        try {
            raw = m_expression->evaluate(
                repaired, [&scoring](std::size_t name) { return scoring.value(name); });
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Format)
                throw;
            trouble = fmt::format(" ({}, so the value is 0)", error.what());
        }
        RewardBreakdown out;
        if (std::isnan(raw)) {
            trouble = " (no number, as after a division by 0; counted as 0)";
            raw = 0;
        }
        out.value = std::clamp(raw, 0.0, 1.0);
        if (out.value != raw)
            trouble = fmt::format(" (clamped from {:.4g})", raw);
        out.reason = fmt::format("{} = {:.4f}{}", m_text, out.value, trouble);
        for (const auto& [name, value] : scoring.parts())
            out.reason += fmt::format("{}{} {:.4g}",
                                      &value == &scoring.parts().front().second ? " with " : ", ",
                                      name, value);
        out.reason += scoring.reasons();
        out.parts = scoring.parts();
        return out;
    }

    std::string m_text;
    std::unique_ptr<Expression> m_expression;
    std::vector<NamedScore> m_scores;
    TokenCounter m_countTokens;
};

} // namespace

std::span<const ExpressionName> textFeatures() {
    constexpr double kEndless = std::numeric_limits<double>::infinity();
    static const std::array<ExpressionName, kFeatures> kNames{
        {{"words", {0, kEndless}},
         {"characters", {0, kEndless}},
         {"tokens", {0, kEndless}},
         {"lines", {0, kEndless}},
         {"reference_words", {0, kEndless}},
         {"reference_characters", {0, kEndless}},
         {"reference_tokens", {0, kEndless}},
         {"references", {0, kEndless}}}};
    return kNames;
}

std::unique_ptr<Reward> makeExpressionReward(std::string text,
                                             std::unique_ptr<Expression> expression,
                                             std::vector<NamedScore> scores,
                                             TokenCounter countTokens) {
    return std::make_unique<ExpressionReward>(std::move(text), std::move(expression),
                                              std::move(scores), std::move(countTokens));
}

} // namespace viva
