// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/configure/config_form.h"

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace viva {

namespace {

using Json = nlohmann::json;

Json::json_pointer pointerOf(std::string_view key) {
    std::string path = "/" + std::string(key);
    std::replace(path.begin(), path.end(), '.', '/');
    return Json::json_pointer(path);
}

QString numberText(const Json& value) {
    if (value.is_number_unsigned())
        return QString::number(value.get<quint64>());
    if (value.is_number_integer())
        return QString::number(value.get<qint64>());
    return QString::number(value.get<double>(), 'g', 12);
}

QString listText(const Json& list) {
    QStringList words;
    for (const Json& entry : list) {
        if (entry.is_object())
            words << QStringLiteral("%1 \u00D7 %2")
                         .arg(QString::fromStdString(entry.at("name").get<std::string>()),
                              numberText(entry.at("weight")));
        else
            words << QString::fromStdString(entry.get<std::string>());
    }
    return words.join(QStringLiteral(", "));
}

Json listFrom(const QString& text) {
    Json list = Json::array();
    for (const QString& word : text.split(',', Qt::SkipEmptyParts)) {
        if (!word.trimmed().isEmpty())
            list.push_back(word.trimmed().toStdString());
    }
    return list;
}

/// The JSON value of a typed text, of the same type as the value before it.
/// @throws Error(InvalidArgument) in a sentence for the field.
Json valueFrom(const OptionInfo& option, const QString& text, const Json& before) {
    const QString trimmed = text.trimmed();
    bool fits = false;
    switch (option.kind) {
    case OptionKind::Boolean:
        return trimmed == QLatin1String("true");
    case OptionKind::Integer: {
        if (before.is_number_unsigned() && !trimmed.startsWith('-')) {
            const quint64 value = QLocale::c().toULongLong(trimmed, &fits);
            if (fits)
                return value;
        }
        const qint64 value = QLocale::c().toLongLong(trimmed, &fits);
        if (!fits)
            throw Error(ErrorCode::InvalidArgument,
                        QObject::tr("\"%1\" is not a whole number").arg(trimmed).toStdString());
        return value;
    }
    case OptionKind::Real: {
        const double value = QLocale::c().toDouble(trimmed, &fits);
        if (!fits || !std::isfinite(value))
            throw Error(ErrorCode::InvalidArgument,
                        QObject::tr("\"%1\" is not a number; write it as 0.02 or 2e-3")
                            .arg(trimmed)
                            .toStdString());
        return value;
    }
    case OptionKind::Text:
    case OptionKind::Choice:
        break;
    }
    return before.is_array() ? listFrom(trimmed) : Json(trimmed.toStdString());
}

} // namespace

QString optionText(const Json& config, std::string_view key) {
    const Json& value = config.at(pointerOf(key));
    if (value.is_boolean())
        return value.get<bool>() ? QStringLiteral("true") : QStringLiteral("false");
    if (value.is_number())
        return numberText(value);
    if (value.is_array())
        return listText(value);
    return QString::fromStdString(value.get<std::string>());
}

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
    const QString name = QString::fromUtf8(key.data(), static_cast<qsizetype>(key.size()));
    const auto typed = m_unreadable.constFind(name);
    return typed != m_unreadable.constEnd() ? *typed : optionText(toJson(m_config), key);
}

void ConfigForm::setText(std::string_view key, const QString& text) {
    const OptionInfo* option = findOption(key);
    if (!option)
        return;
    const QString name = QString::fromUtf8(key.data(), static_cast<qsizetype>(key.size()));
    m_unreadable.remove(name);
    m_complaints.remove(name);
    try {
        Json json = toJson(m_config);
        Json& place = json.at(pointerOf(key));
        place = valueFrom(*option, text, place);
        m_config = trainConfigFromJson(json, tr("the form").toStdString());
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
    const auto place = pointerOf(key);
    return toJson(m_config).at(place) != toJson(m_preset).at(place);
}

std::vector<ConfigForm::Change> ConfigForm::changes() const {
    std::vector<Change> list;
    const Json now = toJson(m_config);
    const Json before = toJson(m_preset);
    for (const OptionInfo& option : trainOptions()) {
        const auto place = pointerOf(option.key);
        if (now.at(place) == before.at(place))
            continue;
        const auto label =
            QString::fromUtf8(option.label.data(), static_cast<qsizetype>(option.label.size()));
        list.push_back({std::string(option.key), label, optionText(before, option.key),
                        optionText(now, option.key)});
    }
    return list;
}

} // namespace viva
