// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include <cstdint>
#include <string>
#include <string_view>

namespace viva {

/// "02:11", "1:02:11"; "--:--" for an unknown (negative) time.
[[nodiscard]] QString formatClock(double seconds);
/// "20 s", "2 min", "1 h 5 min": for sentences.
[[nodiscard]] QString formatDuration(double seconds);
/// Significant digits without noise: "0.412", "12.5", "1.3e-05".
[[nodiscard]] QString formatNumber(double value, int digits = 3);
/// "0.9 GB", "12 MB".
[[nodiscard]] QString formatBytes(std::int64_t bytes);
/// "48 %".
[[nodiscard]] QString formatPercent(double share);
/// A task in words: "Spoken question" for "sqa"; a name of the user's own stays as it is.
[[nodiscard]] QString taskWord(const std::string& task);
[[nodiscard]] inline QString fromView(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}
/// For sentences made outside a QObject.
[[nodiscard]] inline QString tr(const char* text) {
    return QObject::tr(text);
}

} // namespace viva
