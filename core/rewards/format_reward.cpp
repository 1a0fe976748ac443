// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/format_reward.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"
#include "core/text/pattern.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <array>

namespace viva {
namespace {

/// The user's own expression first, so that its faults are told by its own words.
Pattern compiled(const FormatOptions& options) {
    Pattern own(options.pattern, "reward format");
    if (!options.wholeAnswer)
        return own;
    return {fmt::format("\\A(?:{})\\z", options.pattern), "reward format"};
}

class FormatReward final : public Reward {
public:
    explicit FormatReward(const FormatOptions& options)
        : m_options(options), m_pattern(compiled(options)) {}

    [[nodiscard]] std::string_view name() const override { return "format"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string>) const override {
        const std::string text = repairUtf8(m_options.strip ? strip(answer) : answer);
        RewardBreakdown out;
        try {
            const auto matches = m_pattern.findAll(text);
            out.value = matches.empty() ? 0.0 : 1.0;
            if (matches.empty())
                out.reason = fmt::format("{} does not match {}",
                                         m_options.wholeAnswer ? "the answer" : "no part of it",
                                         m_options.pattern);
            else
                out.reason = fmt::format("{} matches {}",
                                         m_options.wholeAnswer
                                             ? std::string("the answer")
                                             : fmt::format("\"{}\"", matches.front().of(text)),
                                         m_options.pattern);
            out.parts = {{"matches", static_cast<double>(matches.size())}};
        } catch (const Error& error) {
            // an expression that backtracks without end must not end a run
            out.reason = error.what();
        }
        return out;
    }

private:
    FormatOptions m_options;
    Pattern m_pattern;
};

} // namespace

std::unique_ptr<Reward> makeFormatReward(const FormatOptions& options) {
    if (options.pattern.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "reward format: there is no pattern; give one, such as \"pattern\": \"[A-D]\"");
    return std::make_unique<FormatReward>(options);
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr std::array kFormat{
    RewardOption{"pattern", Text, "", "a PCRE2 expression",
                 "The regular expression, such as [A-D] or (?s)<think>.*</think>.*; (?i) in front "
                 "ignores case."},
    RewardOption{"where", Choice, "whole", "whole|part",
                 "Whether the answer as a whole must match or a part of it is enough."},
    RewardOption{"strip", Switch, "true", "", "White space at the ends does not count."},
};

std::unique_ptr<Reward> formatFrom(std::string_view, RewardOptionReader& options,
                                   const RewardServices&) {
    FormatOptions out;
    options.read("pattern", out.pattern);
    options.read("strip", out.strip);
    out.wholeAnswer = options.text("where") == "whole";
    return makeFormatReward(out);
}

} // namespace

std::span<const RewardInfo> formatRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "format",
                   .description =
                       "One where the answer matches a regular expression, else nothing.",
                   .needsOptions = true,
                   .needsReference = false,
                   .options = kFormat,
                   .make = formatFrom},
    };
    return kRewards;
}

} // namespace viva
