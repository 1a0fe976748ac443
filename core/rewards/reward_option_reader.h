// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json_reader.h"
#include "core/rewards/reward_info.h"

#include <optional>

namespace viva {

/// Reads the options given to a reward by the reward's own table: what is left out has the table's
/// default, and a word must be one of the table's choices.
class RewardOptionReader {
public:
    /// `reward` and `given` must outlive the reader.
    /// @throws Error(Format) when `given` is no object or has a key that the table lacks.
    RewardOptionReader(const RewardInfo& reward, const nlohmann::json& given);

    [[nodiscard]] bool has(std::string_view key) const; ///< given, and not null
    /// Read a key; left alone when it is left out and the table has no default for it.
    /// @throws Error(Format) on a wrong type or a word that is no choice.
    void read(std::string_view key, bool& value);
    void read(std::string_view key, int& value);
    void read(std::string_view key, std::int64_t& value);
    void read(std::string_view key, double& value);
    void read(std::string_view key, std::string& value);
    void read(std::string_view key, std::optional<std::int64_t>& value);
    void read(std::string_view key, std::optional<double>& value);
    /// A text or a word of a choice.
    [[nodiscard]] std::string text(std::string_view key);
    /// The raw value; null pointer when absent.
    [[nodiscard]] const nlohmann::json* raw(std::string_view key);
    [[noreturn]] void fail(std::string_view key, std::string_view what) const;

private:
    [[nodiscard]] const RewardOption& option(std::string_view key) const;
    void setStandard(const RewardOption& option, bool& value) const;
    void setStandard(const RewardOption& option, std::string& value) const;
    template<typename Number>
    void setStandard(const RewardOption& option, Number& value) const;
    template<typename Value>
    void readPlain(std::string_view key, Value& value);
    template<typename Value>
    void readOptional(std::string_view key, std::optional<Value>& value);

    const RewardInfo& m_reward;
    JsonReader m_json;
};

} // namespace viva
