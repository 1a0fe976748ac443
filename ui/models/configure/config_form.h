// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <QMap>
#include <QObject>
#include <QString>

#include <memory>
#include <vector>

namespace viva {

/// The state behind the Configure page: a configuration as one text a field, the preset it came
/// from, and what is wrong with it. A text that cannot be read is kept, so that nothing typed is
/// lost; the configuration then keeps the field's last good value.
class ConfigForm : public QObject {
    Q_OBJECT

public:
    struct Change {
        std::string key;
        QString label;
        QString before;
        QString now;
    };

    explicit ConfigForm(QObject* parent = nullptr);
    ~ConfigForm() override;

    /// Takes a preset: every field has its value, nothing is changed.
    void setPreset(const QString& name, const TrainConfig& preset);
    /// Keeps the preset and takes other values.
    void setConfig(const TrainConfig& config);
    [[nodiscard]] const TrainConfig& config() const { return m_config; }
    [[nodiscard]] const TrainConfig& preset() const { return m_preset; }
    [[nodiscard]] QString presetName() const { return m_presetName; }

    /// As it is shown and typed: lists with commas, booleans as "true" and "false".
    [[nodiscard]] QString text(std::string_view key) const;
    void setText(std::string_view key, const QString& text);
    /// `complaint`: what is wrong with something typed there that no value could be made of.
    void setRewards(const std::vector<RewardSpec>& rewards, const QString& complaint = {});
    /// What trying the rewards has shown to be wrong with them; empty = nothing.
    void setRewardProblem(const QString& sentence);

    /// What is wrong with a field, in words; empty when nothing is.
    [[nodiscard]] QString problem(std::string_view key) const;
    [[nodiscard]] bool isFatal(std::string_view key) const;
    [[nodiscard]] std::vector<ConfigProblem> problems() const { return m_problems; }
    [[nodiscard]] bool canStart() const;
    [[nodiscard]] bool isChanged(std::string_view key) const;
    [[nodiscard]] std::vector<Change> changes() const;

signals:
    void fieldChanged(const QString& key); ///< by setText, setRewards
    void allChanged();                     ///< every field is to be read anew
    void checked();                        ///< problems or changes may be others

private:
    void check();

    TrainConfig m_config;
    TrainConfig m_preset;
    QString m_presetName;
    QMap<QString, QString> m_unreadable; ///< texts that are no value, by key
    QMap<QString, QString> m_complaints; ///< what is wrong with them
    QString m_rewardProblem;
    std::vector<ConfigProblem> m_problems;
};

} // namespace viva
