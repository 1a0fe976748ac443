// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme_colors.h"

#include <QObject>

class QApplication;
class QDBusVariant;

namespace viva {

enum class ThemeMode { System, Light, Dark };

/// Gives the application its style, font, palette and style sheet, and follows the desktop's light
/// or dark preference until a mode is set. Lives on the GUI thread; made once by the composition
/// root.
class Theme : public QObject {
    Q_OBJECT

public:
    explicit Theme(QApplication& application, QObject* parent = nullptr);

    [[nodiscard]] ThemeMode mode() const { return m_mode; }
    [[nodiscard]] bool isDark() const;
    void setMode(ThemeMode mode);

signals:
    void modeChanged(viva::ThemeMode mode);

private slots:
    void onPortalSettingChanged(const QString& space, const QString& key,
                                const QDBusVariant& value);

private:
    void apply();
    void askDesktop();
    void setSystemDark(bool dark);

    QApplication& m_application;
    ThemeMode m_mode = ThemeMode::System;
    bool m_systemDark = false;
};

} // namespace viva
