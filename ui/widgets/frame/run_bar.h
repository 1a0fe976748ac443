// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/run_service.h"

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace viva {

class NumberLabel;

/// The bar at the foot of every page: the device, how far the run is and how fast, and its
/// controls.
class RunBar : public QFrame {
    Q_OBJECT

public:
    explicit RunBar(QWidget* parent = nullptr);

    void setStatus(const RunStatus& status);

signals:
    void startRequested();
    void pauseRequested();
    void proceedRequested();
    void stepRequested();
    void stopRequested();

private:
    void createControls();
    void showProgress(const RunStatus& status);

    QLabel* m_device = nullptr;
    QProgressBar* m_progress = nullptr;
    NumberLabel* m_percent = nullptr;
    NumberLabel* m_speed = nullptr;
    QPushButton* m_start = nullptr;
    QToolButton* m_pause = nullptr;
    QToolButton* m_step = nullptr;
    QToolButton* m_stop = nullptr;
    RunState m_state = RunState::Idle;
};

} // namespace viva
