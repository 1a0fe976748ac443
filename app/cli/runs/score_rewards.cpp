// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/score_rewards.h"

#include "core/base/error.h"
#include "core/group/advantages.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace viva {
namespace {

/// Parts of a text between commas that stand outside braces and quotes.
std::vector<std::string> splitOutsideBraces(const std::string& text) {
    std::vector<std::string> out(1);
    int depth = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted && c == '\\' && i + 1 < text.size()) {
            out.back().push_back(c);
            out.back().push_back(text[++i]);
            continue;
        }
        if (c == '"')
            quoted = !quoted && depth > 0;
        else if (!quoted)
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (c == ',' && depth == 0 && !quoted)
            out.emplace_back();
        else
            out.back().push_back(c);
    }
    return out;
}

double weightOf(const std::string& text, const std::string& spec) {
    double weight = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(weight))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("--reward {}: \"{}\" is neither a weight nor options in braces; "
                                "write name, name:0.7 or name:{{\"option\": value}}",
                                spec, text));
    return weight;
}

RewardSpec parseScoreReward(const std::string& text) {
    RewardSpec out;
    const std::size_t brace = text.find('{');
    std::string head = text.substr(0, brace);
    out.optionsJson = brace == std::string::npos ? std::string() : text.substr(brace);
    if (!out.optionsJson.empty() && head.ends_with(':'))
        head.pop_back();
    const std::size_t colon = head.find(':');
    out.name = head.substr(0, colon);
    if (colon != std::string::npos)
        out.weight = weightOf(head.substr(colon + 1), text);
    return out;
}

} // namespace

std::vector<RewardSpec> parseScoreRewards(const std::vector<std::string>& texts) {
    std::vector<RewardSpec> out;
    for (const std::string& text : texts)
        for (const std::string& spec : splitOutsideBraces(text))
            out.push_back(parseScoreReward(spec));
    return out;
}

ScoreResults scoreItems(const RewardMix& mix, const ScoreItems& items) {
    ScoreResults out;
    out.byReward = mix.scoresOf(items.answers, items.references);
    std::vector<RewardedText> texts(items.answers.size());
    for (const RewardScores& scores : out.byReward)
        addScores(texts, scores, false);
    for (const RewardedText& text : texts)
        out.totals.push_back(text.total);
    if (items.groupSizes.empty())
        return out;
    std::vector<std::vector<double>> groups;
    auto next = out.totals.begin();
    for (const std::size_t size : items.groupSizes) {
        groups.emplace_back(next, next + static_cast<std::ptrdiff_t>(size));
        next += static_cast<std::ptrdiff_t>(size);
    }
    for (const GroupAdvantages& group : computeAdvantages(groups, AdvantageConfig{}))
        out.advantages.insert(out.advantages.end(), group.advantages.begin(),
                              group.advantages.end());
    return out;
}

std::string partsText(const RewardBreakdown& breakdown) {
    std::string out;
    for (const auto& [name, value] : breakdown.parts)
        out += fmt::format("{}{} {:.4g}", out.empty() ? "" : ", ", name, value);
    return out;
}

} // namespace viva
