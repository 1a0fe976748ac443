// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and commands of DataPage.
#include "ui/pages/data/clip_filter_bar.h"
#include "ui/pages/data/data_page.h"

#include <QShortcut>

namespace viva {

void DataPage::addKey(const QKeySequence& keys, const std::function<void()>& action) {
    auto* shortcut = new QShortcut(keys, this);
    connect(shortcut, &QShortcut::activated, this, action);
}

void DataPage::createKeys() {
    using Action = ClipListPanel::Action;
    const std::pair<QKeySequence, Action> keys[] = {
        {QKeySequence(Qt::Key_R), Action::Record},
        {QKeySequence::Open, Action::Open},
        {QKeySequence(Qt::CTRL | Qt::Key_I), Action::Import},
        {QKeySequence(Qt::CTRL | Qt::Key_E), Action::Export},
        {QKeySequence::Undo, Action::Undo},
        {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), Action::Redo},
    };
    for (const auto& [key, action] : keys)
        addKey(key, [this, action = action] { act(action); });
    addKey(QKeySequence::Find, [this] { m_list->filterBar().focusSearch(); });
    addKey(QKeySequence(Qt::CTRL | Qt::Key_Return), [this] { saveAndNext(); });
    addKey(QKeySequence(Qt::CTRL | Qt::Key_Enter), [this] { saveAndNext(); });
    addKey(QKeySequence(Qt::ALT | Qt::Key_Down), [this] { m_list->moveBy(1); });
    addKey(QKeySequence(Qt::ALT | Qt::Key_Up), [this] { m_list->moveBy(-1); });
}

QList<Command> DataPage::commands() {
    using Action = ClipListPanel::Action;
    const QString section = tr("Data");
    const auto action = [this](Action what) { return [this, what] { act(what); }; };
    return {{section, tr("Record a clip"), {}, QKeySequence(Qt::Key_R), action(Action::Record)},
            {section, tr("Open sound files"), {}, QKeySequence::Open, action(Action::Open)},
            {section,
             tr("Import a data set"),
             {},
             QKeySequence(Qt::CTRL | Qt::Key_I),
             action(Action::Import)},
            {section, tr("Splits and leaks"), {}, {}, action(Action::Splits)},
            {section,
             tr("Export clips"),
             {},
             QKeySequence(Qt::CTRL | Qt::Key_E),
             action(Action::Export)},
            {section,
             tr("Next clip"),
             {},
             QKeySequence(Qt::ALT | Qt::Key_Down),
             [this] { m_list->moveBy(1); }},
            {section,
             tr("Clip before"),
             {},
             QKeySequence(Qt::ALT | Qt::Key_Up),
             [this] { m_list->moveBy(-1); }},
            {section, tr("Search clips"), {}, QKeySequence::Find, [this] {
                 m_list->filterBar().focusSearch();
             }}};
}

} // namespace viva
