// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace viva {

/// One value of an option that takes one of a few.
template<typename Enum>
struct Choice {
    Enum value;
    std::string_view name;  ///< as in JSON, on the command line and in TRL
    std::string_view words; ///< for people
};
// clang deduces it of no aggregate before version 17.
template<typename Enum>
Choice(Enum, std::string_view, std::string_view) -> Choice<Enum>;

/// The values of an option in the order they are listed; specialised beside each enum. All else
/// that is said of them, names in files included, comes from here.
template<typename Enum>
inline constexpr std::array<Choice<Enum>, 0> kChoices{};

/// What an error says of a text that is none of the values: `is "text"; it must be one of: a, b`.
[[nodiscard]] std::string choiceProblem(std::string_view text,
                                        std::span<const std::string_view> names);
/// @throws Error(InvalidArgument) with the option's name and choiceProblem().
[[noreturn]] void failChoice(std::string_view option, std::string_view text,
                             std::span<const std::string_view> names);

/// One column of the table.
template<typename Enum>
[[nodiscard]] consteval auto choiceColumn(std::string_view Choice<Enum>::*column) {
    std::array<std::string_view, kChoices<Enum>.size()> texts;
    for (std::size_t i = 0; i < texts.size(); ++i)
        texts[i] = kChoices<Enum>[i].*column;
    return texts;
}
template<typename Enum>
inline constexpr auto kNamesOf = choiceColumn<Enum>(&Choice<Enum>::name);
template<typename Enum>
inline constexpr auto kWordsOf = choiceColumn<Enum>(&Choice<Enum>::words);

/// The names of all values, in order.
template<typename Enum>
[[nodiscard]] constexpr std::span<const std::string_view> choiceNames() {
    return kNamesOf<Enum>;
}

/// Their words, in the same order.
template<typename Enum>
[[nodiscard]] constexpr std::span<const std::string_view> choiceWords() {
    return kWordsOf<Enum>;
}

template<typename Enum>
[[nodiscard]] constexpr const Choice<Enum>& choiceOf(Enum value) {
    for (const auto& choice : kChoices<Enum>)
        if (choice.value == value)
            return choice;
    return kChoices<Enum>.front(); // every value has its row
}

/// The name in files.
template<typename Enum>
[[nodiscard]] constexpr std::string_view nameOf(Enum value) {
    return choiceOf(value).name;
}

/// The value of a name; nullptr when there is none.
template<typename Enum>
[[nodiscard]] constexpr const Choice<Enum>* findChoice(std::string_view name) {
    for (const auto& choice : kChoices<Enum>)
        if (choice.name == name)
            return &choice;
    return nullptr;
}

/// The value of a name; `option` is what the error calls it. @throws Error(InvalidArgument)
template<typename Enum>
[[nodiscard]] Enum choiceFromName(std::string_view option, std::string_view name) {
    if (const auto* choice = findChoice<Enum>(name))
        return choice->value;
    failChoice(option, name, choiceNames<Enum>());
}

} // namespace viva
