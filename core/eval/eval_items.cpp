// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/eval_items.h"

#include <map>

namespace viva {
namespace {

/// Appends what `split` has; an empty name stands for every split.
void addItems(const Dataset& dataset, std::size_t mostPerSplit, const std::string& split,
              std::vector<EvalItem>& items) {
    std::map<std::string, std::size_t> taken;
    for (const Example& example : dataset.examples()) {
        const Utterance& utterance = dataset.utterance(example);
        if (!split.empty() && utterance.split != split)
            continue;
        if (mostPerSplit == 0 || taken[utterance.split]++ < mostPerSplit)
            items.push_back({dataset.question(example), utterance.split, utterance.voice});
    }
}

} // namespace

std::vector<EvalItem> evalItems(const Dataset& dataset, std::size_t mostPerSplit,
                                const std::vector<std::string>& splits) {
    std::vector<EvalItem> items;
    if (splits.empty())
        addItems(dataset, mostPerSplit, {}, items);
    for (const std::string& split : splits)
        addItems(dataset, mostPerSplit, split, items);
    return items;
}

} // namespace viva
