// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/bootstrap.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace viva {
namespace {

void requireInRange(const BootstrapOptions& options) {
    if (options.resamples < 1)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("bootstrap: {} resamples; at least 1 is needed", options.resamples));
    if (!(options.confidence > 0.0 && options.confidence < 1.0))
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("bootstrap: confidence {} is not between 0 and 1", options.confidence));
}

/// Calls fn(indices) once for each resample.
template<typename Function>
void eachResample(std::size_t count, const BootstrapOptions& options, Function&& fn) {
    Rng rng(options.seed, "bootstrap");
    std::vector<std::size_t> items(count);
    for (int i = 0; i < options.resamples; ++i) {
        for (std::size_t& item : items)
            item = static_cast<std::size_t>(rng.below(count));
        fn(std::span<const std::size_t>(items));
    }
}

/// Value at share `share` of the sorted values, between neighbours in proportion.
double quantile(const std::vector<double>& sorted, double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return sorted[below] + part * (sorted[above] - sorted[below]);
}

ConfidenceInterval percentiles(std::vector<double> values, double confidence) {
    std::sort(values.begin(), values.end());
    const double tail = (1.0 - confidence) / 2.0;
    return {quantile(values, tail), quantile(values, 1.0 - tail)};
}

std::vector<std::size_t> allItems(std::size_t count) {
    std::vector<std::size_t> items(count);
    std::iota(items.begin(), items.end(), std::size_t{0});
    return items;
}

} // namespace

ConfidenceInterval bootstrapInterval(std::size_t count, const ItemStatistic& statistic,
                                     const BootstrapOptions& options) {
    requireInRange(options);
    if (count == 0)
        return {};
    std::vector<double> values;
    eachResample(count, options,
                 [&](std::span<const std::size_t> items) { values.push_back(statistic(items)); });
    return percentiles(std::move(values), options.confidence);
}

PairedComparison comparePaired(std::size_t count, const ItemStatistic& first,
                               const ItemStatistic& second, const BootstrapOptions& options) {
    requireInRange(options);
    PairedComparison out;
    if (count == 0)
        return out;
    const std::vector<std::size_t> all = allItems(count);
    out.first = first(all);
    out.second = second(all);
    out.difference = out.second - out.first;
    std::vector<double> differences;
    eachResample(count, options, [&](std::span<const std::size_t> items) {
        differences.push_back(second(items) - first(items));
    });
    const double mean = std::accumulate(differences.begin(), differences.end(), 0.0) /
                        static_cast<double>(differences.size());
    const auto asLarge = std::count_if(differences.begin(), differences.end(), [&](double value) {
        return std::abs(value - mean) >= std::abs(out.difference);
    });
    out.pValue = static_cast<double>(asLarge + 1) / static_cast<double>(differences.size() + 1);
    out.interval = percentiles(std::move(differences), options.confidence);
    return out;
}

} // namespace viva
