// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/side_panel.h"

#include "ui/models/configure/config_form.h"
#include "ui/models/configure/objective_formula.h"
#include "ui/models/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QEvent>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace viva {

SidePanel::SidePanel(ConfigForm& form, QWidget* parent)
    : QWidget(parent), m_form(form), m_tabs(new QTabWidget(this)), m_sentence(new QLabel(this)),
      m_start(new QPushButton(themedIcon("play", IconTint::OnAccent), tr("Start"), this)) {
    auto* inside = new QWidget(this);
    inside->setProperty("look", "page");
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, kGrid, 0, 0);
    column->setSpacing(kGrid);
    m_formula = addCard(*column, tr("Objective"));
    m_cost = addCard(*column, tr("What it will cost"));
    m_problems = addCard(*column, tr("To look at"));
    m_model = addCard(*column, tr("Model"));
    m_memory = addCard(*column, tr("Where the memory will go"));
    m_changes = addCard(*column, tr("Changed against the preset"));
    column->addStretch(1);
    auto* area = new QScrollArea(this);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(inside);

    m_start->setProperty("look", "primary");
    m_start->setMinimumHeight(5 * kGrid);
    m_sentence->setWordWrap(true);
    m_sentence->setAlignment(Qt::AlignCenter);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->addTab(area, tr("Overview"));
    layout->addWidget(m_tabs, 1);
    layout->addWidget(m_sentence);
    layout->addWidget(m_start);
    connect(m_start, &QPushButton::clicked, this, &SidePanel::startRequested);
    connect(&form, &ConfigForm::checked, this, &SidePanel::update);
    update();
}

void SidePanel::addTab(QWidget* tab, const QString& title) {
    m_tabs->addTab(tab, title);
}

void SidePanel::showTab(QWidget* tab) {
    m_tabs->setCurrentWidget(tab);
}

QLabel* SidePanel::addCard(QVBoxLayout& column, const QString& title) {
    auto* card = new QFrame(this);
    card->setProperty("look", "card");
    auto* heading = new QLabel(title, card);
    setTextSize(heading, TextSize::Body, QFont::DemiBold);
    auto* text = new QLabel(card);
    text->setTextFormat(Qt::RichText);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextBrowserInteraction);
    text->setAccessibleName(title);
    connect(text, &QLabel::linkActivated, this, &SidePanel::fieldRequested);
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(2 * kGrid, 12, 2 * kGrid, 12);
    layout->setSpacing(kGrid);
    layout->addWidget(heading);
    layout->addWidget(text);
    column.addWidget(card);
    return text;
}

void SidePanel::setMeasured(const MeasuredSpeed& measured) {
    m_measured = measured;
    update();
}

void SidePanel::setModel(const ModelView& model) {
    m_modelView = model;
    update();
}

QString SidePanel::modelText() const {
    return m_model->text();
}

QString SidePanel::memoryText() const {
    return m_memory->text();
}

void SidePanel::setRunActive(bool active) {
    m_active = active;
    update();
}

QString SidePanel::startText() const {
    return m_sentence->text();
}

QString SidePanel::costText() const {
    const TrainConfig& config = m_form.config();
    const RunEstimate estimate = estimateRun(config, m_measured);
    const auto row = [](const QString& what, const QString& value) {
        return QStringLiteral("<tr><td>%1</td><td align='right'>&nbsp;&nbsp;<b>%2</b></td></tr>")
            .arg(what, value);
    };
    QString html = QStringLiteral("<table width='100%'>");
    const QString answers = config.objective == Objective::Sft
                                ? QString::number(estimate.answersPerStep)
                                : QStringLiteral("%1 &times; %2 = %3")
                                      .arg(config.promptsPerStep)
                                      .arg(config.samplesPerGroup())
                                      .arg(estimate.answersPerStep);
    html += row(config.objective == Objective::Sft ? tr("Examples a step") : tr("Answers a step"),
                answers);
    html += row(tr("Tokens a step, at most"), QString::number(estimate.tokensPerStepAtMost));
    html += row(tr("A step"), estimate.stepSec > 0
                                  ? tr("about %1 s").arg(formatNumber(estimate.stepSec, 2))
                                  : tr("known after a run"));
    html +=
        row(tr("The run"), estimate.runSec > 0 ? tr("about %1").arg(formatDuration(estimate.runSec))
                                               : tr("known after a run"));
    return html + QStringLiteral("</table>");
}

QString SidePanel::changesText() const {
    const auto changes = m_form.changes();
    const QString muted = colorsFor(palette()).textMuted.name();
    if (changes.empty())
        return QStringLiteral("<span style='color:%1'>%2</span>")
            .arg(
                muted,
                tr("Nothing: this is the preset \"%1\".").arg(m_form.presetName().toHtmlEscaped()));
    QString html;
    for (const ConfigForm::Change& change : changes) {
        html += QStringLiteral("<div><a href='%1' style='text-decoration:none'>%2</a> &nbsp;"
                               "<span style='color:%3'>%4 &rarr;</span> <b>%5</b></div>")
                    .arg(QString::fromStdString(change.key), change.label.toHtmlEscaped(), muted,
                         change.before.isEmpty() ? tr("empty") : change.before.toHtmlEscaped(),
                         change.now.isEmpty() ? tr("empty") : change.now.toHtmlEscaped());
    }
    return html;
}

QString SidePanel::problemsText() const {
    const ThemeColors& colors = colorsFor(palette());
    QString html;
    for (const ConfigProblem& problem : m_form.problems()) {
        const QColor color = problem.fatal ? colors.errorText : colors.warningText;
        html += QStringLiteral("<div style='margin-bottom:4px'><a href='%1' style='color:%2;"
                               "text-decoration:none'>%3</a></div>")
                    .arg(QString::fromStdString(problem.key), color.name(),
                         QString::fromStdString(problem.message).toHtmlEscaped());
    }
    return html;
}

void SidePanel::update() {
    const TrainConfig& config = m_form.config();
    QString formula = objectiveFormula(config, colorsFor(palette()));
    for (const QString& note : objectiveNotes(config))
        formula += QStringLiteral("<div style='color:%1'>%2</div>")
                       .arg(colorsFor(palette()).textMuted.name(), note.toHtmlEscaped());
    m_formula->setText(formula);
    m_cost->setText(costText());
    m_changes->setText(changesText());
    m_model->setText(modelCardText(m_modelView, colorsFor(palette())));
    const QString memory = viva::memoryText(m_modelView, config, colorsFor(palette()));
    m_memory->setText(memory);
    m_memory->parentWidget()->setVisible(!memory.isEmpty());
    const QString problems = problemsText();
    m_problems->setText(problems);
    m_problems->parentWidget()->setVisible(!problems.isEmpty());
    m_start->setEnabled(m_form.canStart() && !m_active);
    if (m_active)
        m_sentence->setText(tr("A run is at work; its controls are in the bar below."));
    else if (!m_form.canStart())
        m_sentence->setText(tr("This cannot run yet: see what is marked."));
    else
        m_sentence->setText(startSentence(config, estimateRun(config, m_measured)));
    m_start->setAccessibleDescription(m_sentence->text());
}

void SidePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_formula)
        update();
}

} // namespace viva
