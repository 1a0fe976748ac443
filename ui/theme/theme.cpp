// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/theme.h"

#include "ui/theme/style.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/type_scale.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

#include <optional>

static void initResources() {
    Q_INIT_RESOURCE(resources);
}

namespace viva {

namespace {

constexpr const char* kPortalService = "org.freedesktop.portal.Desktop";
constexpr const char* kPortalPath = "/org/freedesktop/portal/desktop";
constexpr const char* kPortalInterface = "org.freedesktop.portal.Settings";
constexpr const char* kAppearance = "org.freedesktop.appearance";
constexpr const char* kColorScheme = "color-scheme";

/// The portal wraps the value in one or two variants, by version.
std::optional<bool> darkFrom(QVariant value) {
    while (value.canConvert<QDBusVariant>())
        value = value.value<QDBusVariant>().variant();
    if (!value.canConvert<uint>())
        return std::nullopt;
    return value.toUInt() == 1;
}

} // namespace

Theme::Theme(QApplication& application, QObject* parent)
    : QObject(parent), m_application(application) {
    initResources();
    m_systemDark = application.palette().color(QPalette::Window).lightnessF() < 0.5;
    QApplication::setFont(applicationFont(QApplication::font()));
    QApplication::setStyle(new Style());
    apply();
    askDesktop();
}

bool Theme::isDark() const {
    return m_mode == ThemeMode::Dark || (m_mode == ThemeMode::System && m_systemDark);
}

void Theme::setMode(ThemeMode mode) {
    if (mode == m_mode)
        return;
    m_mode = mode;
    apply();
    emit modeChanged(mode);
}

void Theme::apply() {
    const ThemeColors& colors = isDark() ? darkColors() : lightColors();
    QApplication::setPalette(paletteOf(colors));
    m_application.setStyleSheet(styleSheetOf(colors));
}

void Theme::askDesktop() {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(kPortalService, kPortalPath, kPortalInterface, "SettingChanged", this,
                SLOT(onPortalSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage question =
        QDBusMessage::createMethodCall(kPortalService, kPortalPath, kPortalInterface, "Read");
    question << QString(kAppearance) << QString(kColorScheme);
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(question, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this,
            [this](QDBusPendingCallWatcher* answered) {
                const QDBusPendingReply<QDBusVariant> reply = *answered;
                if (!reply.isError()) {
                    if (const auto dark = darkFrom(reply.value().variant()))
                        setSystemDark(*dark);
                }
                answered->deleteLater();
            });
}

void Theme::onPortalSettingChanged(const QString& space, const QString& key,
                                   const QDBusVariant& value) {
    if (space != kAppearance || key != kColorScheme)
        return;
    if (const auto dark = darkFrom(value.variant()))
        setSystemDark(*dark);
}

void Theme::setSystemDark(bool dark) {
    if (dark == m_systemDark)
        return;
    m_systemDark = dark;
    if (m_mode == ThemeMode::System) {
        apply();
        emit modeChanged(m_mode);
    }
}

} // namespace viva
