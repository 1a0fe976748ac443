// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/option_field.h"

#include "ui/models/configure/config_form.h"
#include "ui/models/format.h"
#include "ui/pages/configure/calm.h"
#include "ui/pages/configure/reward_editor.h"
#include "ui/theme/type_scale.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QStyle>
#include <QVBoxLayout>

#include <limits>

namespace viva {

namespace {

QString symbolText(std::string_view symbol) {
    const std::pair<std::string_view, QString> greek[] = {
        {"beta", QStringLiteral("\u03B2")},
        {"epsilon", QStringLiteral("\u03B5")},
        {"epsilon_high", QStringLiteral("\u03B5 high")},
        {"mu", QStringLiteral("\u03BC")},
        {"rho", QStringLiteral("\u03C1")},
        {"delta", QStringLiteral("\u03B4")},
        {"gamma", QStringLiteral("\u03B3")},
        {"tau", QStringLiteral("\u03C4")},
        {"lambda", QStringLiteral("\u03BB")},
        {"alpha", QStringLiteral("\u03B1")},
        {"eps", QStringLiteral("\u03B5\u2090")},
        {"beta_1", QStringLiteral("\u03B2\u2081")},
        {"beta_2", QStringLiteral("\u03B2\u2082")},
        {"std", QStringLiteral("\u03C3")}};
    for (const auto& [name, letter] : greek) {
        if (symbol == name)
            return letter;
    }
    return fromView(symbol);
}

} // namespace

QString OptionField::explanation(const TrainOption& option) {
    QString html = QStringLiteral("<p style='white-space:normal'><b>%1</b>")
                       .arg(fromView(option.label).toHtmlEscaped());
    if (!option.symbol.empty())
        html += QStringLiteral(" &nbsp;<i>%1</i>").arg(symbolText(option.symbol).toHtmlEscaped());
    html += QStringLiteral("<br>%1</p>").arg(fromView(option.effect).toHtmlEscaped());
    if (!option.formula.empty())
        html +=
            QStringLiteral("<p><code>%1</code></p>").arg(fromView(option.formula).toHtmlEscaped());
    const QString name =
        option.trlName.empty()
            ? tr("in files: %1").arg(fromView(option.key))
            : tr("TRL: %1 \u00B7 in files: %2").arg(fromView(option.trlName), fromView(option.key));
    html += QStringLiteral("<p>%1<br>%2</p>")
                .arg(name.toHtmlEscaped(), fromView(option.source).toHtmlEscaped());
    return html;
}

OptionField::OptionField(const TrainOption& option, ConfigForm& form, QWidget* parent)
    : QWidget(parent), m_option(option), m_form(form), m_problem(new QLabel(this)) {
    setToolTip(explanation(option));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    QWidget* heading = createHeading();
    m_editor = createEditor();
    m_editor->setAccessibleName(fromView(option.label));
    m_editor->setAccessibleDescription(fromView(option.effect));
    m_label->setBuddy(m_editor);
    m_problem->setWordWrap(true);
    m_problem->hide();
    setTextSize(m_problem, TextSize::Caption);
    layout->addWidget(heading);
    if (option.key == "model")
        layout->addLayout(createModelLine());
    else
        layout->addWidget(m_editor);
    layout->addWidget(m_problem);
    layout->addStretch(1);
    readForm();
    showState();
}

QWidget* OptionField::createHeading() {
    auto* heading = new QWidget(this);
    m_label = new QLabel(fromView(m_option.label), heading);
    auto* row = new QHBoxLayout(heading);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_label);
    if (!m_option.symbol.empty()) {
        auto* symbol = new QLabel(symbolText(m_option.symbol), heading);
        symbol->setProperty("look", "chip");
        setTextSize(symbol, TextSize::Caption);
        row->addWidget(symbol);
    }
    row->addStretch(1);
    if (!m_option.unit.empty()) {
        auto* unit = new QLabel(fromView(m_option.unit), heading);
        unit->setProperty("look", "muted");
        setTextSize(unit, TextSize::Caption);
        row->addWidget(unit);
    }
    return heading;
}

QHBoxLayout* OptionField::createModelLine() {
    auto* open = new QPushButton(tr("Open folder\u2026"), this);
    open->setObjectName(QStringLiteral("openModel"));
    open->setToolTip(tr("Open a Granite Speech checkpoint (Ctrl+O)"));
    m_editor->ensurePolished();
    open->setFixedHeight(m_editor->sizeHint().height()); // the rows stay even
    connect(open, &QPushButton::clicked, this, &OptionField::browseRequested);
    auto* line = new QHBoxLayout;
    line->setSpacing(kHalfGrid);
    line->addWidget(m_editor, 1, Qt::AlignTop);
    line->addWidget(open, 0, Qt::AlignTop);
    return line;
}

