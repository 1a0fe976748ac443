// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/form_view.h"

#include "ui/models/configure/config_form.h"
#include "ui/models/format.h"
#include "ui/pages/configure/option_field.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/fold_section.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

namespace viva {

namespace {

constexpr int kColumns = 2;

QStringList groupsInOrder() {
    QStringList groups;
    for (const TrainOption& option : trainOptions()) {
        const QString group = fromView(option.group);
        if (!groups.contains(group))
            groups << group;
    }
    return groups;
}

} // namespace

FormView::FormView(ConfigForm& form, QWidget* parent) : QWidget(parent), m_form(form) {
    setProperty("look", "page");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, kGrid, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(createCommon());
    createGroups(*layout);
    layout->addStretch(1);
    connect(&form, &ConfigForm::allChanged, this, [this] {
        for (OptionField* field : std::as_const(m_fields))
            field->readForm();
    });
    connect(&form, &ConfigForm::fieldChanged, this, [this](const QString& key) {
        // The rewards' rows would be made anew under the hand that edits them.
        if (key != QLatin1String("rewards") && m_fields.contains(key))
            m_fields[key]->readForm();
    });
    connect(&form, &ConfigForm::checked, this, &FormView::updateStates);
    updateStates();
}

QWidget* FormView::createCommon() {
    auto* card = new QFrame(this);
    card->setProperty("look", "card");
    auto* title = new QLabel(tr("Essentials"), card);
    setTextSize(title, TextSize::Body, QFont::DemiBold);
    QList<const TrainOption*> common;
    for (const TrainOption& option : trainOptions()) {
        if (option.common)
            common << &option;
    }
    auto* layout = new QVBoxLayout(card);
    layout->setContentsMargins(2 * kGrid, 12, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(12);
    layout->addWidget(title);
    layout->addWidget(makeGrid(common));
    return card;
}

void FormView::createGroups(QVBoxLayout& layout) {
    for (const QString& group : groupsInOrder()) {
        QList<const TrainOption*> rest;
        for (const TrainOption& option : trainOptions()) {
            if (!option.common && fromView(option.group) == group)
                rest << &option;
        }
        if (rest.isEmpty())
            continue;
        auto* card = new QFrame(this);
        card->setProperty("look", "card");
        QWidget* grid = makeGrid(rest);
        grid->setContentsMargins(kGrid, kHalfGrid, kGrid, kGrid);
        auto* section = new FoldSection(group, grid, card);
        auto* inside = new QVBoxLayout(card);
        inside->setContentsMargins(kGrid, kHalfGrid, kGrid, kHalfGrid);
        inside->addWidget(section);
        m_sections[group] = section;
        layout.addWidget(card);
    }
}

QWidget* FormView::makeGrid(const QList<const TrainOption*>& options) {
    auto* grid = new QWidget(this);
    auto* layout = new QGridLayout(grid);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setHorizontalSpacing(3 * kGrid);
    layout->setVerticalSpacing(12);
    int place = 0;
    OptionField* rewards = nullptr;
    for (const TrainOption* option : options) {
        auto* field = new OptionField(*option, m_form, grid);
        m_fields[fromView(option->key)] = field;
        connect(field, &OptionField::browseRequested, this, &FormView::modelRequested);
        if (option->key == "rewards") {
            rewards = field; // its rows need the whole width
            continue;
        }
        layout->addWidget(field, place / kColumns, place % kColumns);
        ++place;
    }
    if (rewards)
        layout->addWidget(rewards, (place + kColumns - 1) / kColumns, 0, 1, kColumns);
    for (int column = 0; column < kColumns; ++column)
        layout->setColumnStretch(column, 1);
    return grid;
}

void FormView::updateStates() {
    for (OptionField* field : std::as_const(m_fields))
        field->showState();
    updateNotes();
}

void FormView::updateNotes() {
    QMap<QString, int> hidden;
    QMap<QString, int> changed;
    QMap<QString, int> wrong;
    for (const TrainOption& option : trainOptions()) {
        if (option.common)
            continue;
        const QString group = fromView(option.group);
        ++hidden[group];
        changed[group] += m_form.isChanged(option.key) ? 1 : 0;
        wrong[group] += m_form.problem(option.key).isEmpty() ? 0 : 1;
    }
    for (auto section = m_sections.cbegin(); section != m_sections.cend(); ++section) {
        QStringList words{tr("%1 more").arg(hidden.value(section.key()))};
        if (const int count = changed.value(section.key()))
            words << tr("%1 changed").arg(count);
        if (const int count = wrong.value(section.key()))
            words << tr("%1 to look at").arg(count);
        section.value()->setNote(words.join(QStringLiteral("  \u00B7  ")));
    }
}

void FormView::showField(const QString& key) {
    OptionField* field = m_fields.value(key);
    if (!field)
        return;
    const QString group = fromView(field->option().group);
    if (!field->option().common && m_sections.contains(group))
        m_sections[group]->setOpen(true);
    field->focusEditor();
    for (QWidget* ancestor = parentWidget(); ancestor; ancestor = ancestor->parentWidget()) {
        if (auto* area = qobject_cast<QScrollArea*>(ancestor)) {
            area->ensureWidgetVisible(field);
            return;
        }
    }
}

} // namespace viva
