// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json_tree.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace viva {
namespace {

/// Receives the parser's events and hangs each value where it belongs.
class TreeBuilder final : public nlohmann::json_sax<nlohmann::json> {
public:
    TreeBuilder(std::string_view text, std::string_view origin) : m_text(text), m_origin(origin) {}

    [[nodiscard]] nlohmann::json take() { return std::move(m_root); }

    bool null() override { return add(nullptr); }
    bool boolean(bool value) override { return add(value); }
    bool number_integer(number_integer_t value) override { return add(value); }
    bool number_unsigned(number_unsigned_t value) override { return add(value); }
    bool number_float(number_float_t value, const string_t& /*text*/) override {
        return add(value);
    }
    bool string(string_t& value) override { return add(std::move(value)); }
    bool binary(binary_t& /*value*/) override { fail("holds binary data"); }

    bool start_object(std::size_t /*elements*/) override { return open(nlohmann::json::object()); }
    bool start_array(std::size_t /*elements*/) override { return open(nlohmann::json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        auto& object = m_open.back()->get_ref<nlohmann::json::object_t&>();
        const auto [entry, isNew] = object.emplace(name, nullptr);
        if (!isNew)
            fail(fmt::format("the key \"{}\" stands twice in one object; keep one of them",
                             name.substr(0, 200)));
        m_slot = &entry->second;
        return true;
    }

    bool parse_error(std::size_t position, const std::string& /*token*/,
                     const nlohmann::json::exception& error) override {
        const std::size_t at = std::min(position > 0 ? position - 1 : 0, m_text.size());
        const auto line =
            1 + std::count(m_text.begin(), m_text.begin() + static_cast<long>(at), '\n');
        const std::size_t start = m_text.rfind('\n', at == 0 ? 0 : at - 1);
        const std::size_t column = at - (start == std::string_view::npos ? 0 : start);
        std::string reason = error.what();
        if (const std::size_t colon = reason.rfind(": "); colon != std::string::npos)
            reason = reason.substr(colon + 2);
        // The reason quotes the file, which may hold anything.
        std::ranges::replace_if(
            reason, [](char c) { return static_cast<unsigned char>(c - 0x20) >= 0x5f; }, '?');
        fail(fmt::format("not valid JSON at line {}, column {}: {}", line, column,
                         reason.substr(0, 300)));
    }

private:
    template<typename Value>
    bool add(Value&& value) {
        place(nlohmann::json(std::forward<Value>(value)));
        return true;
    }

    bool open(nlohmann::json container) {
        if (m_open.size() == kMaxJsonDepth)
            fail(fmt::format("JSON is nested deeper than {} levels", kMaxJsonDepth));
        m_open.push_back(place(std::move(container)));
        return true;
    }

    bool close() {
        m_open.pop_back();
        return true;
    }

    /// Where the value now lies. Only containers that are still open are pointed at, and those do
    /// not move while something is added to the innermost of them.
    nlohmann::json* place(nlohmann::json value) {
        if (++m_count > kMaxJsonValues)
            fail(fmt::format("holds more than {} values; it is not read", kMaxJsonValues));
        if (m_open.empty()) {
            m_root = std::move(value);
            return &m_root;
        }
        if (m_open.back()->is_array()) {
            m_open.back()->push_back(std::move(value));
            return &m_open.back()->back();
        }
        *m_slot = std::move(value);
        return m_slot;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw Error(ErrorCode::Format, fmt::format("{}: {}", m_origin, what));
    }

    std::string_view m_text;
    std::string_view m_origin;
    nlohmann::json m_root;
    std::vector<nlohmann::json*> m_open;
    nlohmann::json* m_slot = nullptr;
    std::size_t m_count = 0;
};

} // namespace

nlohmann::json buildJsonTree(std::string_view text, std::string_view origin) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
        throw Error(ErrorCode::Format,
                    fmt::format("{}: is UTF-16 text, and JSON is UTF-8; save it as UTF-8", origin));
    TreeBuilder builder(text, origin);
    nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
    return builder.take();
}

} // namespace viva
