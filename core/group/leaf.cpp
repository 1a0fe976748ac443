// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/leaf.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace viva {
namespace {

using Answers = std::vector<LeafAnswer>;

struct Node {
    std::int64_t boundary = 0;
    double value = 0; ///< mean reward of its answers
    double answers = 0;
};

void requireSurprisals(const Answers& answers) {
    for (const auto& answer : answers)
        if (answer.tokenIds.size() != answer.surprisals.size())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("leafAdvantages: an answer has {} tokens and {} surprisals",
                                    answer.tokenIds.size(), answer.surprisals.size()));
}

std::vector<std::int64_t> boundaries(const Answers& answers, const LeafConfig& config) {
    struct Candidate {
        double surprisal;
        std::int64_t position;
    };
    std::vector<Candidate> candidates;
    auto shortest = static_cast<std::int64_t>(answers.front().tokenIds.size());
    for (const auto& answer : answers) {
        const auto length = static_cast<std::int64_t>(answer.tokenIds.size());
        shortest = std::min(shortest, length);
        for (auto p = std::max<std::int64_t>(config.minPrefixTokens, 1); p < length; ++p)
            candidates.push_back({answer.surprisals[static_cast<std::size_t>(p)], p});
    }
    std::ranges::stable_sort(candidates, std::ranges::greater(), &Candidate::surprisal);
    const std::int64_t apart =
        std::max<std::int64_t>(2, shortest / (std::max(config.numForks, 1) + 1));
    std::vector<std::int64_t> forks;
    for (const auto& [surprisal, position] : candidates) {
        if (static_cast<int>(forks.size()) >= config.numForks)
            break;
        const auto free = [&, p = position](std::int64_t fork) {
            return std::abs(p - fork) >= apart;
        };
        if (std::ranges::all_of(forks, free))
            forks.push_back(position);
    }
    std::ranges::sort(forks);
    return forks;
}

/// The nodes each answer passes, from the root on.
std::vector<std::vector<Node>> pathsOf(const Answers& answers,
                                       const std::vector<std::int64_t>& forks) {
    std::vector<std::vector<Node>> paths(answers.size());
    for (const auto fork : forks) {
        std::map<std::vector<std::int64_t>, std::vector<std::size_t>> byPrefix;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const auto& ids = answers[i].tokenIds;
            const auto length = std::min<std::size_t>(ids.size(), static_cast<std::size_t>(fork));
            byPrefix[{ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(length)}].push_back(i);
        }
        for (const auto& [prefix, members] : byPrefix) {
            if (members.size() < 2)
                continue;
            Node node{fork, 0, static_cast<double>(members.size())};
            for (const auto member : members)
                node.value += answers[member].reward;
            node.value /= node.answers;
            for (const auto member : members)
                paths[member].push_back(node);
        }
    }
    return paths;
}

double credit(double global, double local, LeafTerms terms) {
    if (terms == LeafTerms::Global)
        return global;
    return terms == LeafTerms::Local ? local : global + local;
}

LeafResult spansOf(const Answers& answers, const LeafConfig& config) {
    LeafResult result;
    if (answers.empty())
        return result;
    result.forks = boundaries(answers, config);
    double root = 0;
    for (const auto& answer : answers)
        root += answer.reward;
    root /= static_cast<double>(answers.size());
    const auto paths = pathsOf(answers, result.forks);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        auto& spans = result.spans.emplace_back();
        std::int64_t begin = 0;
        double parent = root;
        for (const auto& node : paths[i]) {
            const double value = credit(node.value - root, node.value - parent, config.terms);
            spans.push_back({begin, node.boundary, value / std::sqrt(node.answers)});
            begin = node.boundary;
            parent = node.value;
        }
        const auto length = static_cast<std::int64_t>(answers[i].tokenIds.size());
        const double reward = answers[i].reward;
        if (begin < length)
            spans.push_back({begin, length, credit(reward - root, reward - parent, config.terms)});
    }
    return result;
}

/// To mean 0 and deviation 1 over all spans of these prompts.
void standardise(std::span<LeafResult> results, double epsilon) {
    double sum = 0;
    double count = 0;
    const auto each = [&](auto&& visit) {
        for (auto& result : results)
            for (auto& spans : result.spans)
                for (auto& span : spans)
                    visit(span);
    };
    each([&](const LeafSpan& span) {
        sum += span.advantage;
        ++count;
    });
    if (count == 0)
        return;
    const double mean = sum / count;
    double squares = 0;
    each([&](const LeafSpan& span) { squares += std::pow(span.advantage - mean, 2); });
    const double deviation = std::max(epsilon, std::sqrt(squares / std::max(count - 1, 1.0)));
    each([&](LeafSpan& span) { span.advantage = (span.advantage - mean) / deviation; });
}

} // namespace

std::vector<LeafResult> leafAdvantages(std::span<const std::vector<LeafAnswer>> prompts,
                                       const LeafConfig& config) {
    std::vector<LeafResult> results;
    results.reserve(prompts.size());
    for (const auto& answers : prompts) {
        requireSurprisals(answers);
        results.push_back(spansOf(answers, config));
        if (config.scope == LeafScope::Prompt)
            standardise(std::span(results).last(1), config.zscoreEpsilon);
    }
    if (config.scope == LeafScope::Batch)
        standardise(results, config.zscoreEpsilon);
    return results;
}

} // namespace viva
