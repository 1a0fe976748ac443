// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/length_shaping.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <set>
#include <vector>

namespace viva {

double softOverlongPunishment(std::int64_t tokens, std::int64_t maxCompletionLength,
                              std::int64_t cache) {
    if (cache < 0 || cache > maxCompletionLength)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("soft_punish_cache is {} and max_completion_length {}: the cache "
                                "must lie between 0 and that length",
                                cache, maxCompletionLength));
    const std::int64_t free = maxCompletionLength - cache;
    if (tokens <= free)
        return 0;
    if (tokens > maxCompletionLength)
        return -1;
    return static_cast<double>(free - tokens) / static_cast<double>(cache);
}

double tokenRepetitionPenalty(std::span<const std::int64_t> tokenIds, int n, double maxPenalty) {
    if (n < 1 || maxPenalty > 0)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("repetition penalty: ngram_size is {} and max_penalty {}; they "
                                "must be at least 1 and at most 0",
                                n, maxPenalty));
    const auto width = static_cast<std::size_t>(n);
    if (tokenIds.size() < width)
        return 0;
    std::set<std::vector<std::int64_t>> different;
    const std::size_t total = tokenIds.size() - width + 1;
    for (std::size_t at = 0; at < total; ++at) {
        const auto gram = tokenIds.subspan(at, width);
        different.emplace(gram.begin(), gram.end());
    }
    const double share = 1.0 - static_cast<double>(different.size()) / static_cast<double>(total);
    return share * maxPenalty;
}

} // namespace viva
