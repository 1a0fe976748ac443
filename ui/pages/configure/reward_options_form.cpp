// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/reward_options_form.h"

#include "ui/models/format.h"
#include "ui/pages/configure/calm.h"
#include "ui/theme/type_scale.h"

#include <nlohmann/json.hpp>

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace viva {

namespace {

using Json = nlohmann::json;

constexpr int kOptionColumns = 2;
constexpr std::string_view kFormulaKey = "expression";

QString explanation(const RewardOption& option) {
    QString html = QStringLiteral("<qt><b>%1</b><br>%2<br>%3</qt>")
                       .arg(fromView(option.key), fromView(option.effect).toHtmlEscaped(),
                            QString::fromStdString(rewardOptionValues(option)).toHtmlEscaped());
    if (!option.standard.empty())
        html.replace(QLatin1String("</qt>"), RewardOptionsForm::tr(" (%1 when left out)</qt>")
                                                 .arg(fromView(option.standard).toHtmlEscaped()));
    return html;
}

/// The JSON of a typed text; null where it cannot be read.
Json jsonOf(const RewardOption& option, const QString& text) {
    bool fits = false;
    switch (option.kind) {
    case RewardOptionKind::Switch:
        return text == QLatin1String("true");
    case RewardOptionKind::Whole: {
        const qint64 value = QLocale::c().toLongLong(text, &fits);
        return fits ? Json(value) : Json();
    }
    case RewardOptionKind::Real: {
        const double value = QLocale::c().toDouble(text, &fits);
        return fits ? Json(value) : Json();
    }
    case RewardOptionKind::Object: {
        Json value = Json::parse(text.toStdString(), nullptr, false);
        return value.is_object() ? value : Json();
    }
    case RewardOptionKind::Choice:
    case RewardOptionKind::Text:
    case RewardOptionKind::Folder:
        break;
    }
    return text.toStdString();
}

QString textOf(const Json& value) {
    if (value.is_string())
        return QString::fromStdString(value.get<std::string>());
    if (value.is_number_float())
        return QString::number(value.get<double>(), 'g', 12);
    return QString::fromStdString(value.dump());
}

} // namespace

RewardOptionsForm::RewardOptionsForm(QWidget* parent) : QFrame(parent) {
    setObjectName(QStringLiteral("rewardOptionsForm"));
    setProperty("look", "inset");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, kGrid, 12, kGrid);
}

void RewardOptionsForm::showOptions(const std::string& reward, const std::string& optionsJson) {
    Json options = Json::parse(optionsJson, nullptr, false);
    if (!options.is_object())
        options = Json::object();
    if (reward != m_reward) {
        m_reward = reward;
        m_fields.clear();
        delete findChild<QWidget*>(QStringLiteral("fields"), Qt::FindDirectChildrenOnly);
        auto* fields = new QWidget(this);
        fields->setObjectName(QStringLiteral("fields"));
        auto* grid = new QGridLayout(fields);
        grid->setContentsMargins(0, 0, 0, 0);
        grid->setHorizontalSpacing(3 * kGrid);
        grid->setVerticalSpacing(kGrid);
        for (int column = 0; column < kOptionColumns; ++column)
            grid->setColumnStretch(column, 1);
        if (const RewardInfo* info = findReward(reward)) {
            for (const RewardOption& option : info->options) {
                if (option.key != kFormulaKey)
                    addField(*grid, option, static_cast<int>(m_fields.size()));
            }
        }
        layout()->addWidget(fields);
    }
    fill(options);
}

void RewardOptionsForm::addField(QGridLayout& grid, const RewardOption& option, int place) {
    auto* cell = new QWidget(grid.parentWidget());
    auto* label = new QLabel(fromView(option.key), cell);
    QWidget* editor = makeEditor(option);
    label->setBuddy(editor);
    editor->setObjectName(fromView(option.key));
    editor->setAccessibleName(fromView(option.key));
    editor->setAccessibleDescription(fromView(option.effect));
    cell->setToolTip(explanation(option));
    auto* column = new QVBoxLayout(cell);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(3);
    column->addWidget(label);
    column->addWidget(option.kind == RewardOptionKind::Folder ? makeFolderLine(editor) : editor);
    column->addStretch(1);
    grid.addWidget(cell, place / kOptionColumns, place % kOptionColumns);
    m_fields.append({&option, editor});
}

