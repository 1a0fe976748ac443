// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json_reader.h"
#include "core/config/reward_spec_json.h"
#include "core/config/train_option.h"

#include <array>

namespace viva {

// Sources that several options share.
inline constexpr std::string_view kPaper1 = "arXiv 2509.16990, eq. 1";
inline constexpr std::string_view kPaper2 = "arXiv 2509.16990, eq. 3";
inline constexpr std::string_view kPaperSettings = "arXiv 2509.16990, 4.2";
inline constexpr std::string_view kTrl = "TRL 1.16.0, GRPOConfig";
inline constexpr std::string_view kTrlModel = "TRL 1.16.0, ModelConfig; PEFT LoraConfig";
inline constexpr std::string_view kAdamW = "Loshchilov and Hutter, arXiv 1711.05101";
inline constexpr std::string_view kOwn = "Viva Voce";

/// The options of each group, in the order of trainOptions().
[[nodiscard]] std::span<const TrainOption> objectiveOptions();
[[nodiscard]] std::span<const TrainOption> modelOptions();
[[nodiscard]] std::span<const TrainOption> dataOptions();
[[nodiscard]] std::span<const TrainOption> samplingOptions();
[[nodiscard]] std::span<const TrainOption> optimisationOptions();
[[nodiscard]] std::span<const TrainOption> clippingOptions();
[[nodiscard]] std::span<const TrainOption> advantageOptions();
[[nodiscard]] std::span<const TrainOption> entropyOptions();
[[nodiscard]] std::span<const TrainOption> samplerOptions();
[[nodiscard]] std::span<const TrainOption> mixedPolicyOptions();
[[nodiscard]] std::span<const TrainOption> loraOptions();
[[nodiscard]] std::span<const TrainOption> rewardOptions();
[[nodiscard]] std::span<const TrainOption> budgetOptions();

template<auto... Members>
void readField(JsonReader& reader, std::string_view key, TrainConfig& config) {
    auto& field = (config.*....*Members);
    using Field = std::remove_cvref_t<decltype(field)>;
    if constexpr (std::is_enum_v<Field>) {
        std::string name(nameOf(field));
        reader.optional(key, name);
        const auto* choice = findChoice<Field>(name);
        if (choice == nullptr)
            reader.fail(key, choiceProblem(name, choiceNames<Field>()));
        field = choice->value;
    } else if constexpr (std::is_same_v<Field, std::vector<RewardSpec>>) {
        readRewards(reader, key, field);
    } else {
        reader.optional(key, field);
    }
}

/// Describes the field that a chain of members leads to: kind, values and the ways in and out of it
/// follow from its type.
template<auto... Members>
[[nodiscard]] constexpr TrainOption option(const OptionInfo& info) {
    using Field = std::remove_cvref_t<decltype((std::declval<const TrainConfig&>().*....*Members))>;
    TrainOption result{info};
    result.get = &fieldValue<Members...>;
    result.read = &readField<Members...>;
    if constexpr (std::is_enum_v<Field>) {
        result.kind = OptionKind::Choice;
        result.choices = choiceNames<Field>();
        result.choiceWords = choiceWords<Field>();
    } else if constexpr (std::is_same_v<Field, bool>) {
        result.kind = OptionKind::Boolean;
    } else if constexpr (std::is_integral_v<Field>) {
        result.kind = OptionKind::Integer;
    } else if constexpr (std::is_floating_point_v<Field>) {
        result.kind = OptionKind::Real;
    }
    return result;
}

} // namespace viva
