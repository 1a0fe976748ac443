// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/frame/command_palette.h"

#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace viva {

namespace {

constexpr int kIndexRole = Qt::UserRole;

/// Title and detail on the left, section and key on the right.
QWidget* makeRow(const Command& command, QWidget* parent) {
    auto* row = new QWidget(parent);
    row->setAttribute(Qt::WA_TransparentForMouseEvents);
    auto* title = new QLabel(command.title, row);
    auto* detail = new QLabel(command.detail, row);
    detail->setProperty("look", "muted");
    setTextSize(detail, TextSize::Caption);
    const QString keys = command.shortcut.toString(QKeySequence::NativeText);
    auto* section = new QLabel(
        keys.isEmpty() ? command.section : command.section + QStringLiteral("   ") + keys, row);
    section->setProperty("look", "muted");
    setTextSize(section, TextSize::Caption);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(12, 0, 12, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(title);
    layout->addWidget(detail, 1);
    layout->addWidget(section);
    return row;
}

} // namespace

CommandPalette::CommandPalette(QList<Command> commands, QWidget* parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint), m_commands(std::move(commands)),
      m_field(new QLineEdit(this)), m_list(new QListWidget(this)) {
    setWindowTitle(tr("Find anything"));
    setProperty("look", "palette");
    resize(640, 420);
    m_field->setPlaceholderText(tr("Find a page, an action or an option"));
    m_field->setAccessibleName(tr("Find anything"));
    m_field->addAction(themedIcon("search", IconTint::Muted), QLineEdit::LeadingPosition);
    setTextSize(m_field, TextSize::Heading);
    m_list->setAccessibleName(tr("Found"));
    m_list->setProperty("look", "plain");
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(kGrid);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::refill);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    refill({});
}

int CommandPalette::fit(const QString& typed, const QString& title) {
    if (typed.isEmpty())
        return 1;
    const QString wanted = typed.toLower();
    const QString text = title.toLower();
    const auto at = text.indexOf(wanted);
    if (at == 0)
        return 1000;
    if (at > 0)
        return text[at - 1].isLetterOrNumber() ? 600 : 800;
    qsizetype from = 0;
    int score = 400;
    for (const QChar letter : wanted) {
        const auto found = text.indexOf(letter, from);
        if (found < 0)
            return 0;
        score -= static_cast<int>(std::min<qsizetype>(found - from, 20));
        from = found + 1;
    }
    return std::max(score, 1);
}

void CommandPalette::refill(const QString& typed) {
    QList<std::pair<int, int>> hits; // score, index
    for (int index = 0; index < m_commands.size(); ++index) {
        const Command& command = m_commands[index];
        const int score = std::max(fit(typed, command.title), fit(typed, command.detail) / 4);
        if (score > 0)
            hits.append({score, index});
    }
    std::stable_sort(hits.begin(), hits.end(),
                     [](const auto& one, const auto& two) { return one.first > two.first; });
    m_list->clear();
    for (const auto& hit : hits.mid(0, 50)) {
        const Command& command = m_commands[hit.second];
        auto* item = new QListWidgetItem(m_list);
        item->setData(kIndexRole, hit.second);
        item->setData(Qt::AccessibleTextRole, command.section + ": " + command.title);
        item->setSizeHint({0, 36});
        m_list->setItemWidget(item, makeRow(command, m_list));
    }
    m_list->setCurrentRow(0);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const int row = m_list->currentRow();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int next = row + (key == Qt::Key_Down ? 1 : -1);
            m_list->setCurrentRow(std::clamp(next, 0, std::max(0, m_list->count() - 1)));
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            runCurrent();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::runCurrent() {
    const QListWidgetItem* item = m_list->currentItem();
    if (!item)
        return;
    const auto run = m_commands[item->data(kIndexRole).toInt()].run;
    accept();
    if (run)
        run();
}

} // namespace viva
