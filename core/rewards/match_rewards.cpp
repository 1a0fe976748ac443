// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/match_rewards.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"
#include "core/text/unicode.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace viva {
namespace {

class ContainsReward final : public Reward {
public:
    explicit ContainsReward(const ContainsOptions& options) : m_options(options) {}

    [[nodiscard]] std::string_view name() const override { return "contains"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        requireReferences(name(), references);
        std::size_t found = 0;
        std::string first;
        for (const std::string& reference : references)
            if (containsText(answer, reference, m_options)) {
                first = found++ == 0 ? reference : first;
            }
        const double share = static_cast<double>(found) / static_cast<double>(references.size());
        RewardBreakdown out;
        switch (m_options.mode) {
        case ContainsMode::Any:
            out.value = found > 0 ? 1.0 : 0.0;
            break;
        case ContainsMode::All:
            out.value = found == references.size() ? 1.0 : 0.0;
            break;
        case ContainsMode::Share:
            out.value = share;
            break;
        }
        out.reason = found == 0
                         ? "no reference occurs in the answer"
                         : fmt::format("{} of {} references occur in the answer, \"{}\" for one",
                                       found, references.size(), first);
        out.parts = {{"found", static_cast<double>(found)}, {"share", share}};
        return out;
    }

private:
    ContainsOptions m_options;
};

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

std::size_t digitsFrom(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    return end - at;
}

/// Reads one number whose first digit (or decimal mark) stands at `at`, and moves behind it.
double readNumber(std::string_view text, std::size_t& at, char decimal, char group) {
    std::string plain;
    std::size_t length = digitsFrom(text, at);
    plain.append(text.substr(at, length));
    at += length;
    const bool groups = length >= 1 && length <= 3;
    while (groups && at < text.size() && text[at] == group && digitsFrom(text, at + 1) == 3) {
        plain.append(text.substr(at + 1, 3));
        at += 4;
    }
    if (at < text.size() && text[at] == decimal && digitsFrom(text, at + 1) > 0) {
        length = digitsFrom(text, at + 1);
        plain.append(".").append(text.substr(at + 1, length));
        at += 1 + length;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        const bool sign = at + 1 < text.size() && (text[at + 1] == '-' || text[at + 1] == '+');
        length = digitsFrom(text, at + (sign ? 2 : 1));
        if (length > 0) {
            plain.append("e").append(sign && text[at + 1] == '-' ? "-" : "");
            plain.append(text.substr(at + (sign ? 2 : 1), length));
            at += (sign ? 2 : 1) + length;
        }
    }
    double value = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
    static_cast<void>(end);
    // beyond a double's range: endless or nothing, as strtod has it
    if (error == std::errc::result_out_of_range)
        return plain.find("e-") == std::string::npos ? HUGE_VAL : 0.0;
    return value;
}

bool sameNumber(double left, double right, double tolerance) {
    if (left == right)
        return true;
    return std::abs(left - right) <= tolerance * std::max(std::abs(left), std::abs(right));
}

/// Pairs of equal numbers, each used once.
std::size_t commonNumbers(const std::vector<double>& answer, std::vector<double> wanted,
                          double tolerance) {
    std::size_t common = 0;
    for (const double number : answer) {
        const auto hit = std::find_if(wanted.begin(), wanted.end(), [&](double other) {
            return sameNumber(number, other, tolerance);
        });
        if (hit == wanted.end())
            continue;
        wanted.erase(hit);
        ++common;
    }
    return common;
}

class NumberMatchReward final : public Reward {
public:
    explicit NumberMatchReward(const NumberOptions& options) : m_options(options) {}

    [[nodiscard]] std::string_view name() const override { return "number_match"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        requireReferences(name(), references);
        const std::vector<double> given = numbersIn(answer, m_options);
        RewardBreakdown best;
        for (std::size_t i = 0; i < references.size(); ++i) {
            RewardBreakdown one = against(given, numbersIn(references[i], m_options));
            if (i == 0 || one.value > best.value)
                best = std::move(one);
        }
        return best;
    }

private:
    [[nodiscard]] RewardBreakdown against(const std::vector<double>& given,
                                          const std::vector<double>& wanted) const {
        const std::size_t common = commonNumbers(given, wanted, m_options.tolerance);
        RewardBreakdown out;
        out.parts = {{"common", static_cast<double>(common)},
                     {"answer_numbers", static_cast<double>(given.size())},
                     {"reference_numbers", static_cast<double>(wanted.size())}};
        if (given.empty() && wanted.empty()) {
            out.value = 1.0;
            out.reason = "neither the answer nor the reference has a number";
            return out;
        }
        switch (m_options.mode) {
        case NumberMode::F1:
            out.value = 2.0 * static_cast<double>(common) /
                        static_cast<double>(given.size() + wanted.size());
            break;
        case NumberMode::All:
            out.value = common == wanted.size() ? 1.0 : 0.0;
            break;
        case NumberMode::Last:
            out.value = !given.empty() && !wanted.empty() &&
                                sameNumber(given.back(), wanted.back(), m_options.tolerance)
                            ? 1.0
                            : 0.0;
            break;
        }
        out.reason = fmt::format("numbers {} against {}: {} in common", given, wanted, common);
        return out;
    }

