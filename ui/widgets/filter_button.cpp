// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/filter_button.h"

#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QBoxLayout>
#include <QFrame>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QShortcut>

#include <algorithm>

namespace viva {
namespace {

constexpr std::size_t kSearchFrom = 12;
constexpr int kMostShown = 500;
constexpr int kPopupWidth = 260;
constexpr int kRowHeight = 30;

} // namespace

FilterButton::FilterButton(const QString& title, QWidget* parent)
    : QPushButton(parent), m_title(title) {
    setProperty("look", "compact");
    setIcon(themedIcon(QStringLiteral("chevron-down"), IconTint::Muted));
    setLayoutDirection(Qt::RightToLeft); // the arrow stands behind the word
    setCheckable(true);
    connect(this, &QPushButton::clicked, this, &FilterButton::openList);
    showChosen();
}

void FilterButton::setChoices(std::vector<Choice> choices) {
    m_choices = std::move(choices);
    const auto gone = [this](const std::string& value) {
        return std::none_of(m_choices.begin(), m_choices.end(),
                            [&](const Choice& choice) { return choice.value == value; });
    };
    const std::size_t lost = std::erase_if(m_chosen, gone);
    showChosen();
    if (lost > 0)
        emit chosenChanged();
}

void FilterButton::setChosen(std::vector<std::string> values) {
    if (values == m_chosen)
        return;
    m_chosen = std::move(values);
    showChosen();
    emit chosenChanged();
}

void FilterButton::showChosen() {
    QString text = m_title;
    if (m_chosen.size() == 1) {
        for (const Choice& choice : m_choices)
            if (choice.value == m_chosen.front())
                text = choice.label;
    } else if (!m_chosen.empty()) {
        text = QStringLiteral("%1: %2").arg(m_title).arg(m_chosen.size());
    }
    setText(fontMetrics().elidedText(text, Qt::ElideRight, 120));
    setChecked(!m_chosen.empty());
    setAccessibleName(m_chosen.empty() ? tr("%1: all").arg(m_title)
                                       : tr("%1: %2").arg(m_title, text));
    setToolTip(m_chosen.empty() ? tr("Show only clips of some values of \"%1\"").arg(m_title)
                                : tr("Filtered by \"%1\"").arg(m_title));
}

void FilterButton::setTicked(const std::string& value, bool ticked) {
    std::vector<std::string> values = m_chosen;
    std::erase(values, value);
    if (ticked)
        values.push_back(value);
    setChosen(std::move(values));
}

void FilterButton::fillList(QListWidget& list, const QString& search) {
    list.clear();
    for (const Choice& choice : m_choices) {
        if (list.count() >= kMostShown)
            break;
        if (!choice.label.contains(search, Qt::CaseInsensitive))
            continue;
        auto* item = new QListWidgetItem(
            QStringLiteral("%1  (%2)").arg(choice.label, QLocale().toString(choice.count)), &list);
        item->setData(Qt::UserRole, QString::fromStdString(choice.value));
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        const bool ticked =
            std::find(m_chosen.begin(), m_chosen.end(), choice.value) != m_chosen.end();
        item->setCheckState(ticked ? Qt::Checked : Qt::Unchecked);
    }
}

void FilterButton::openList() {
    showChosen(); // the click alone ticks nothing
    auto* popup = new QFrame(this, Qt::Popup);
    popup->setAttribute(Qt::WA_DeleteOnClose);
    popup->setProperty("look", "card");
    auto* column = new QVBoxLayout(popup);
    column->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    auto* list = new QListWidget(popup);
    list->setProperty("look", "plain");
    list->setAccessibleName(m_title);
    list->setMinimumHeight(kRowHeight * std::clamp(static_cast<int>(m_choices.size()), 1,
                                                   static_cast<int>(kSearchFrom)));
    fillList(*list, {});
    if (m_choices.size() > kSearchFrom) {
        auto* search = new QLineEdit(popup);
        search->setPlaceholderText(tr("Search"));
        column->addWidget(search);
        connect(search, &QLineEdit::textChanged, list,
                [this, list](const QString& text) { fillList(*list, text); });
    }
    column->addWidget(list);
    auto* all = new QPushButton(tr("Show all"), popup);
    all->setProperty("look", "quiet");
    column->addWidget(all);
    connect(all, &QPushButton::clicked, popup, [this, popup] {
        setChosen({});
        popup->close();
    });
    connect(list, &QListWidget::itemChanged, this, [this](const QListWidgetItem* item) {
        setTicked(item->data(Qt::UserRole).toString().toStdString(),
                  item->checkState() == Qt::Checked);
    });
    auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), popup);
    connect(escape, &QShortcut::activated, popup, &QWidget::close);
    popup->setFixedWidth(kPopupWidth);
    popup->move(mapToGlobal(QPoint(0, height() + kHalfGrid)));
    popup->show();
    (list->count() > 0 ? static_cast<QWidget*>(list) : popup)->setFocus();
}

} // namespace viva
