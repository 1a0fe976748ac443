// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_option_reader.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace viva {
namespace {

std::vector<std::string_view> choicesOf(const RewardOption& option) {
    std::vector<std::string_view> out;
    for (std::string_view rest = option.values; !rest.empty();) {
        const auto end = std::min(rest.find('|'), rest.size());
        out.push_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return out;
}

} // namespace

RewardOptionReader::RewardOptionReader(const RewardInfo& reward, const nlohmann::json& given)
    : m_reward(reward), m_json(given, fmt::format("options of reward {}", reward.name)) {
    for (const RewardOption& option : reward.options)
        m_json.ignore(option.key);
    m_json.finish();
}

bool RewardOptionReader::has(std::string_view key) const {
    return m_json.has(option(key).key);
}

const RewardOption& RewardOptionReader::option(std::string_view key) const {
    const auto found = std::ranges::find(m_reward.options, key, &RewardOption::key);
    VIVA_ASSERT(found != m_reward.options.end());
    return *found;
}

void RewardOptionReader::setStandard(const RewardOption& option, bool& value) const {
    if (!option.standard.empty())
        value = option.standard == "true";
}

void RewardOptionReader::setStandard(const RewardOption& option, std::string& value) const {
    if (!option.standard.empty())
        value = option.standard;
}

template<typename Number>
void RewardOptionReader::setStandard(const RewardOption& option, Number& value) const {
    const std::string_view text = option.standard;
    if (text.empty())
        return;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    VIVA_ASSERT(error == std::errc() && end == text.data() + text.size());
}

template<typename Value>
void RewardOptionReader::readPlain(std::string_view key, Value& value) {
    setStandard(option(key), value);
    m_json.optional(key, value);
}

template<typename Value>
void RewardOptionReader::readOptional(std::string_view key, std::optional<Value>& value) {
    if (has(key) || !option(key).standard.empty())
        readPlain(key, value.emplace());
}

void RewardOptionReader::read(std::string_view key, bool& value) {
    readPlain(key, value);
}
void RewardOptionReader::read(std::string_view key, int& value) {
    readPlain(key, value);
}
void RewardOptionReader::read(std::string_view key, std::int64_t& value) {
    readPlain(key, value);
}
void RewardOptionReader::read(std::string_view key, double& value) {
    readPlain(key, value);
}
void RewardOptionReader::read(std::string_view key, std::optional<std::int64_t>& value) {
    readOptional(key, value);
}
void RewardOptionReader::read(std::string_view key, std::optional<double>& value) {
    readOptional(key, value);
}

void RewardOptionReader::read(std::string_view key, std::string& value) {
    const RewardOption& known = option(key);
    setStandard(known, value);
    if (known.kind == RewardOptionKind::Choice)
        m_json.optionalChoice(key, value, choicesOf(known));
    else
        m_json.optional(key, value);
}

std::string RewardOptionReader::text(std::string_view key) {
    std::string value;
    read(key, value);
    return value;
}

const nlohmann::json* RewardOptionReader::raw(std::string_view key) {
    return m_json.raw(option(key).key);
}

void RewardOptionReader::fail(std::string_view key, std::string_view what) const {
    m_json.fail(key, what);
}

} // namespace viva
