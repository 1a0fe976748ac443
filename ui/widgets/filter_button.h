// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPushButton>

#include <cstdint>
#include <string>
#include <vector>

class QLineEdit;
class QListWidget;

namespace viva {

/// A button that opens a list of values to tick, each with how often it is there; says what is
/// ticked. A long list can be searched.
class FilterButton : public QPushButton {
    Q_OBJECT

public:
    struct Choice {
        std::string value;
        QString label;
        std::int64_t count = 0;
    };

    FilterButton(const QString& title, QWidget* parent = nullptr);

    /// Ticks of values that are not there any more are taken away; chosenChanged() says so.
    void setChoices(std::vector<Choice> choices);
    [[nodiscard]] const std::vector<std::string>& chosen() const { return m_chosen; }
    void setChosen(std::vector<std::string> values);

signals:
    void chosenChanged();

private:
    void openList();
    void fillList(QListWidget& list, const QString& search);
    void setTicked(const std::string& value, bool ticked);
    void showChosen();

    QString m_title;
    std::vector<Choice> m_choices;
    std::vector<std::string> m_chosen;
};

} // namespace viva
