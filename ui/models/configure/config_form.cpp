// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/configure/config_form.h"

#include "core/base/error.h"
#include "core/config/train_option.h"
#include "ui/models/format.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace viva {

namespace {

QString numberText(double value) {
    return QString::number(value, 'g', 12);
}

QStringList wordsFrom(const QString& text) {
    QStringList words;
    for (const QString& word : text.split(',', Qt::SkipEmptyParts))
        if (!word.trimmed().isEmpty())
            words << word.trimmed();
    return words;
}

OptionValue wholeNumberFrom(const QString& text, const OptionValue& before) {
    bool fits = false;
    if (std::holds_alternative<std::uint64_t>(before) && !text.startsWith('-')) {
        const quint64 value = QLocale::c().toULongLong(text, &fits);
        if (fits)
            return std::uint64_t{value};
    }
    const qint64 value = QLocale::c().toLongLong(text, &fits);
    if (!fits)
        throw Error(ErrorCode::InvalidArgument,
                    tr("\"%1\" is not a whole number").arg(text).toStdString());
    return std::int64_t{value};
}

OptionValue numberFrom(const QString& text) {
    bool fits = false;
    const double value = QLocale::c().toDouble(text, &fits);
    if (!fits || !std::isfinite(value))
        throw Error(ErrorCode::InvalidArgument,
                    tr("\"%1\" is not a number; write it as 0.02 or 2e-3").arg(text).toStdString());
    return value;
}

/// The value of a typed text, of the same type as the value before it.
/// @throws Error(InvalidArgument) in a sentence for the field.
OptionValue valueFrom(const TrainOption& option, const QString& typed, const OptionValue& before) {
    const QString text = typed.trimmed();
    switch (option.kind) {
    case OptionKind::Boolean:
        return text == QLatin1String("true");
    case OptionKind::Integer:
        return wholeNumberFrom(text, before);
    case OptionKind::Real:
        return numberFrom(text);
    case OptionKind::Text:
    case OptionKind::Choice:
        break;
    }
    if (std::holds_alternative<std::string>(before))
        return text.toStdString();
    std::vector<std::string> words;
    for (const QString& word : wordsFrom(text))
        words.push_back(word.toStdString());
    return words;
}

/// An option's value as a person reads it.
struct ValueText {
    QString operator()(bool value) const {
        return value ? QStringLiteral("true") : QStringLiteral("false");
    }
    QString operator()(std::int64_t value) const { return QString::number(value); }
    QString operator()(std::uint64_t value) const { return QString::number(value); }
    QString operator()(double value) const { return numberText(value); }
    QString operator()(const std::string& value) const { return QString::fromStdString(value); }
    QString operator()(const std::vector<std::string>& list) const {
        QStringList words;
        for (const std::string& word : list)
            words << QString::fromStdString(word);
        return words.join(QStringLiteral(", "));
    }
    QString operator()(const std::vector<RewardSpec>& list) const {
        QStringList words;
        for (const RewardSpec& reward : list)
            words << QStringLiteral("%1 \u00D7 %2")
                         .arg(QString::fromStdString(reward.name), numberText(reward.weight));
        return words.join(QStringLiteral(", "));
    }
};

QString valueText(const TrainOption& option, const TrainConfig& config) {
    return std::visit(ValueText{}, option.get(config));
}

} // namespace

ConfigForm::ConfigForm(QObject* parent) : QObject(parent) {
    setPreset(tr("Demo"), TrainConfig::demo());
}

ConfigForm::~ConfigForm() = default;

void ConfigForm::setPreset(const QString& name, const TrainConfig& preset) {
    m_presetName = name;
    m_preset = preset;
    setConfig(preset);
}

void ConfigForm::setConfig(const TrainConfig& config) {
    m_config = config;
    m_unreadable.clear();
    m_complaints.clear();
    m_rewardProblem.clear();
    check();
    emit allChanged();
    emit checked();
}

QString ConfigForm::text(std::string_view key) const {
    const auto typed = m_unreadable.constFind(fromView(key));
    if (typed != m_unreadable.constEnd())
        return *typed;
    const TrainOption* option = findOption(key);
    return option ? valueText(*option, m_config) : QString();
}

void ConfigForm::setText(std::string_view key, const QString& text) {
    const TrainOption* option = findOption(key);
    if (!option)
        return;
    const QString name = fromView(key);
    m_unreadable.remove(name);
    m_complaints.remove(name);
    try {
        setOption(m_config, *option, valueFrom(*option, text, option->get(m_config)),
                  tr("the form").toStdString());
    } catch (const Error& error) {
        m_unreadable[name] = text;
        m_complaints[name] = QString::fromStdString(error.what());
    }
    check();
    emit fieldChanged(name);
    emit checked();
}

void ConfigForm::setRewards(const std::vector<RewardSpec>& rewards, const QString& complaint) {
    const QString key = QStringLiteral("rewards");
    m_config.rewards = rewards;
    m_rewardProblem.clear(); // of the rewards before
    m_complaints.remove(key);
    if (!complaint.isEmpty())
        m_complaints[key] = complaint;
    check();
    emit fieldChanged(key);
    emit checked();
}

void ConfigForm::setRewardProblem(const QString& sentence) {
    if (sentence == m_rewardProblem)
        return;
    m_rewardProblem = sentence;
    check();
    emit checked();
}

void ConfigForm::check() {
    m_problems = validate(m_config);
    for (auto typed = m_complaints.cbegin(); typed != m_complaints.cend(); ++typed)
        m_problems.push_back({typed.key().toStdString(), typed->toStdString(), true});
    if (!m_rewardProblem.isEmpty() && !m_complaints.contains(QStringLiteral("rewards")))
        m_problems.push_back({"rewards", m_rewardProblem.toStdString(), true});
}

QString ConfigForm::problem(std::string_view key) const {
    QStringList sentences;
    for (const ConfigProblem& problem : m_problems) {
        if (problem.key == key)
            sentences << QString::fromStdString(problem.message);
    }
    return sentences.join(QStringLiteral("; "));
}

bool ConfigForm::isFatal(std::string_view key) const {
    return std::any_of(m_problems.begin(), m_problems.end(), [key](const ConfigProblem& problem) {
        return problem.key == key && problem.fatal;
    });
}

bool ConfigForm::canStart() const {
    return std::none_of(m_problems.begin(), m_problems.end(),
                        [](const ConfigProblem& problem) { return problem.fatal; });
}

bool ConfigForm::isChanged(std::string_view key) const {
    const TrainOption* option = findOption(key);
    return option && !sameOption(*option, m_config, m_preset);
}

std::vector<ConfigForm::Change> ConfigForm::changes() const {
    std::vector<Change> list;
    for (const TrainOption& option : trainOptions()) {
        if (sameOption(option, m_config, m_preset))
            continue;
        list.push_back({std::string(option.key), fromView(option.label),
                        valueText(option, m_preset), valueText(option, m_config)});
    }
    return list;
}

} // namespace viva
