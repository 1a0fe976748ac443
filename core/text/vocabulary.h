// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace viva {

class JsonReader;

/// Hash that lets std::string keys be found by std::string_view.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
        return std::hash<std::string_view>{}(text);
    }
};

template<typename Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

/// Tokens and their ids, both ways.
class Vocabulary {
public:
    /// The largest id a file may use; larger ones are taken for damage.
    static constexpr std::int64_t kLargestId = (std::int64_t{1} << 24) - 1;

    void add(std::string token, std::int64_t id);
    [[nodiscard]] std::optional<std::int64_t> idOf(std::string_view token) const;
    /// nullptr when no token has this id.
    [[nodiscard]] const std::string* tokenOf(std::int64_t id) const;
    /// One more than the largest id.
    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(m_tokens.size()); }

private:
    TextMap<std::int64_t> m_ids;
    std::vector<const std::string*> m_tokens;
};

/// Reads `model.vocab` as an object token -> id. @throws Error(Format).
[[nodiscard]] Vocabulary readVocabulary(JsonReader& model);

} // namespace viva
