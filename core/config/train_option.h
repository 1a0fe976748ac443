// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace viva {

class JsonReader;

enum class OptionKind { Integer, Real, Boolean, Text, Choice };

/// What a person should know of one option.
struct OptionInfo {
    std::string_view key{};     ///< JSON key (nested with a dot: "lora.r")
    std::string_view label{};   ///< for people
    std::string_view symbol{};  ///< as in the paper ("beta", "G", "epsilon"); may be empty
    std::string_view trlName{}; ///< TRL's name; empty where TRL has none
    std::string_view effect{};  ///< one sentence on what a change does
    std::string_view formula{}; ///< the formula it enters, in ASCII; may be empty
    std::string_view source{};  ///< paper and section, or TRL version
    double minimum = 0;         ///< of a number
    double maximum = 0;
    std::string_view unit{};
    bool common = false; ///< always in view (the common ten); the rest is behind "more"
};

/// What an option holds; a choice is its name.
using OptionValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string,
                                 std::vector<std::string>, std::vector<RewardSpec>>;

/// One option of TrainConfig: its texts and the field it stands for. JSON, `--set`, the checks, the
/// window's form and `viva train --options` are made from the table of these.
struct TrainOption : OptionInfo {
    std::string_view group{}; ///< Objective, Model, Data, Sampling, ...
    OptionKind kind = OptionKind::Text;
    std::span<const std::string_view> choices{};     ///< names, for Choice
    std::span<const std::string_view> choiceWords{}; ///< what they mean, in the same order
    OptionValue (*get)(const TrainConfig&) = nullptr;
    /// Takes `key` of an object; a key that is not there changes nothing. @throws Error(Format)
    void (*read)(JsonReader&, std::string_view key, TrainConfig&) = nullptr;
};

/// All options, those of a group together. A new one is a field in its struct and an entry in one
/// of the tables of core/config/options.
[[nodiscard]] std::span<const TrainOption> trainOptions();
/// nullptr when there is none with this key.
[[nodiscard]] const TrainOption* findOption(std::string_view key);

/// The value of the field that a chain of members leads to.
template<auto... Members>
[[nodiscard]] OptionValue fieldValue(const TrainConfig& config) {
    const auto& field = (config.*....*Members);
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_enum_v<Field>)
        return std::string(nameOf(field));
    else if constexpr (std::is_same_v<Field, int>)
        return std::int64_t{field};
    else
        return field;
}

[[nodiscard]] const TrainOption& optionWith(OptionValue (*get)(const TrainConfig&));
/// The option of a field: optionOf<&TrainConfig::lora, &LoraSpec::rank>().
template<auto... Members>
[[nodiscard]] const TrainOption& optionOf() {
    return optionWith(&fieldValue<Members...>);
}

/// Whether two configurations agree in an option.
[[nodiscard]] bool sameOption(const TrainOption& option, const TrainConfig& one,
                              const TrainConfig& other);

/// Sets one option. @throws Error(Format) naming `origin`, the key and what is expected.
void setOption(TrainConfig& config, const TrainOption& option, const OptionValue& value,
               const std::string& origin);
/// The same from text, as `viva train --set key=value` does. Lists are comma-separated, rewards
/// "bleu:0.7,wer:0.3" or JSON. @throws Error(InvalidArgument) naming key, value and what is
/// expected.
void setOption(TrainConfig& config, std::string_view key, std::string_view text);
/// The inverse: setOption(c, key, optionText(c, key)) changes nothing.
[[nodiscard]] std::string optionText(const TrainConfig& config, std::string_view key);

} // namespace viva