QWidget* RewardOptionsForm::makeEditor(const RewardOption& option) {
    if (option.kind == RewardOptionKind::Switch) {
        auto* box = new QCheckBox(tr("on"), this);
        connect(box, &QCheckBox::toggled, this, &RewardOptionsForm::edited);
        return box;
    }
    if (option.kind == RewardOptionKind::Choice) {
        auto* choice = new Calm<QComboBox>(this);
        choice->addItems(fromView(option.values).split('|'));
        connect(choice, &QComboBox::currentTextChanged, this, &RewardOptionsForm::edited);
        return choice;
    }
    auto* line = new QLineEdit(this);
    line->setPlaceholderText(fromView(option.standard.empty() ? option.values : option.standard));
    connect(line, &QLineEdit::textEdited, this, &RewardOptionsForm::edited);
    return line;
}

QWidget* RewardOptionsForm::makeFolderLine(QWidget* editor) {
    auto* holder = new QWidget(this);
    auto* open = new QPushButton(tr("Open\u2026"), holder);
    open->setToolTip(tr("Choose a folder"));
    editor->ensurePolished();
    open->setFixedHeight(editor->sizeHint().height());
    auto* row = new QHBoxLayout(holder);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kHalfGrid);
    row->addWidget(editor, 1);
    row->addWidget(open);
    auto* line = qobject_cast<QLineEdit*>(editor);
    connect(open, &QPushButton::clicked, this, [this, line] {
        const QString folder =
            QFileDialog::getExistingDirectory(this, tr("Choose a folder"), line->text());
        if (folder.isEmpty())
            return;
        line->setText(folder);
        emit edited();
    });
    return holder;
}

void RewardOptionsForm::fill(const Json& options) {
    for (const Field& field : std::as_const(m_fields)) {
        const QSignalBlocker quiet(field.editor);
        const std::string key(field.option->key);
        const bool given = options.contains(key) && !options[key].is_null();
        const QString text = given ? textOf(options[key]) : fromView(field.option->standard);
        if (auto* box = qobject_cast<QCheckBox*>(field.editor))
            box->setChecked(text == QLatin1String("true"));
        else if (auto* choice = qobject_cast<QComboBox*>(field.editor))
            choice->setCurrentText(text);
        else if (auto* line = qobject_cast<QLineEdit*>(field.editor)) {
            // An empty field is a default, and the default stands in it in grey.
            if (const QString shown = given ? text : QString(); line->text() != shown)
                line->setText(shown);
        }
    }
}

QString RewardOptionsForm::valueOf(const Field& field) const {
    if (const auto* box = qobject_cast<QCheckBox*>(field.editor))
        return box->isChecked() ? QStringLiteral("true") : QStringLiteral("false");
    if (const auto* choice = qobject_cast<QComboBox*>(field.editor))
        return choice->currentText();
    const auto* line = qobject_cast<QLineEdit*>(field.editor);
    // White space may belong to a pattern.
    return field.option->kind == RewardOptionKind::Text ? line->text() : line->text().trimmed();
}

bool RewardOptionsForm::isStandard(const Field& field) const {
    const QString value = valueOf(field);
    return value.isEmpty() || value == fromView(field.option->standard);
}

std::string RewardOptionsForm::optionsJson() const {
    Json options = Json::object();
    for (const Field& field : m_fields) {
        if (isStandard(field))
            continue;
        if (Json value = jsonOf(*field.option, valueOf(field)); !value.is_null())
            options[std::string(field.option->key)] = std::move(value);
    }
    return options.dump(-1, ' ', false, Json::error_handler_t::replace);
}

QString RewardOptionsForm::problem() const {
    for (const Field& field : m_fields) {
        if (!isStandard(field) && jsonOf(*field.option, valueOf(field)).is_null())
            return tr("%1: %2 \"%3\" cannot be read; write %4")
                .arg(QString::fromStdString(m_reward), fromView(field.option->key), valueOf(field),
                     QString::fromStdString(rewardOptionValues(*field.option)));
    }
    return {};
}

QString RewardOptionsForm::summary() const {
    QStringList words;
    for (const Field& field : m_fields) {
        if (isStandard(field))
            continue;
        const QString key = fromView(field.option->key);
        const QString value = field.option->kind == RewardOptionKind::Folder
                                  ? QFileInfo(valueOf(field)).fileName()
                                  : valueOf(field);
        if (field.option->kind == RewardOptionKind::Switch)
            words << (value == QLatin1String("true") ? key : tr("no %1").arg(key));
        else
            words << key + u' ' + value;
    }
    return words.join(QStringLiteral(", "));
}

void RewardOptionsForm::focusFirst() {
    if (!m_fields.isEmpty())
        m_fields.first().editor->setFocus(Qt::OtherFocusReason);
}

} // namespace viva
