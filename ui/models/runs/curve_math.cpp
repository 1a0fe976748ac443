// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/curve_math.h"

#include <algorithm>
#include <cmath>

namespace viva {

namespace {

/// What is kept of the points that fall into one pixel.
struct Bucket {
    std::size_t first = 0;
    std::size_t least = 0;
    std::size_t greatest = 0;
    std::size_t last = 0;

    void appendTo(std::vector<CurvePoint>& out, std::span<const double> x,
                  std::span<const double> y) const {
        std::size_t rows[] = {first, least, greatest, last};
        std::sort(std::begin(rows), std::end(rows));
        const auto end = std::unique(std::begin(rows), std::end(rows));
        std::for_each(std::begin(rows), end, [&](std::size_t row) {
            out.push_back({x[row], y[row]});
        });
    }
};

} // namespace

std::vector<double> smoothed(std::span<const double> values, double strength) {
    std::vector<double> out(values.begin(), values.end());
    if (strength <= 0)
        return out;
    const double keep = std::min(strength, 0.999);
    double average = 0;
    double weight = 0;
    for (double& value : out) {
        if (!std::isfinite(value))
            continue;
        average = keep * average + (1 - keep) * value;
        weight = keep * weight + (1 - keep);
        value = average / weight;
    }
    return out;
}

std::vector<CurvePoint> decimated(std::span<const double> x, std::span<const double> y, double low,
                                  double high, int columns) {
    std::vector<CurvePoint> out;
    const std::size_t count = std::min(x.size(), y.size());
    if (count == 0 || columns <= 0 || !(high > low))
        return out;
    auto begin = static_cast<std::size_t>(
        std::lower_bound(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(count), low) -
        x.begin());
    auto end = static_cast<std::size_t>(
        std::upper_bound(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(count), high) -
        x.begin());
    begin = begin > 0 ? begin - 1 : 0;
    end = std::min(end + 1, count);
    const double perColumn = (high - low) / columns;
    Bucket bucket;
    double column = 0;
    bool open = false;
    for (std::size_t row = begin; row < end; ++row) {
        if (std::isnan(y[row]))
            continue;
        const double here = std::floor((x[row] - low) / perColumn);
        if (open && here == column) {
            bucket.last = row;
            bucket.least = y[row] < y[bucket.least] ? row : bucket.least;
            bucket.greatest = y[row] > y[bucket.greatest] ? row : bucket.greatest;
            continue;
        }
        if (open)
            bucket.appendTo(out, x, y);
        bucket = {row, row, row, row};
        column = here;
        open = true;
    }
    if (open)
        bucket.appendTo(out, x, y);
    return out;
}

AxisRange valueRange(std::span<const CurvePoint> points, double low, double high) {
    AxisRange range;
    for (const CurvePoint& point : points) {
        if (point.x < low || point.x > high || !std::isfinite(point.y))
            continue;
        range.low = range.any ? std::min(range.low, point.y) : point.y;
        range.high = range.any ? std::max(range.high, point.y) : point.y;
        range.any = true;
    }
    return range;
}

AxisRange paddedRange(const AxisRange& values) {
    constexpr double kNothing = 1e-9; // what rounding leaves of a zero
    if (!values.any)
        return {0, 1, false};
    const double magnitude = std::max(std::abs(values.low), std::abs(values.high));
    if (magnitude < kNothing)
        return {0, 1, true};
    // Curves that hardly move are not blown up to noise.
    const double size = values.high - values.low;
    const double margin = size < 0.05 * magnitude ? 0.25 * magnitude : 0.08 * size;
    AxisRange padded{values.low - margin, values.high + margin, true};
    // Quantities that cannot be negative keep their zero when it is near.
    if (values.low >= 0 && padded.low < 0.15 * values.high)
        padded.low = 0;
    return padded;
}

AxisRange easedRange(const AxisRange& shown, const AxisRange& wanted, double pace) {
    if (!wanted.any || !shown.any)
        return wanted;
    AxisRange next = wanted;
    if (wanted.low > shown.low)
        next.low = shown.low + (wanted.low - shown.low) * pace;
    if (wanted.high < shown.high)
        next.high = shown.high + (wanted.high - shown.high) * pace;
    return next;
}

} // namespace viva
