// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/leaks.h"

#include "core/data/plain_words.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace viva {
namespace {

void findIn(const std::vector<Utterance>& utterances, const std::string& reason,
            std::string (*keyOf)(const Utterance&), std::vector<SplitLeak>& leaks) {
    // Key to the first utterance of each split that has it.
    std::map<std::string, std::map<std::string, std::string>> seen;
    for (const Utterance& utterance : utterances) {
        const std::string key = keyOf(utterance);
        if (key.empty())
            continue;
        auto& splits = seen[key];
        if (!splits.emplace(utterance.split, utterance.id).second)
            continue;
        for (const auto& [split, id] : splits)
            if (split != utterance.split)
                leaks.push_back({reason, id, utterance.id, split, utterance.split});
    }
}

} // namespace

std::vector<SplitLeak> findSplitLeaks(const std::vector<Utterance>& utterances) {
    std::vector<SplitLeak> leaks;
    findIn(
        utterances, "sentence", [](const Utterance& u) { return plainWords(u.text); }, leaks);
    findIn(
        utterances, "audio", [](const Utterance& u) { return u.sha256; }, leaks);
    return leaks;
}

std::vector<std::string> sharedSpeakers(const std::vector<Utterance>& utterances,
                                        const std::string& heldOut) {
    std::set<std::string> inside;
    std::set<std::string> outside;
    for (const Utterance& utterance : utterances)
        if (!utterance.speaker.empty())
            (utterance.split == heldOut ? inside : outside).insert(utterance.speaker);
    std::vector<std::string> shared;
    std::set_intersection(inside.begin(), inside.end(), outside.begin(), outside.end(),
                          std::back_inserter(shared));
    return shared;
}

} // namespace viva
