// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward_registry.h"

#include <nlohmann/json_fwd.hpp>

#include <QFrame>
#include <QList>

#include <string>

class QGridLayout;

namespace viva {

/// The options of one reward as fields with their choices, defaults and effects. What stands at its
/// default is left out of the JSON.
class RewardOptionsForm : public QFrame {
    Q_OBJECT

public:
    explicit RewardOptionsForm(QWidget* parent = nullptr);

    /// Fields for this reward, filled from a JSON object; the key "expression" has an editor of its
    /// own elsewhere and is left alone.
    void showOptions(const std::string& reward, const std::string& optionsJson);
    /// The options as JSON text.
    [[nodiscard]] std::string optionsJson() const;
    /// What is wrong with a field, in one sentence; empty when nothing is.
    [[nodiscard]] QString problem() const;
    [[nodiscard]] bool isEmpty() const { return m_fields.isEmpty(); }
    /// What differs from the defaults, such as "tokenize char, lowercase".
    [[nodiscard]] QString summary() const;
    void focusFirst();

signals:
    void edited();

private:
    struct Field {
        const RewardOption* option = nullptr;
        QWidget* editor = nullptr;
    };

    void addField(QGridLayout& grid, const RewardOption& option, int place);
    [[nodiscard]] QWidget* makeEditor(const RewardOption& option);
    [[nodiscard]] QWidget* makeFolderLine(QWidget* editor);
    void fill(const nlohmann::json& options);
    [[nodiscard]] QString valueOf(const Field& field) const;
    [[nodiscard]] bool isStandard(const Field& field) const;

    std::string m_reward;
    QList<Field> m_fields;
};

} // namespace viva
