// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/run_service.h"

#include <QFrame>

class QLabel;

namespace viva {

class NumberLabel;

/// The line on top of every page: project and page, the run, its state, step and time left.
class HeaderLine : public QFrame {
    Q_OBJECT

public:
    explicit HeaderLine(QWidget* parent = nullptr);

    void setPlace(const QString& project, const QString& page);
    void setStatus(const RunStatus& status);

private:
    QLabel* m_place = nullptr;
    QLabel* m_run = nullptr;
    QLabel* m_dot = nullptr;
    QLabel* m_state = nullptr;
    NumberLabel* m_step = nullptr;
    NumberLabel* m_left = nullptr;
    RunState m_shownState = RunState::Idle;
    QString m_shownColor;
};

} // namespace viva
