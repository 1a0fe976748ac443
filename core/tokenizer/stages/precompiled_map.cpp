// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/precompiled_map.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/text/pattern.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <array>

namespace viva {
namespace {

constexpr std::size_t kLongestCluster = 6;

// One unit of the trie: label in bits 0-7 (bit 31 marks a value), leaf flag in bit 8, offset above.
std::uint32_t offsetOf(std::uint32_t unit) {
    return (unit >> 10) << ((unit & (1u << 9)) >> 6);
}
std::uint32_t labelOf(std::uint32_t unit) {
    return unit & ((1u << 31) | 0xFFu);
}
bool hasLeaf(std::uint32_t unit) {
    return ((unit >> 8) & 1u) != 0;
}

int base64Value(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

std::optional<std::string> decodeBase64(std::string_view text) {
    while (text.ends_with('='))
        text.remove_suffix(1);
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        const int value = base64Value(c);
        if (value < 0)
            return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<char>((bits >> count) & 0xFFu));
        }
    }
    return out;
}

std::uint32_t readWord(std::string_view bytes, std::size_t at) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i)
        word |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    return word;
}

class PrecompiledNormalizer final : public Normalizer {
public:
    explicit PrecompiledNormalizer(PrecompiledMap map)
        : m_map(std::move(map)), m_clusters("\\X", "grapheme clusters") {}

    [[nodiscard]] std::string apply(std::string text) const override {
        std::string out;
        for (const TextSpan& span : m_clusters.findAll(text)) {
            const auto cluster = std::string_view(text).substr(span.begin, span.end - span.begin);
            if (cluster.size() < kLongestCluster) {
                if (const auto found = m_map.lookup(cluster)) {
                    out += *found;
                    continue;
                }
            }
            forEachCodePoint(cluster, [&](char32_t, std::string_view bytes) {
                out += m_map.lookup(bytes).value_or(bytes);
            });
        }
        return out;
    }

private:
    PrecompiledMap m_map;
    Pattern m_clusters;
};

} // namespace

PrecompiledMap::PrecompiledMap(std::string_view blob, std::string_view place) {
    const std::size_t trieBytes = blob.size() < 4 ? 0 : readWord(blob, 0);
    if (blob.size() < 4 || trieBytes % 4 != 0 || trieBytes > blob.size() - 4)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: the character map has {} bytes, its trie alone says {}; fetch "
                                "the file again",
                                place, blob.size(), trieBytes));
    m_units.resize(trieBytes / 4);
    for (std::size_t i = 0; i < m_units.size(); ++i)
        m_units[i] = readWord(blob, 4 + 4 * i);
    m_pool = blob.substr(4 + trieBytes);
}

std::optional<std::string_view> PrecompiledMap::lookup(std::string_view text) const {
    if (m_units.empty())
        return std::nullopt;
    std::uint32_t node = offsetOf(m_units[0]);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        node ^= byte;
        if (byte == 0 || node >= m_units.size() || labelOf(m_units[node]) != byte)
            return std::nullopt;
        const std::uint32_t unit = m_units[node];
        node ^= offsetOf(unit);
        if (!hasLeaf(unit))
            continue;
        const std::size_t at =
            node < m_units.size() ? (m_units[node] & 0x7FFFFFFFu) : m_pool.size();
        if (at >= m_pool.size())
            return std::nullopt;
        return std::string_view(m_pool).substr(at, m_pool.find('\0', at) - at);
    }
    return std::nullopt;
}

std::unique_ptr<Normalizer> makePrecompiledNormalizer(JsonReader& reader) {
    std::string text;
    reader.required("precompiled_charsmap", text);
    const std::optional<std::string> blob = decodeBase64(text);
    if (!blob)
        reader.fail("precompiled_charsmap", "the text is not base64; fetch the file again");
    try {
        return std::make_unique<PrecompiledNormalizer>(
            PrecompiledMap(*blob, "precompiled_charsmap"));
    } catch (const Error& error) {
        reader.fail("precompiled_charsmap", error.what());
    }
}

} // namespace viva
