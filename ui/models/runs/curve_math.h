// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace viva {

struct CurvePoint {
    double x = 0;
    double y = 0;

    bool operator==(const CurvePoint&) const = default;
};

/// Exponential moving average without the pull towards 0 at the beginning; NaN stays NaN and does
/// not enter. `strength` in [0, 1): 0 leaves the values as they are.
/// @source Kingma and Ba, arXiv 1412.6980, section 3 (bias correction)
[[nodiscard]] std::vector<double> smoothed(std::span<const double> values, double strength);

/// The points of [low, high] (and one neighbour on each side) for a chart `columns` pixels wide: of
/// each pixel's points the first, least, greatest and last, so that no spike is lost. NaN is left
/// out.
[[nodiscard]] std::vector<CurvePoint> decimated(std::span<const double> x,
                                                std::span<const double> y, double low, double high,
                                                int columns);

struct AxisRange {
    double low = 0;
    double high = 1;
    bool any = false;
};
/// Least and greatest finite y of the points within [low, high].
[[nodiscard]] AxisRange valueRange(std::span<const CurvePoint> points, double low, double high);

/// The range a y axis shows for these values: a margin around them, never of no height.
[[nodiscard]] AxisRange paddedRange(const AxisRange& values);

/// The next range of an axis on its way to `wanted`: it grows at once, so that nothing is cut, and
/// shrinks by `pace` of the difference, so that nothing jumps.
[[nodiscard]] AxisRange easedRange(const AxisRange& shown, const AxisRange& wanted, double pace);

} // namespace viva
