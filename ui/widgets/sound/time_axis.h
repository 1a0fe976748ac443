// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cmath>

namespace viva {

/// A step of 1, 2 or 5 times a power of ten that leaves at least `pixels` between marks.
[[nodiscard]] inline double niceStep(double perPixel, double pixels) {
    const double raw = perPixel * pixels;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (power * factor >= raw)
            return power * factor;
    return power * 10.0;
}

/// "12.5 s", from a minute on "3:05", from an hour on "1:02:03"; digits as the step needs them.
[[nodiscard]] inline QString timeText(double seconds, double step) {
    const int digits = step >= 1 ? 0 : static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
    if (seconds < 60)
        return QStringLiteral("%1 s").arg(seconds, 0, 'f', digits);
    const auto minutes = static_cast<int>(seconds / 60);
    const QString rest = QStringLiteral("%1").arg(
        seconds - 60.0 * minutes, digits > 0 ? digits + 3 : 2, 'f', digits, QLatin1Char('0'));
    if (minutes < 60)
        return QStringLiteral("%1:%2").arg(minutes).arg(rest);
    return QStringLiteral("%1:%2:%3")
        .arg(minutes / 60)
        .arg(minutes % 60, 2, 10, QLatin1Char('0'))
        .arg(rest);
}

} // namespace viva
