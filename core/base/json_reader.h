// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// The largest JSON document that is read.
inline constexpr std::uint64_t kMaxJsonBytes = std::uint64_t{128} << 20;

/// Parses JSON text; nesting deeper than 100 levels, more than eight million values and keys that
/// stand twice in one object are refused.
/// @throws Error(Format) naming `origin` (a file name) and line and column.
[[nodiscard]] nlohmann::json parseJson(std::string_view text, std::string_view origin);

/// Reads and parses a file. @throws Error(NotFound | Io | Format).
[[nodiscard]] nlohmann::json readJsonFile(const std::filesystem::path& path);

/// Typed reading of one JSON object that remembers what was asked for, so that finish() can refuse
/// keys nobody knows. Every error names file, path inside it, what was found and what is expected.
class JsonReader {
public:
    /// `object` must outlive the reader. @throws Error(Format) when it is not an object.
    JsonReader(const nlohmann::json& object, std::string origin, std::string path = {});
    ~JsonReader();
    JsonReader(JsonReader&&) noexcept;
    JsonReader(const JsonReader&) = delete;
    JsonReader& operator=(const JsonReader&) = delete;
    JsonReader& operator=(JsonReader&&) = delete;

    [[nodiscard]] bool has(std::string_view key) const; ///< present and not null
    /// Read a key into `value`; left alone when absent or null. @throws Error(Format) on a wrong
    /// type.
    void optional(std::string_view key, bool& value);
    void optional(std::string_view key, int& value);
    void optional(std::string_view key, std::int64_t& value);
    void optional(std::string_view key, std::uint64_t& value);
    void optional(std::string_view key, double& value);
    void optional(std::string_view key, std::string& value);
    void optional(std::string_view key, std::vector<int>& value);
    void optional(std::string_view key, std::vector<double>& value);
    void optional(std::string_view key, std::vector<std::string>& value);
    /// As optional, but absence is an error.
    template<typename T>
    void required(std::string_view key, T& value) {
        requirePresent(key);
        optional(key, value);
    }
    /// One of a closed set of words. @throws Error(Format) listing the set.
    void optionalChoice(std::string_view key, std::string& value,
                        std::span<const std::string_view> choices);
    void optionalChoice(std::string_view key, std::string& value,
                        std::initializer_list<std::string_view> choices);
    /// The nested object as a reader of its own; nullopt when absent or null.
    [[nodiscard]] std::optional<JsonReader> object(std::string_view key);
    /// The raw value (counts as read); null pointer when absent.
    [[nodiscard]] const nlohmann::json* raw(std::string_view key);
    /// What errors call the document.
    [[nodiscard]] const std::string& origin() const;
    /// Counts as known without being read.
    void ignore(std::string_view key);

    /// @throws Error(Format) naming every unknown key, and the nearest known one.
    void finish() const;
    [[noreturn]] void fail(std::string_view key, std::string_view what) const;

private:
    void requirePresent(std::string_view key);
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
