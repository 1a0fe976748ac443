// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/weight_name.h"

#include <algorithm>
#include <array>

namespace viva {
namespace {

bool replacePrefix(std::string& name, std::string_view from, std::string_view to) {
    if (!name.starts_with(from))
        return false;
    name.replace(0, from.size(), to);
    return true;
}

/// Takes ".word." out, but for one of its points.
void dropInfix(std::string& name, std::string_view infix) {
    const auto at = name.find(infix);
    if (at != std::string::npos)
        name.erase(at, infix.size() - 1);
}

/// "model." before a network of a speech model, not before a decoder's own modules.
bool isInnerModel(std::string_view name) {
    constexpr std::string_view kInner = "model.";
    constexpr std::array<std::string_view, 3> kDecoderModules{"layers.", "embed_tokens.", "norm."};
    return name.starts_with(kInner) && std::ranges::none_of(kDecoderModules, [&](auto module) {
               return name.substr(kInner.size()).starts_with(module);
           });
}

} // namespace

std::string canonicalWeightName(std::string_view stored) {
    std::string name(stored);
    replacePrefix(name, "base_model.model.", "");
    dropInfix(name, ".base_layer.");
    dropInfix(name, ".default.");
    // The inner model of transformers 5.
    if (!replacePrefix(name, "model.language_model.", kDecoderPrefix) &&
        !replacePrefix(name, "lm_head.", "language_model.lm_head.") && isInnerModel(name))
        name.erase(0, std::string_view("model.").size());
    return name;
}

} // namespace viva
