// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_weight_name.h"

#include "core/config/weight_name.h"

#include <array>
#include <charconv>
#include <utility>

namespace viva {
namespace {

void replaceFirst(std::string& name, std::string_view from, std::string_view to) {
    const auto at = name.find(from);
    if (at != std::string::npos)
        name.replace(at, from.size(), to);
}

/// "encoder.rnn_tr.0." is the input layer, "encoder.rnn_tr.N." block N - 1.
void renameLegacyLayer(std::string& name) {
    constexpr std::string_view kPrefix = "encoder.rnn_tr.";
    if (!name.starts_with(kPrefix))
        return;
    int number = 0;
    const char* begin = name.data() + kPrefix.size();
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(begin, end, number);
    if (parsed.ec != std::errc{} || parsed.ptr == end || *parsed.ptr != '.')
        return;
    const std::string rest(parsed.ptr, end);
    name = number == 0 ? "encoder.input_linear" + rest
                       : "encoder.layers." + std::to_string(number - 1) + rest;
}

void renameLegacyParts(std::string& name) {
    using Rename = std::pair<std::string_view, std::string_view>;
    constexpr std::array<Rename, 10> kRenames{{
        {".fn.fn.net.0.", ".up_proj."},
        {".fn.fn.net.3.", ".down_proj."},
        {".fn.norm.", ".pre_norm."},
        {".attn.fn.", ".attn."},
        {".attn.norm.", ".attn.pre_norm."},
        {".conv.net.0.", ".conv.norm."},
        {".conv.net.2.", ".conv.up_conv."},
        {".conv.net.4.", ".conv.depth_conv."},
        {".conv.net.5.", ".conv.batch_norm."},
        {".conv.net.7.", ".conv.down_conv."},
    }};
    for (const auto& [from, to] : kRenames)
        replaceFirst(name, from, to);
}

} // namespace

std::string graniteWeightName(std::string_view stored) {
    std::string name = canonicalWeightName(stored);
    if (name.starts_with("encoder.")) {
        renameLegacyLayer(name);
        renameLegacyParts(name);
    }
    return name;
}

} // namespace viva
