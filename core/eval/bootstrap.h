// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

namespace viva {

struct BootstrapOptions {
    int resamples = 1000;
    double confidence = 0.95; ///< in (0, 1)
    std::uint64_t seed = 1;   ///< the same seed gives the same interval on every machine
};

struct ConfidenceInterval {
    double low = 0;
    double high = 0;
};

/// A figure of the items with these indices; an index may occur several times.
using ItemStatistic = std::function<double(std::span<const std::size_t> items)>;

/// Percentile interval of a statistic over `count` items drawn with replacement.
/// For no items both ends are 0. @throws Error(InvalidArgument) for options out of range.
[[nodiscard]] ConfidenceInterval bootstrapInterval(std::size_t count,
                                                   const ItemStatistic& statistic,
                                                   const BootstrapOptions& options = {});

/// Two systems over the same items.
struct PairedComparison {
    double first = 0;            ///< statistic of the first system on all items
    double second = 0;           ///< of the second
    double difference = 0;       ///< second - first
    ConfidenceInterval interval; ///< of the difference
    /// Two-sided: how often the centred difference of a resample is as large as the one seen, with
    /// one added to both counts, so that it is never 0.
    double pValue = 1;
};

/// Draws the same items for both systems, so that easy and hard items cancel out.
/// @throws Error(InvalidArgument) for options out of range.
[[nodiscard]] PairedComparison comparePaired(std::size_t count, const ItemStatistic& first,
                                             const ItemStatistic& second,
                                             const BootstrapOptions& options = {});

} // namespace viva
