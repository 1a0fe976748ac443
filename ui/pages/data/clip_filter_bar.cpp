// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip_filter_bar.h"

#include "ui/models/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/filter_button.h"

#include <QBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>

namespace viva {
namespace {

constexpr int kSearchPauseMs = 60;

std::vector<FilterButton::Choice> choicesOf(const std::vector<ClipFacet>& facets,
                                            const QString& none, bool tasks = false) {
    std::vector<FilterButton::Choice> choices;
    for (const ClipFacet& facet : facets) {
        QString label = tasks ? taskWord(facet.value) : QString::fromStdString(facet.value);
        if (facet.value.empty())
            label = none;
        choices.push_back({facet.value, label, facet.clips});
    }
    return choices;
}

} // namespace

ClipFilterBar::ClipFilterBar(QWidget* parent) : QWidget(parent) {
    m_search = new QLineEdit(this);
    m_search->setPlaceholderText(tr("Search what is said, questions, references, notes (Ctrl+F)"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(tr("Search clips"));
    m_search->addAction(themedIcon(QStringLiteral("search"), IconTint::Muted),
                        QLineEdit::LeadingPosition);
    m_task = new FilterButton(tr("Task"), this);
    m_split = new FilterButton(tr("Split"), this);
    m_tag = new FilterButton(tr("Tag"), this);
    m_speaker = new FilterButton(tr("Speaker"), this);
    m_language = new FilterButton(tr("Language"), this);
    m_clear = new QPushButton(tr("Clear"), this);
    m_clear->setProperty("look", "quiet");
    m_clear->setToolTip(tr("Show all clips again"));
    QSizePolicy keepsRoom = m_clear->sizePolicy(); // the table below must not move
    keepsRoom.setRetainSizeWhenHidden(true);
    m_clear->setSizePolicy(keepsRoom);
    auto* filters = new QHBoxLayout;
    filters->setSpacing(kHalfGrid);
    for (FilterButton* button : {m_task, m_split, m_tag, m_speaker, m_language})
        filters->addWidget(button);
    filters->addStretch();
    filters->addWidget(m_clear);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGrid);
    column->addWidget(m_search);
    column->addLayout(filters);
    m_typing.setSingleShot(true);
    m_typing.setInterval(kSearchPauseMs);
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(&m_typing, &QTimer::timeout, this, &ClipFilterBar::onChanged);
    for (FilterButton* button : {m_task, m_split, m_tag, m_speaker, m_language})
        connect(button, &FilterButton::chosenChanged, this, &ClipFilterBar::onChanged);
    connect(m_clear, &QPushButton::clicked, this, &ClipFilterBar::clear);
    m_clear->hide();
}

void ClipFilterBar::setFacets(const ClipFacets& facets) {
    m_task->setChoices(choicesOf(facets.tasks, tr("no task"), true));
    m_split->setChoices(choicesOf(facets.splits, tr("no split")));
    m_tag->setChoices(choicesOf(facets.tags, tr("no tag")));
    m_speaker->setChoices(choicesOf(facets.speakers, tr("no speaker")));
    m_language->setChoices(choicesOf(facets.languages, tr("no language")));
}

ClipFilter ClipFilterBar::filter() const {
    ClipFilter filter;
    filter.search = m_search->text().toStdString();
    filter.tasks = m_task->chosen();
    filter.splits = m_split->chosen();
    filter.tags = m_tag->chosen();
    filter.speakers = m_speaker->chosen();
    filter.languages = m_language->chosen();
    return filter;
}

bool ClipFilterBar::filtered() const {
    return !m_search->text().trimmed().isEmpty() || !m_task->chosen().empty() ||
           !m_split->chosen().empty() || !m_tag->chosen().empty() || !m_speaker->chosen().empty() ||
           !m_language->chosen().empty();
}

void ClipFilterBar::clear() {
    const QSignalBlocker block(m_search);
    m_search->clear();
    for (FilterButton* button : {m_task, m_split, m_tag, m_speaker, m_language}) {
        const QSignalBlocker quiet(button);
        button->setChosen({});
    }
    onChanged();
}

void ClipFilterBar::focusSearch() {
    m_search->setFocus();
    m_search->selectAll();
}

void ClipFilterBar::onChanged() {
    m_typing.stop();
    m_clear->setVisible(filtered());
    emit changed();
}

} // namespace viva
