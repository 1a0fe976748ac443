// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace viva {

/// A trie over bytes: all keys that are prefixes of a text, shortest first.
class ByteTrie {
public:
    /// A later value for the same key replaces the earlier one.
    /// @throws Error(Format) when hostile keys would fill the memory.
    void insert(std::string_view key, std::int64_t value) {
        std::uint32_t node = 0;
        for (const char c : key) {
            const auto [entry, isNew] =
                m_children.try_emplace(edge(node, c), static_cast<std::uint32_t>(m_values.size()));
            if (isNew && m_values.size() == kMaxNodes)
                throw Error(ErrorCode::Format,
                            "the tokens of a vocabulary have more than 16 million different "
                            "beginnings; the file is damaged, fetch it again");
            if (isNew)
                m_values.push_back(kNone);
            node = entry->second;
        }
        m_values[node] = value;
    }

    /// Calls fn(length in bytes, value) for each key that `text` begins with.
    template<typename Function>
    void forEachPrefix(std::string_view text, Function&& fn) const {
        std::uint32_t node = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto found = m_children.find(edge(node, text[i]));
            if (found == m_children.end())
                return;
            node = found->second;
            if (m_values[node] != kNone)
                fn(i + 1, m_values[node]);
        }
    }

private:
    static constexpr std::int64_t kNone = -1;
    static constexpr std::size_t kMaxNodes = std::size_t{1} << 24;
    static std::uint64_t edge(std::uint32_t node, char c) {
        return (std::uint64_t{node} << 8) | static_cast<unsigned char>(c);
    }

    std::unordered_map<std::uint64_t, std::uint32_t> m_children;
    std::vector<std::int64_t> m_values{kNone};
};

} // namespace viva
