// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/frame/header_line.h"

#include "ui/models/format.h"
#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/number_label.h"

#include <QHBoxLayout>
#include <QLabel>

namespace viva {

namespace {

QColor stateColor(RunState state, const ThemeColors& colors) {
    switch (state) {
    case RunState::Running:
    case RunState::Finished:
        return colors.up;
    case RunState::Failed:
        return colors.down;
    case RunState::Paused:
        return colors.kl;
    case RunState::Preparing:
    case RunState::Evaluating:
    case RunState::Stopping:
        return colors.accent;
    case RunState::Idle:
    case RunState::Stopped:
        return colors.neutral;
    }
    return colors.neutral;
}

} // namespace

HeaderLine::HeaderLine(QWidget* parent)
    : QFrame(parent), m_place(new QLabel(this)), m_run(new QLabel(this)), m_dot(new QLabel(this)),
      m_state(new QLabel(this)), m_step(new NumberLabel(this)), m_left(new NumberLabel(this)) {
    setProperty("look", "header");
    setFixedHeight(6 * kGrid);
    setTextSize(m_place, TextSize::Heading, QFont::DemiBold);
    m_place->setTextFormat(Qt::RichText);
    m_run->setProperty("look", "muted");
    m_step->setAccessibleName(tr("Step"));
    m_left->setAccessibleName(tr("Time left"));
    m_left->setMuted(true);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, 0, 2 * kGrid, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(m_place);
    layout->addStretch(1);
    layout->addWidget(m_run);
    layout->addSpacing(kGrid);
    layout->addWidget(m_dot);
    layout->addWidget(m_state);
    layout->addWidget(m_step);
    layout->addSpacing(kGrid);
    layout->addWidget(m_left);
    setStatus({});
}

void HeaderLine::setPlace(const QString& project, const QString& page) {
    const ThemeColors& colors = colorsFor(palette());
    m_place->setText(
        QStringLiteral("<span style='color:%1;font-weight:400'>%2&nbsp; &#8250; "
                       "&nbsp;</span>%3")
            .arg(colors.textMuted.name(), project.toHtmlEscaped(), page.toHtmlEscaped()));
    setAccessibleName(tr("%1, page %2").arg(project, page));
}

void HeaderLine::setStatus(const RunStatus& status) {
    const ThemeColors& colors = colorsFor(palette());
    const QString color = stateColor(status.state, colors).name();
    if (color != m_shownColor) {
        m_shownColor = color;
        m_dot->setText(QStringLiteral("<span style='color:%1'>&#9679;</span>").arg(color));
    }
    m_run->setText(status.name.isEmpty() ? QString() : tr("run \"%1\"").arg(status.name));
    m_state->setText(stateWord(status.state));
    const bool counting = status.totalSteps > 0;
    m_step->setVisible(counting);
    m_left->setVisible(counting && status.active());
    if (counting) {
        const QString total = QString::number(status.totalSteps);
        m_step->setWidest(tr("step %1/%2").arg(total, total));
        m_step->setText(tr("step %1/%2").arg(status.step).arg(total));
        m_left->setText(tr("%1 left").arg(formatClock(status.etaSec)));
    }
}

} // namespace viva
