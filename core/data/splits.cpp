// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/splits.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/data/plain_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace viva {
namespace {

/// Clips that must stay together.
struct Bundle {
    std::uint64_t turn = 0; ///< drawn from the seed and the key: where it stands in the order
    std::string key;
    std::vector<std::size_t> members;
    std::string given; ///< the split one of them is in already
};

void check(const std::vector<SplitShare>& shares) {
    if (shares.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "dealSplits: no split is named; give at least one with its share");
    std::set<std::string> names;
    for (const SplitShare& share : shares) {
        if (share.split.empty() || !std::isfinite(share.share) || share.share <= 0)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("dealSplits: the split \"{}\" has a share of {}; give it a "
                                    "name and a share above 0",
                                    share.split, share.share));
        if (!names.insert(share.split).second)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("dealSplits: the split \"{}\" is named twice", share.split));
    }
}

/// What a clip shares with those it must stay with. The first letter keeps the kinds apart.
std::string keyOf(const Utterance& utterance, SplitBy by) {
    if (by == SplitBy::Speaker && !utterance.speaker.empty())
        return "s" + utterance.speaker;
    if (by == SplitBy::Sentence)
        if (const std::string words = plainWords(utterance.text); !words.empty())
            return "w" + words;
    return "c" + (utterance.copyOf.empty() ? utterance.id : utterance.copyOf);
}

std::vector<Bundle> bundlesOf(std::span<const Utterance> utterances, const SplitRequest& request) {
    std::map<std::string, Bundle> found;
    for (std::size_t i = 0; i < utterances.size(); ++i) {
        Bundle& bundle = found[keyOf(utterances[i], request.by)];
        bundle.members.push_back(i);
        // The first name in the alphabet, so that the order of the clips does not matter.
        const std::string& split = utterances[i].split;
        if (request.keepGiven && !split.empty() && (bundle.given.empty() || split < bundle.given))
            bundle.given = split;
    }
    std::vector<Bundle> out;
    for (auto& [key, bundle] : found) {
        bundle.key = key;
        bundle.turn = Rng(request.seed, key).next();
        out.push_back(std::move(bundle));
    }
    // Large bundles first: late ones fill what they leave open.
    std::sort(out.begin(), out.end(), [](const Bundle& one, const Bundle& two) {
        if (one.members.size() != two.members.size())
            return one.members.size() > two.members.size();
        return one.turn != two.turn ? one.turn < two.turn : one.key < two.key;
    });
    return out;
}

} // namespace

std::vector<std::string> dealSplits(std::span<const Utterance> utterances,
                                    const SplitRequest& request) {
    check(request.shares);
    double sum = 0;
    for (const SplitShare& share : request.shares)
        sum += share.share;
    std::vector<double> missing; // clips that each split still lacks
    for (const SplitShare& share : request.shares)
        missing.push_back(share.share / sum * static_cast<double>(utterances.size()));
    std::vector<std::string> out(utterances.size());
    const auto put = [&](const Bundle& bundle, const std::string& split) {
        for (const std::size_t member : bundle.members) {
            const std::string& own = utterances[member].split;
            out[member] = request.keepGiven && !own.empty() ? own : split;
            for (std::size_t i = 0; i < missing.size(); ++i)
                missing[i] -= request.shares[i].split == out[member] ? 1.0 : 0.0;
        }
    };
    const std::vector<Bundle> bundles = bundlesOf(utterances, request);
    for (const Bundle& bundle : bundles)
        if (!bundle.given.empty())
            put(bundle, bundle.given);
    for (const Bundle& bundle : bundles) {
        if (!bundle.given.empty())
            continue;
        const auto most = std::max_element(missing.begin(), missing.end()) - missing.begin();
        put(bundle, request.shares[static_cast<std::size_t>(most)].split);
    }
    return out;
}

} // namespace viva
