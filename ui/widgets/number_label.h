// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace viva {

/// Text whose digits all have the same width, so that a living number does not dance. Its width
/// only grows, up to what `widest` needs.
class NumberLabel : public QWidget {
    Q_OBJECT
    Q_PROPERTY(QString text READ text WRITE setText)

public:
    explicit NumberLabel(QWidget* parent = nullptr);

    [[nodiscard]] QString text() const { return m_text; }
    void setText(const QString& text);
    /// Keeps room for this text from the beginning.
    void setWidest(const QString& widest);
    void setMuted(bool muted);
    void setAlignment(Qt::Alignment alignment);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] int widthOf(const QString& text) const;

    QString m_text;
    QString m_widest;
    Qt::Alignment m_alignment = Qt::AlignLeft;
    bool m_muted = false;
};

} // namespace viva
