// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/frame/run_bar.h"

#include "ui/models/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/number_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

namespace viva {

namespace {

QToolButton* makeControl(const QString& iconName, const QString& name, const QString& tip,
                         QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(themedIcon(iconName));
    button->setIconSize({20, 20});
    button->setAccessibleName(name);
    button->setToolTip(tip);
    button->setFixedSize(32, 32);
    return button;
}

} // namespace

RunBar::RunBar(QWidget* parent)
    : QFrame(parent), m_device(new QLabel(this)), m_progress(new QProgressBar(this)),
      m_percent(new NumberLabel(this)), m_speed(new NumberLabel(this)) {
    setProperty("look", "bar");
    setFixedHeight(6 * kGrid);
    m_device->setProperty("look", "muted");
    m_device->setAccessibleName(tr("Device"));
    m_progress->setTextVisible(false);
    m_progress->setRange(0, 1000);
    m_progress->setMinimumWidth(120);
    m_progress->setMaximumWidth(320);
    m_progress->setAccessibleName(tr("Progress of the run"));
    m_percent->setWidest(formatPercent(1.0));
    m_percent->setAlignment(Qt::AlignRight);
    m_speed->setWidest(tr("%1 steps/s").arg(QStringLiteral("00.0")));
    m_speed->setAlignment(Qt::AlignRight);
    m_speed->setMuted(true);
    m_speed->setAccessibleName(tr("Speed"));
    createControls();

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, 0, 2 * kGrid, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(m_device);
    layout->addStretch(1);
    layout->addWidget(m_progress, 2);
    layout->addWidget(m_percent);
    layout->addSpacing(kGrid);
    layout->addWidget(m_speed);
    layout->addStretch(1);
    for (QWidget* control : {static_cast<QWidget*>(m_start), static_cast<QWidget*>(m_pause),
                             static_cast<QWidget*>(m_step), static_cast<QWidget*>(m_stop)})
        layout->addWidget(control);
    setStatus({});
}

void RunBar::createControls() {
    m_start = new QPushButton(tr("Start"), this);
    m_start->setIcon(themedIcon("play", IconTint::OnAccent));
    m_start->setProperty("look", "primary");
    m_start->setToolTip(tr("Start the run of the Configure page (F5)"));
    m_pause = makeControl("pause", tr("Pause"), tr("Pause after this step (F5)"), this);
    m_step = makeControl("step", tr("One step"), tr("Exactly one step, then pause (F10)"), this);
    m_stop = makeControl("stop", tr("Stop and keep"),
                         tr("Save a checkpoint and stop; the run can be resumed"), this);
    connect(m_start, &QPushButton::clicked, this, &RunBar::startRequested);
    connect(m_step, &QToolButton::clicked, this, &RunBar::stepRequested);
    connect(m_stop, &QToolButton::clicked, this, &RunBar::stopRequested);
    connect(m_pause, &QToolButton::clicked, this, [this] {
        if (m_state == RunState::Paused)
            emit proceedRequested();
        else
            emit pauseRequested();
    });
}

void RunBar::setStatus(const RunStatus& status) {
    const bool firstTime = m_device->text().isEmpty();
    if (firstTime || status.state != m_state) {
        m_state = status.state;
        const bool active = status.active();
        const bool paused = status.state == RunState::Paused;
        m_start->setVisible(!active);
        m_pause->setVisible(active);
        m_stop->setVisible(active);
        m_pause->setIcon(themedIcon(paused ? "play" : "pause"));
        m_pause->setAccessibleName(paused ? tr("Continue") : tr("Pause"));
        m_pause->setToolTip(paused ? tr("Continue (F5)") : tr("Pause after this step (F5)"));
        const bool commands = status.state != RunState::Stopping;
        m_pause->setEnabled(commands);
        m_stop->setEnabled(commands);
        m_step->setEnabled(!active || paused || status.state == RunState::Running);
    }
    QStringList words;
    if (status.device.isEmpty())
        words << tr("No run yet");
    else
        words << status.device << status.dtype;
    words.removeAll(QString());
    if (status.processBytes > 0)
        words << formatBytes(status.processBytes);
    m_device->setText(words.join(QStringLiteral("  \u00B7  ")));
    showProgress(status);
}

void RunBar::showProgress(const RunStatus& status) {
    const bool preparing = status.state == RunState::Preparing ||
                           (status.state == RunState::Evaluating && status.progress >= 0);
    double share = status.totalSteps > 0
                       ? static_cast<double>(status.step) / static_cast<double>(status.totalSteps)
                       : 0;
    if (preparing)
        share = std::max(0.0, status.progress);
    const bool some = status.active() || status.step > 0;
    m_progress->setVisible(some);
    m_percent->setVisible(some);
    m_speed->setVisible(some && (status.active() || status.stepsPerSec > 0));
    m_progress->setValue(static_cast<int>(share * 1000));
    m_percent->setText(formatPercent(share));
    if (preparing && !status.message.isEmpty())
        m_speed->setText(status.message);
    else
        m_speed->setText(tr("%1 steps/s").arg(QString::number(status.stepsPerSec, 'f', 1)));
}

} // namespace viva
