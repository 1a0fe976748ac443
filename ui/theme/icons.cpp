// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include "ui/theme/theme_colors.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

namespace viva {

namespace {

QColor tintColor(IconTint tint, QIcon::Mode mode, QIcon::State state) {
    const ThemeColors& colors = colorsFor(QGuiApplication::palette());
    if (mode == QIcon::Disabled) {
        QColor faded = colors.textMuted;
        faded.setAlphaF(0.45F);
        return faded;
    }
    if (state == QIcon::On && tint != IconTint::OnAccent)
        return colors.accent;
    switch (tint) {
    case IconTint::Text:
        return colors.text;
    case IconTint::Muted:
        return mode == QIcon::Active ? colors.text : colors.textMuted;
    case IconTint::Accent:
        return colors.accent;
    case IconTint::OnAccent:
        return colors.onAccent;
    }
    return colors.text;
}

class ThemedIconEngine final : public QIconEngine {
public:
    ThemedIconEngine(QString name, IconTint tint) : m_name(std::move(name)), m_tint(tint) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode,
               QIcon::State state) override {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        painter->drawPixmap(
            rect, tintedPixmap(m_name, rect.size(), tintColor(m_tint, mode, state), ratio));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return tintedPixmap(m_name, size, tintColor(m_tint, mode, state), 1.0);
    }

    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state,
                         qreal scale) override {
        return tintedPixmap(m_name, size / scale, tintColor(m_tint, mode, state), scale);
    }

    QIconEngine* clone() const override { return new ThemedIconEngine(m_name, m_tint); }

private:
    QString m_name;
    IconTint m_tint;
};

} // namespace

QPixmap tintedPixmap(const QString& name, const QSize& size, const QColor& color,
                     qreal pixelRatio) {
    const QString key = QStringLiteral("viva:%1:%2x%3:%4:%5")
                            .arg(name)
                            .arg(size.width())
                            .arg(size.height())
                            .arg(color.name(QColor::HexArgb))
                            .arg(pixelRatio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArray svg = file.readAll();
    svg.replace("currentColor", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    pixmap = QPixmap(size * pixelRatio);
    pixmap.setDevicePixelRatio(pixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setOpacity(color.alphaF());
    renderer.render(&painter, QRectF(QPointF(0, 0), QSizeF(size)));
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

QIcon themedIcon(const QString& name, IconTint tint) {
    return QIcon(new ThemedIconEngine(name, tint));
}

} // namespace viva
