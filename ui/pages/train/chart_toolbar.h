// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runs/run_history.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QPushButton;
class QSlider;
class QToolButton;

namespace viva {

class NumberLabel;

/// The line below the charts: how they are looked at, and what can be taken out of them.
class ChartToolbar : public QWidget {
    Q_OBJECT

public:
    explicit ChartToolbar(QWidget* parent = nullptr);

    [[nodiscard]] double smoothing() const;
    [[nodiscard]] XKind xKind() const;
    [[nodiscard]] bool logY() const;
    [[nodiscard]] bool following() const;
    void setFollowing(bool on);
    void setLatestStep(qint64 step);

signals:
    void viewChanged();
    void followingChanged(bool on);
    void csvRequested();
    void pngRequested();
    void latestGroupRequested();

private:
    void createFields();
    void createButtons();

    QSlider* m_smoothing = nullptr;
    NumberLabel* m_strength = nullptr;
    QComboBox* m_x = nullptr;
    QCheckBox* m_log = nullptr;
    QToolButton* m_follow = nullptr;
    QToolButton* m_csv = nullptr;
    QToolButton* m_png = nullptr;
    QPushButton* m_latest = nullptr;
};

} // namespace viva
