// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRgb>

#include <algorithm>
#include <array>

namespace viva {

/// Dark to bright with rising energy, 0 to 1; readable in print (perceptually even, after the
/// "magma" idea: dark violet over red to pale yellow).
[[nodiscard]] inline QRgb heatColor(double value) {
    struct Stop {
        double at, red, green, blue;
    };
    static constexpr std::array<Stop, 5> kStops{{{0.0, 8, 6, 28},
                                                 {0.3, 80, 22, 110},
                                                 {0.6, 200, 60, 90},
                                                 {0.85, 250, 160, 90},
                                                 {1.0, 252, 246, 200}}};
    const double v = std::clamp(value, 0.0, 1.0);
    std::size_t i = 1;
    while (i + 1 < kStops.size() && kStops[i].at < v)
        ++i;
    const Stop& a = kStops[i - 1];
    const Stop& b = kStops[i];
    const double part = (v - a.at) / (b.at - a.at);
    const auto mix = [part](double x, double y) { return static_cast<int>(x + part * (y - x)); };
    return qRgb(mix(a.red, b.red), mix(a.green, b.green), mix(a.blue, b.blue));
}

} // namespace viva
