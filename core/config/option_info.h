// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace viva {

enum class OptionKind { Integer, Real, Boolean, Text, Choice };

/// What a person should know of one option of TrainConfig: the window's form, `viva train --help`
/// and the documentation are all made from this table.
struct OptionInfo {
    std::string_view key; ///< JSON key (nested with a dot: "lora.r")
    std::string_view
        group; ///< Objective, Model, Data, Sampling, Optimisation, KL and clipping, ...
    std::string_view label;   ///< for people
    std::string_view symbol;  ///< as in the paper ("beta", "G", "epsilon"); may be empty
    std::string_view trlName; ///< TRL's name; empty where TRL has none
    std::string_view effect;  ///< one sentence on what a change does
    std::string_view formula; ///< the formula it enters, in ASCII; may be empty
    std::string_view source;  ///< paper and section, or TRL version
    OptionKind kind = OptionKind::Real;
    double minimum = 0;
    double maximum = 0;
    std::string_view choices; ///< comma-separated, for Choice
    std::string_view unit;
    bool common = false; ///< always in view (the common ten); the rest is behind "more"
};

[[nodiscard]] std::span<const OptionInfo> trainOptions();
/// nullptr when there is none with this key.
[[nodiscard]] const OptionInfo* findOption(std::string_view key);

} // namespace viva
