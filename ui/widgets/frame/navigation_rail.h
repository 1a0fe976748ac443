// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>

class QButtonGroup;
class QToolButton;
class QVBoxLayout;

namespace viva {

/// The slim rail on the left: one icon and word a page, settings at the foot.
class NavigationRail : public QFrame {
    Q_OBJECT

public:
    explicit NavigationRail(QWidget* parent = nullptr);

    /// Adds a page below the others; its index is the order of adding.
    void addPage(const QString& iconName, const QString& word, const QString& tooltip);
    void setCurrent(int index);
    [[nodiscard]] QToolButton* settingsButton() const { return m_settings; }

signals:
    void pageChosen(int index);

private:
    QToolButton* makeButton(const QString& iconName, const QString& word);

    QButtonGroup* m_group = nullptr;
    QVBoxLayout* m_pages = nullptr;
    QToolButton* m_settings = nullptr;
};

} // namespace viva
