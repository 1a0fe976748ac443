// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/chart_toolbar.h"

#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/number_label.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QToolButton>

namespace viva {

namespace {

QToolButton* makeTool(const QString& iconName, const QString& word, const QString& tip,
                      QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(themedIcon(iconName));
    button->setIconSize({18, 18});
    button->setText(word);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setToolTip(tip);
    return button;
}

} // namespace

ChartToolbar::ChartToolbar(QWidget* parent) : QWidget(parent) {
    createFields();
    createButtons();
    auto* smoothingLabel = new QLabel(tr("&Smoothing"), this);
    smoothingLabel->setBuddy(m_smoothing);
    auto* xLabel = new QLabel(tr("&x axis"), this);
    xLabel->setBuddy(m_x);
    for (QLabel* label : {smoothingLabel, xLabel})
        label->setProperty("look", "muted");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(smoothingLabel);
    layout->addWidget(m_smoothing);
    layout->addWidget(m_strength);
    layout->addSpacing(kGrid);
    layout->addWidget(xLabel);
    layout->addWidget(m_x);
    layout->addSpacing(kGrid);
    layout->addWidget(m_log);
    layout->addSpacing(kGrid);
    layout->addWidget(m_follow);
    layout->addStretch(1);
    layout->addWidget(m_csv);
    layout->addWidget(m_png);
    layout->addWidget(m_latest);
}

void ChartToolbar::createFields() {
    m_smoothing = new QSlider(Qt::Horizontal, this);
    m_smoothing->setRange(0, 99);
    m_smoothing->setValue(60);
    m_smoothing->setFixedWidth(120);
    m_smoothing->setAccessibleName(tr("Smoothing"));
    m_smoothing->setToolTip(tr("Exponential moving average; the raw curve stays behind it"));
    m_strength = new NumberLabel(this);
    m_strength->setWidest("0.00");
    m_strength->setText(QString::number(smoothing(), 'f', 2));
    connect(m_smoothing, &QSlider::valueChanged, this, [this] {
        m_strength->setText(QString::number(smoothing(), 'f', 2));
        emit viewChanged();
    });
    m_x = new QComboBox(this);
    m_x->addItem(tr("step"), static_cast<int>(XKind::Step));
    m_x->addItem(tr("time (s)"), static_cast<int>(XKind::Time));
    m_x->addItem(tr("tokens"), static_cast<int>(XKind::Tokens));
    m_x->addItem(tr("samples"), static_cast<int>(XKind::Samples));
    m_x->setAccessibleName(tr("x axis"));
    connect(m_x, &QComboBox::currentIndexChanged, this, &ChartToolbar::viewChanged);
    m_log = new QCheckBox(tr("&Log y"), this);
    m_log->setToolTip(tr("Logarithmic y axes; values at or below 0 are left out"));
    connect(m_log, &QCheckBox::toggled, this, &ChartToolbar::viewChanged);
}

void ChartToolbar::createButtons() {
    m_follow = makeTool("follow", tr("Follow"),
                        tr("Keep the newest step in view. Zooming or dragging holds your range; "
                           "a double click or Home goes back."),
                        this);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    connect(m_follow, &QToolButton::toggled, this, &ChartToolbar::followingChanged);
    m_csv = makeTool("table", tr("CSV"), tr("Save all curves as a CSV file"), this);
    m_png = makeTool("image", tr("PNG"), tr("Save the charts as a picture"), this);
    m_latest = new QPushButton(tr("Latest group"), this);
    m_latest->setToolTip(tr("The answers of the newest step, on the Groups page"));
    m_latest->setEnabled(false);
    connect(m_csv, &QToolButton::clicked, this, &ChartToolbar::csvRequested);
    connect(m_png, &QToolButton::clicked, this, &ChartToolbar::pngRequested);
    connect(m_latest, &QPushButton::clicked, this, &ChartToolbar::latestGroupRequested);
}

double ChartToolbar::smoothing() const {
    return m_smoothing->value() / 100.0;
}

XKind ChartToolbar::xKind() const {
    return static_cast<XKind>(m_x->currentData().toInt());
}

bool ChartToolbar::logY() const {
    return m_log->isChecked();
}

bool ChartToolbar::following() const {
    return m_follow->isChecked();
}

void ChartToolbar::setFollowing(bool on) {
    m_follow->setChecked(on);
}

void ChartToolbar::setLatestStep(qint64 step) {
    m_latest->setEnabled(step > 0);
}

} // namespace viva
