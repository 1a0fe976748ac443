// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"

#include <cstddef>
#include <string>
#include <vector>

namespace viva {

/// One question of an evaluation and where it belongs.
struct EvalItem {
    Question question;
    std::string split; ///< "validation", "test"
    std::string voice;
};

/// The first `mostPerSplit` questions of each split (0 = all) in the data set's order; with
/// `splits` only those, one split after the other.
[[nodiscard]] std::vector<EvalItem> evalItems(const Dataset& dataset, std::size_t mostPerSplit = 0,
                                              const std::vector<std::string>& splits = {});

} // namespace viva
