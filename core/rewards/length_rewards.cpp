// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/length_rewards.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"
#include "core/text/ngram_counts.h"
#include "core/text/unicode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace viva {
namespace {

void requireUnit(std::string_view reward, LengthUnit unit, const TokenCounter& countTokens) {
    if (unit == LengthUnit::Tokens && !countTokens)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward {}: unit tokens needs a tokenizer and none is open; name a "
                                "tokenizer.json or count words or characters",
                                reward));
}

/// One unit of it, or several.
std::string counted(std::int64_t count, LengthUnit unit) {
    std::string_view name = toString(unit);
    if (count == 1)
        name.remove_suffix(1);
    return fmt::format("{} {}", count, name);
}

class LengthReward final : public Reward {
public:
    LengthReward(const LengthOptions& options, TokenCounter countTokens)
        : m_options(options), m_countTokens(std::move(countTokens)) {}

    [[nodiscard]] std::string_view name() const override { return "length"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        const std::int64_t length = textLength(answer, m_options.unit, m_countTokens);
        RewardBreakdown out = m_options.min || m_options.max
                                  ? againstBand(length)
                                  : againstReferences(length, references);
        out.parts.emplace_back("length", static_cast<double>(length));
        return out;
    }

private:
    [[nodiscard]] RewardBreakdown againstBand(std::int64_t length) const {
        const std::int64_t below = std::max<std::int64_t>(0, m_options.min.value_or(0) - length);
        const std::int64_t above =
            m_options.max ? std::max<std::int64_t>(0, length - *m_options.max) : 0;
        const std::int64_t outside = std::max(below, above);
        RewardBreakdown out;
        out.value = outside == 0
                        ? 1.0
                        : std::max(0.0, 1.0 - static_cast<double>(outside) /
                                                  static_cast<double>(m_options.slack + 1));
        out.reason = outside == 0 ? fmt::format("{}, as asked for", counted(length, m_options.unit))
                                  : fmt::format("{}, {} too {}", counted(length, m_options.unit),
                                                outside, below > 0 ? "few" : "many");
        return out;
    }
    [[nodiscard]] RewardBreakdown againstReferences(std::int64_t length,
                                                    std::span<const std::string> references) const {
        requireReferences(name(), references);
        RewardBreakdown out;
        std::int64_t best = 0;
        out.value = -1.0;
        for (const std::string& reference : references) {
            const std::int64_t wanted = textLength(reference, m_options.unit, m_countTokens);
            const auto [low, high] = std::minmax(length, wanted);
            const double ratio =
                high > 0 ? static_cast<double>(low) / static_cast<double>(high) : 1.0;
            if (ratio > out.value) {
                out.value = ratio;
                best = wanted;
            }
        }
        out.reason =
            fmt::format("{} against {} of the reference", counted(length, m_options.unit), best);
        out.parts.emplace_back("reference_length", static_cast<double>(best));
        return out;
    }

    LengthOptions m_options;
    TokenCounter m_countTokens;
};

class OverLengthReward final : public Reward {
public:
    OverLengthReward(const OverLengthOptions& options, TokenCounter countTokens)
        : m_options(options), m_countTokens(std::move(countTokens)) {}

    [[nodiscard]] std::string_view name() const override { return "over_length"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string>) const override {
        const std::int64_t length = textLength(answer, m_options.unit, m_countTokens);
        RewardBreakdown out;
        out.value = overLengthPunishment(length, m_options.maxLength, m_options.cache);
        const std::int64_t free = m_options.maxLength - m_options.cache;
        out.reason = length <= free
                         ? fmt::format("{}, within the {} that are free",
                                       counted(length, m_options.unit), free)
                         : fmt::format("{}, {} more than the {} that are free; -1 beyond {}",
                                       counted(length, m_options.unit), length - free, free,
                                       m_options.maxLength);
        out.parts = {{"length", static_cast<double>(length)}};
        return out;
    }

private:
    OverLengthOptions m_options;
    TokenCounter m_countTokens;
};

class RepetitionReward final : public Reward {
public:
    explicit RepetitionReward(const RepetitionOptions& options) : m_options(options) {}

    [[nodiscard]] std::string_view name() const override { return "repetition"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string>) const override {
        const std::string lowered = lowerCase(answer);
        const NgramRepeats counts = countNgramRepeats(splitWhitespace(lowered), m_options.ngram);
        const double share = counts.total > 0 ? static_cast<double>(counts.repeated) /
                                                    static_cast<double>(counts.total)
                                              : 0.0;
        RewardBreakdown out;
        out.value = counts.repeated > 0 ? share * m_options.maxPenalty : 0.0;
        out.reason =
            fmt::format("{} of {} {} repeat an earlier one", counts.repeated, counts.total,
                        m_options.ngram == 1 ? std::string("words")
                                             : fmt::format("runs of {} words", m_options.ngram));
        out.parts = {{"repeated", static_cast<double>(counts.repeated)},
                     {"total", static_cast<double>(counts.total)}};
        return out;
    }

private:
    RepetitionOptions m_options;
};

} // namespace