QWidget* OptionField::createEditor() {
    if (m_option.key == "rewards")
        return new RewardEditor(m_form, this);
    if (m_option.key == "data.manifest")
        return createData();
    switch (m_option.kind) {
    case OptionKind::Integer:
        return createNumber();
    case OptionKind::Boolean:
        return createSwitch();
    case OptionKind::Choice:
        return createChoice();
    case OptionKind::Real:
    case OptionKind::Text:
        return createText();
    }
    return createText();
}

QWidget* OptionField::createNumber() {
    if (m_option.maximum > std::numeric_limits<int>::max())
        return createText();
    auto* field = new Calm<QSpinBox>(this);
    // Wider than allowed, so that a wrong number is explained instead of silently changed.
    field->setRange(std::min(0, static_cast<int>(m_option.minimum) - 1),
                    static_cast<int>(std::min(m_option.maximum * 2 + 10, 2e9)));
    connect(field, &QSpinBox::valueChanged, this,
            [this](int value) { write(QString::number(value)); });
    return field;
}

QWidget* OptionField::createChoice() {
    auto* field = new Calm<QComboBox>(this);
    for (std::size_t i = 0; i < m_option.choices.size(); ++i) {
        field->addItem(fromView(m_option.choices[i]));
        field->setItemData(static_cast<int>(i), fromView(m_option.choiceWords[i]), Qt::ToolTipRole);
    }
    connect(field, &QComboBox::currentTextChanged, this,
            [this](const QString& text) { write(text); });
    return field;
}

QWidget* OptionField::createData() {
    auto* field = new Calm<QComboBox>(this);
    field->setEditable(true);
    field->setInsertPolicy(QComboBox::NoInsert);
    field->addItem(tr("Built-in demo"), QStringLiteral("demo"));
    field->addItem(tr("This project's clips"), QStringLiteral("project"));
    field->lineEdit()->setPlaceholderText(tr("or a manifest.jsonl"));
    connect(field, &QComboBox::activated, this,
            [this, field](int index) { write(field->itemData(index).toString()); });
    connect(field->lineEdit(), &QLineEdit::textEdited, this,
            [this](const QString& text) { write(text); });
    return field;
}

QWidget* OptionField::createSwitch() {
    auto* field = new QCheckBox(tr("on"), this);
    connect(field, &QCheckBox::toggled, this,
            [this](bool on) { write(on ? QStringLiteral("true") : QStringLiteral("false")); });
    return field;
}

QWidget* OptionField::createText() {
    auto* field = new QLineEdit(this);
    connect(field, &QLineEdit::textEdited, this, [this](const QString& text) { write(text); });
    return field;
}

void OptionField::write(const QString& text) {
    if (m_reading)
        return;
    m_writing = true; // "0." is 0 and would lose its point if it were read back
    m_form.setText(m_option.key, text);
    m_writing = false;
}

void OptionField::readForm() {
    if (m_writing)
        return;
    m_reading = true;
    const QString text = m_form.text(m_option.key);
    if (auto* spin = qobject_cast<QSpinBox*>(m_editor))
        spin->setValue(text.toInt());
    else if (auto* combo = qobject_cast<QComboBox*>(m_editor); combo && combo->isEditable()) {
        combo->setCurrentIndex(combo->findData(text));
        if (combo->currentIndex() < 0)
            combo->setEditText(text);
    } else if (combo)
        combo->setCurrentText(text);
    else if (auto* box = qobject_cast<QCheckBox*>(m_editor))
        box->setChecked(text == QLatin1String("true"));
    else if (auto* line = qobject_cast<QLineEdit*>(m_editor)) {
        if (line->text() != text)
            line->setText(text);
    } else if (auto* rewards = qobject_cast<RewardEditor*>(m_editor))
        rewards->readForm();
    m_reading = false;
}

void OptionField::setEditorFlag(const char* name, bool on) {
    if (m_editor->property(name).toBool() == on)
        return;
    m_editor->setProperty(name, on);
    m_editor->style()->unpolish(m_editor);
    m_editor->style()->polish(m_editor);
}

void OptionField::showState() {
    const QString sentence = m_form.problem(m_option.key);
    const bool fatal = m_form.isFatal(m_option.key);
    if (sentence != m_problem->text()) {
        m_problem->setText(sentence);
        m_problem->setVisible(!sentence.isEmpty());
        m_problem->setProperty("look", fatal ? "errorText" : "warningText");
        m_problem->style()->unpolish(m_problem);
        m_problem->style()->polish(m_problem);
    }
    setEditorFlag("problem", fatal);
    QFont font = m_label->font();
    font.setWeight(m_form.isChanged(m_option.key) ? QFont::DemiBold : QFont::Normal);
    m_label->setFont(font);
}

void OptionField::focusEditor() {
    m_editor->setFocus(Qt::ShortcutFocusReason);
}

} // namespace viva
