// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_reader.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace viva {
namespace {

int editDistance(std::string_view a, std::string_view b) {
    std::vector<int> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = static_cast<int>(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        int diagonal = row[0];
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int up = row[j];
            row[j] = std::min({up + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
            diagonal = up;
        }
    }
    return row[b.size()];
}

} // namespace

nlohmann::json parseJson(std::string_view text, std::string_view origin) {
    return buildJsonTree(text, origin);
}

nlohmann::json readJsonFile(const std::filesystem::path& path) {
    return parseJson(readFile(path, kMaxJsonBytes), path.string());
}

struct JsonReader::Impl {
    const nlohmann::json& object;
    std::string origin;
    std::string path;
    std::set<std::string, std::less<>> known;

    [[nodiscard]] std::string place(std::string_view key) const {
        return fmt::format("{}: {}{}", origin, path.empty() ? "" : path + ".", key);
    }
    const nlohmann::json* find(std::string_view key) {
        known.emplace(key);
        const auto it = object.find(std::string(key));
        return it == object.end() || it->is_null() ? nullptr : &*it;
    }
};

JsonReader::JsonReader(const nlohmann::json& object, std::string origin, std::string path)
    : m_impl(new Impl{object, std::move(origin), std::move(path), {}}) {
    if (!object.is_object())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: {} must be a JSON object, not {}", m_impl->origin,
                                m_impl->path.empty() ? "the file" : m_impl->path,
                                object.type_name()));
}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;

bool JsonReader::has(std::string_view key) const {
    const auto it = m_impl->object.find(std::string(key));
    return it != m_impl->object.end() && !it->is_null();
}

void JsonReader::fail(std::string_view key, std::string_view what) const {
    throw Error(ErrorCode::Format, fmt::format("{} {}", m_impl->place(key), what));
}

void JsonReader::requirePresent(std::string_view key) {
    if (!m_impl->find(key))
        fail(key, "is missing");
}

void JsonReader::optional(std::string_view key, bool& value) {
    if (const auto* found = m_impl->find(key)) {
        if (!found->is_boolean())
            fail(key, fmt::format("must be true or false, not {}", found->dump().substr(0, 60)));
        value = found->get<bool>();
    }
}

void JsonReader::optional(std::string_view key, std::int64_t& value) {
    if (const auto* found = m_impl->find(key)) {
        const bool whole =
            found->is_number_integer() ||
            (found->is_number_float() && std::floor(found->get<double>()) == found->get<double>() &&
             std::abs(found->get<double>()) < 9e15);
        if (!whole || (found->is_number_unsigned() &&
                       found->get<std::uint64_t>() >
                           static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())))
            fail(key, fmt::format("must be a whole number, not {}", found->dump().substr(0, 60)));
        value = found->get<std::int64_t>();
    }
}

void JsonReader::optional(std::string_view key, std::uint64_t& value) {
    if (const auto* found = m_impl->find(key)) {
        if (!found->is_number_unsigned())
            fail(key, fmt::format("must be a whole number of at least 0, not {}",
                                  found->dump().substr(0, 60)));
        value = found->get<std::uint64_t>();
    }
}

void JsonReader::optional(std::string_view key, int& value) {
    std::int64_t wide = value;
    optional(key, wide);
    if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max())
        fail(key, fmt::format("is out of range: {}", wide));
    value = static_cast<int>(wide);
}

void JsonReader::optional(std::string_view key, double& value) {
    if (const auto* found = m_impl->find(key)) {
        if (!found->is_number())
            fail(key, fmt::format("must be a number, not {}", found->dump().substr(0, 60)));
        value = found->get<double>();
    }
}

void JsonReader::optional(std::string_view key, std::string& value) {
    if (const auto* found = m_impl->find(key)) {
        if (!found->is_string())
            fail(key, fmt::format("must be text, not {}", found->dump().substr(0, 60)));
        value = found->get<std::string>();
    }
}

namespace {

template<typename T, typename Check>
void readList(const JsonReader& reader, const nlohmann::json* found, std::string_view key,
              std::vector<T>& value, Check check, const char* expected) {
    if (!found)
        return;
    if (!found->is_array() || !std::all_of(found->begin(), found->end(), check))
        reader.fail(key, fmt::format("must be a list of {}, not {}", expected,
                                     found->dump().substr(0, 60)));
    value = found->template get<std::vector<T>>();
}

} // namespace

void JsonReader::optional(std::string_view key, std::vector<int>& value) {
    readList(
        *this, m_impl->find(key), key, value,
        [](const nlohmann::json& v) { return v.is_number_integer(); }, "whole numbers");
}

void JsonReader::optional(std::string_view key, std::vector<double>& value) {
    readList(
        *this, m_impl->find(key), key, value, [](const nlohmann::json& v) { return v.is_number(); },
        "numbers");
}

void JsonReader::optional(std::string_view key, std::vector<std::string>& value) {
    readList(
        *this, m_impl->find(key), key, value, [](const nlohmann::json& v) { return v.is_string(); },
        "texts");
}

void JsonReader::optionalChoice(std::string_view key, std::string& value,
                                std::initializer_list<std::string_view> choices) {
    optionalChoice(key, value, std::span(choices.begin(), choices.size()));
}

void JsonReader::optionalChoice(std::string_view key, std::string& value,
                                std::span<const std::string_view> choices) {
    std::string word = value;
    optional(key, word);
    if (std::find(choices.begin(), choices.end(), word) == choices.end())
        fail(key, fmt::format("is \"{}\"; it must be one of: {}", word, fmt::join(choices, ", ")));
    value = word;
}

std::optional<JsonReader> JsonReader::object(std::string_view key) {
    const auto* found = m_impl->find(key);
    if (!found)
        return std::nullopt;
    return JsonReader(*found, m_impl->origin,
                      m_impl->path.empty() ? std::string(key)
                                           : fmt::format("{}.{}", m_impl->path, key));
}

const nlohmann::json* JsonReader::raw(std::string_view key) {
    return m_impl->find(key);
}

const std::string& JsonReader::origin() const {
    return m_impl->origin;
}

void JsonReader::ignore(std::string_view key) {
    m_impl->known.emplace(key);
}

void JsonReader::finish() const {
    std::string unknown;
    for (const auto& entry : m_impl->object.items()) {
        const std::string& key = entry.key();
        if (m_impl->known.contains(key))
            continue;
        const auto nearest = std::min_element(
            m_impl->known.begin(), m_impl->known.end(), [&](const auto& a, const auto& b) {
                return editDistance(key, a) < editDistance(key, b);
            });
        unknown += unknown.empty() ? "" : "; ";
        unknown += fmt::format("\"{}\"", key);
        if (nearest != m_impl->known.end() && editDistance(key, *nearest) <= 3)
            unknown += fmt::format(" (did you mean \"{}\"?)", *nearest);
    }
    if (!unknown.empty())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: unknown key{} {}", m_impl->origin,
                                m_impl->path.empty() ? "" : " in " + m_impl->path, unknown));
}

} // namespace viva
