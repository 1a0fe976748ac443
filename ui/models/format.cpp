// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/format.h"

#include <QObject>

#include <cmath>

namespace viva {

namespace {
const QChar kThinSpace(0x202F); // narrow, does not break

/// "5e-6", "1.9e-4": no zeros that say nothing.
QString scientific(double value, int decimals) {
    const QStringList parts = QString::number(value, 'e', decimals).split('e');
    QString mantissa = parts[0];
    if (mantissa.contains('.')) {
        while (mantissa.endsWith('0'))
            mantissa.chop(1);
        if (mantissa.endsWith('.'))
            mantissa.chop(1);
    }
    return mantissa + 'e' + QString::number(parts[1].toInt());
}
} // namespace

QString formatClock(double seconds) {
    if (!(seconds >= 0) || !std::isfinite(seconds))
        return QStringLiteral("--:--");
    const auto total = static_cast<qint64>(std::llround(seconds));
    const qint64 hours = total / 3600;
    const QString minutes = QString::number(total / 60 % 60).rightJustified(2, '0');
    const QString rest = QString::number(total % 60).rightJustified(2, '0');
    if (hours > 0)
        return QStringLiteral("%1:%2:%3").arg(hours).arg(minutes, rest);
    return minutes + ':' + rest;
}

QString formatDuration(double seconds) {
    if (!(seconds >= 0) || !std::isfinite(seconds))
        return QObject::tr("an unknown time");
    if (seconds < 90)
        return QObject::tr("%1 s").arg(std::max<qint64>(1, std::llround(seconds)));
    if (seconds < 5400)
        return QObject::tr("%1 min").arg(std::llround(seconds / 60));
    const qint64 minutes = std::llround(seconds / 60);
    if (minutes % 60 == 0)
        return QObject::tr("%1 h").arg(minutes / 60);
    return QObject::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString formatNumber(double value, int digits) {
    if (std::isnan(value))
        return QStringLiteral("n/a");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
    const double size = std::abs(value);
    if (size == 0)
        return QStringLiteral("0");
    if (size < 1e-3 || size >= 1e6)
        return scientific(value, std::max(0, digits - 2));
    const int before = size >= 1 ? static_cast<int>(std::floor(std::log10(size))) + 1 : 1;
    return QString::number(value, 'f', std::max(0, digits - before + (size < 1 ? 1 : 0)));
}

QString formatBytes(std::int64_t bytes) {
    const auto size = static_cast<double>(bytes);
    if (size >= 1e9)
        return QString::number(size / 1e9, 'f', 1) + kThinSpace + QStringLiteral("GB");
    if (size >= 1e6)
        return QString::number(size / 1e6, 'f', 0) + kThinSpace + QStringLiteral("MB");
    return QString::number(size / 1e3, 'f', 0) + kThinSpace + QStringLiteral("kB");
}

QString formatPercent(double share) {
    return QString::number(std::llround(share * 100)) + kThinSpace + '%';
}

QString taskWord(const std::string& task) {
    if (task == "sqa")
        return QObject::tr("Spoken question");
    if (task == "ast")
        return QObject::tr("Translation");
    return task == "asr" ? QObject::tr("Transcript") : QString::fromStdString(task);
}

} // namespace viva