double overLengthPunishment(std::int64_t length, std::int64_t maxLength, std::int64_t cache) {
    const std::int64_t free = maxLength - cache;
    if (length <= free)
        return 0.0;
    if (length > maxLength)
        return -1.0;
    return static_cast<double>(free - length) / static_cast<double>(cache);
}

std::unique_ptr<Reward> makeLengthReward(const LengthOptions& options, TokenCounter countTokens) {
    requireUnit("length", options.unit, countTokens);
    if (options.min.value_or(0) < 0 || options.slack < 0 ||
        (options.max && *options.max < options.min.value_or(0)))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward length: min {} and slack {} must be at least 0 and max {} "
                                "at least min",
                                options.min.value_or(0), options.slack, options.max.value_or(0)));
    return std::make_unique<LengthReward>(options, std::move(countTokens));
}

std::unique_ptr<Reward> makeOverLengthReward(const OverLengthOptions& options,
                                             TokenCounter countTokens) {
    requireUnit("over_length", options.unit, countTokens);
    if (options.maxLength < 1 || options.cache < 0 || options.cache > options.maxLength)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward over_length: max_length {} must be at least 1 and cache {} "
                                "in 0..max_length",
                                options.maxLength, options.cache));
    return std::make_unique<OverLengthReward>(options, std::move(countTokens));
}

std::unique_ptr<Reward> makeRepetitionReward(const RepetitionOptions& options) {
    if (options.ngram < 1 || options.ngram > kMaxNgramOrder || !std::isfinite(options.maxPenalty) ||
        options.maxPenalty > 0 || options.maxPenalty < -100)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward repetition: ngram {} must lie in 1..{} and max_penalty {} "
                                "in -100..0",
                                options.ngram, kMaxNgramOrder, options.maxPenalty));
    return std::make_unique<RepetitionReward>(options);
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr std::array kLength{
    RewardOption{"unit", Choice, "words", "words|characters|tokens", "What is counted."},
    RewardOption{"min", Whole, "", "at least 0", "Shorter loses; empty: the reference's length."},
    RewardOption{"max", Whole, "", "at least min",
                 "Longer loses; empty: the reference's length, or no bound where min is given."},
    RewardOption{"slack", Whole, "0", "at least 0",
                 "Outside the band the value falls to 0 over so many units."},
};
constexpr std::array kOverLength{
    RewardOption{"unit", Choice, "tokens", "tokens|words|characters",
                 "What is counted; words where there is no tokenizer."},
    RewardOption{"max_length", Whole, "200", "at least 1", "Longer answers cost 1."},
    RewardOption{"cache", Whole, "40", "0..max_length",
                 "The cost grows from 0 to 1 over the last so many before the limit."},
};
constexpr std::array kRepetition{
    RewardOption{"ngram", Whole, "3", "1..8", "How many words a repeated sequence has."},
    RewardOption{"max_penalty", Real, "-1", "-100..0", "What an answer that only repeats gets."},
};

std::unique_ptr<Reward> lengthFrom(std::string_view, RewardOptionReader& options,
                                   const RewardServices& services) {
    LengthOptions out;
    out.unit = parseLengthUnit(options.text("unit"));
    options.read("min", out.min);
    options.read("max", out.max);
    options.read("slack", out.slack);
    return makeLengthReward(out, services.countTokens);
}

std::unique_ptr<Reward> overLengthFrom(std::string_view, RewardOptionReader& options,
                                       const RewardServices& services) {
    OverLengthOptions out;
    out.unit = parseLengthUnit(options.text("unit"));
    if (!options.has("unit") && !services.countTokens)
        out.unit = LengthUnit::Words;
    options.read("max_length", out.maxLength);
    options.read("cache", out.cache);
    return makeOverLengthReward(out, services.countTokens);
}

std::unique_ptr<Reward> repetitionFrom(std::string_view, RewardOptionReader& options,
                                       const RewardServices&) {
    RepetitionOptions out;
    options.read("ngram", out.ngram);
    options.read("max_penalty", out.maxPenalty);
    return makeRepetitionReward(out);
}

} // namespace

std::span<const RewardInfo> lengthRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "length",
                   .description =
                       "How close the answer's length comes to the reference's, or to a band.",
                   .options = kLength,
                   .make = lengthFrom},
        RewardInfo{
            .name = "over_length",
            .description =
                "DAPO's soft punishment of answers that come near the limit or go beyond it.",
            .range = {-1.0, 0.0},
            .needsReference = false,
            .options = kOverLength,
            .make = overLengthFrom},
        RewardInfo{.name = "repetition",
                   .description = "Punishment of answers that repeat their own word sequences.",
                   .range = {-1.0, 0.0},
                   .needsReference = false,
                   .options = kRepetition,
                   .make = repetitionFrom},
    };
    return kRewards;
}

} // namespace viva