    NumberOptions m_options;
};

} // namespace

bool containsText(std::string_view answer, std::string_view text, const ContainsOptions& options) {
    const std::string given = comparableText(answer, options.comparison);
    const std::string wanted = comparableText(text, options.comparison);
    const auto words = splitWhitespace(given);
    const auto part = splitWhitespace(wanted);
    if (options.wholeWords)
        return std::search(words.begin(), words.end(), part.begin(), part.end()) != words.end() ||
               part.empty();
    return fmt::format("{}", fmt::join(words, " ")).find(fmt::format("{}", fmt::join(part, " "))) !=
           std::string::npos;
}

std::unique_ptr<Reward> makeContainsReward(const ContainsOptions& options) {
    return std::make_unique<ContainsReward>(options);
}

std::vector<double> numbersIn(std::string_view text, const NumberOptions& options) {
    const char decimal = options.decimalComma ? ',' : '.';
    const char group = options.decimalComma ? '.' : ',';
    std::vector<double> out;
    for (std::size_t at = 0; at < text.size();) {
        const bool bare = text[at] == decimal && at + 1 < text.size() && isDigit(text[at + 1]) &&
                          (at == 0 || !isDigit(text[at - 1]));
        if (!isDigit(text[at]) && !bare) {
            ++at;
            continue;
        }
        // a dash after a letter or digit joins ("10-11", "Covid-19"); after anything else it is a
        // sign
        const bool negative =
            at > 0 && text[at - 1] == '-' &&
            (at == 1 || (std::isalnum(static_cast<unsigned char>(text[at - 2])) == 0 &&
                         static_cast<unsigned char>(text[at - 2]) < 0x80));
        const double value = readNumber(text, at, decimal, group);
        out.push_back(negative ? -value : value);
    }
    return out;
}

std::unique_ptr<Reward> makeNumberMatchReward(const NumberOptions& options) {
    if (!(options.tolerance >= 0) || options.tolerance > 1)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("reward number_match: tolerance {} is not in 0..1", options.tolerance));
    return std::make_unique<NumberMatchReward>(options);
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr std::array kContains{
    RewardOption{"mode", Choice, "any", "any|all|share",
                 "Whether any reference is enough, all must occur, or their share counts."},
    RewardOption{"whole_words", Switch, "true", "", "\"art\" does not occur in \"start\"."},
    RewardOption{"lowercase", Switch, "true", "", "Capital letters make no difference."},
    RewardOption{"ignore_punctuation", Switch, "true", "", "Punctuation marks make no difference."},
};
constexpr std::array kNumberMatch{
    RewardOption{"mode", Choice, "f1", "f1|all|last",
                 "f1: how many numbers agree; all: one only if all do; last: the last number "
                 "decides, as in worked answers."},
    RewardOption{"decimal", Choice, "point", "point|comma",
                 "Which mark divides: with comma, 3,5 is three and a half."},
    RewardOption{"tolerance", Real, "0", "0..1",
                 "Numbers that differ by this share of the reference's are still equal."},
};

std::unique_ptr<Reward> containsFrom(std::string_view, RewardOptionReader& options,
                                     const RewardServices&) {
    ContainsOptions out;
    out.comparison = readTextComparison(options);
    options.read("whole_words", out.wholeWords);
    const std::string mode = options.text("mode");
    out.mode = mode == "any"   ? ContainsMode::Any
               : mode == "all" ? ContainsMode::All
                               : ContainsMode::Share;
    return makeContainsReward(out);
}

std::unique_ptr<Reward> numberMatchFrom(std::string_view, RewardOptionReader& options,
                                        const RewardServices&) {
    NumberOptions out;
    out.decimalComma = options.text("decimal") == "comma";
    options.read("tolerance", out.tolerance);
    const std::string mode = options.text("mode");
    out.mode = mode == "f1" ? NumberMode::F1 : mode == "all" ? NumberMode::All : NumberMode::Last;
    return makeNumberMatchReward(out);
}

} // namespace

std::span<const RewardInfo> matchRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "contains",
                   .description = "One where a reference occurs in the answer.",
                   .options = kContains,
                   .make = containsFrom},
        RewardInfo{
            .name = "number_match",
            .description =
                "How many numbers, written with digits, answer and reference have in common.",
            .options = kNumberMatch,
            .make = numberMatchFrom},
    };
    return kRewards;
}

} // namespace viva
