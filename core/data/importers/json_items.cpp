// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/json_items.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

constexpr std::size_t kMaxItemBytes = std::size_t{1} << 20U;
constexpr int kMaxDepth = 100;

bool isGap(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '[' || c == ']';
}

} // namespace

JsonItems::JsonItems(const std::filesystem::path& path)
    : m_source(path), m_item(std::make_unique<nlohmann::json>()) {}

JsonItems::~JsonItems() = default;

std::string JsonItems::place(const std::string& file) const {
    return m_ofLine > 1 ? fmt::format("{}:{}, object {}", file, m_line, m_ofLine)
                        : fmt::format("{}:{}", file, m_line);
}

bool JsonItems::next() {
    m_fault.clear();
    m_beginning.clear();
    int c = m_source.get();
    while (c >= 0 && isGap(c))
        c = m_source.get();
    if (c < 0)
        return false;
    m_ofLine = m_source.line() == m_line ? m_ofLine + 1 : 1;
    m_line = m_source.line();
    m_start = m_source.place();
    m_text.assign(1, static_cast<char>(c));
    if (c != '{') {
        bool tooLong = false;
        std::string rest;
        m_source.getLine(rest, kMaxItemBytes, tooLong);
        m_beginning = beginningOf(m_text + rest);
        m_fault = "is no JSON object; write one object {...} a line, or a list of objects";
        return true;
    }
    if (!readText())
        return true;
    if (const std::string fault = faultOfText(m_text); !fault.empty()) {
        m_beginning = beginningOf(m_text);
        m_fault = fault;
        return true;
    }
    try {
        *m_item = parseJson(m_text, "it");
    } catch (const Error& error) {
        const std::string fault = fmt::format("cannot be read: {}", error.what());
        m_beginning = beginningOf(m_text);
        m_fault = fault;
        // A whole object in one line has not swallowed anything behind it.
        if (m_text.find('\n') != std::string::npos)
            failHere(fault);
    }
    return true;
}

/// Takes everything to the closing bracket. @return false with a fault set.
bool JsonItems::readText() {
    int depth = 1;
    bool inString = false;
    bool escaped = false;
    while (depth > 0) {
        const int c = m_source.get();
        // Deeper ones are refused by the parser too; here it keeps a file of "{" alone from being
        // read again and again.
        if (depth > kMaxDepth) {
            failHere("is nested too deeply");
            return false;
        }
        if (c < 0 || m_text.size() >= kMaxItemBytes) {
            failHere(
                c < 0 ? std::string("is cut off: its closing } is missing, and what follows in its "
                                    "line is lost")
                      : fmt::format("is longer than {} bytes", kMaxItemBytes));
            return false;
        }
        m_text += static_cast<char>(c);
        if (inString) {
            if (c == '\n') {
                failHere("has a text without closing quote");
                return false;
            }
            if (escaped)
                escaped = false;
            else if (c == '\\')
                escaped = true;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return true;
}

void JsonItems::failHere(const std::string& fault) {
    m_beginning = beginningOf(m_text);
    m_fault = fault;
    m_source.seek(m_start);
    std::string rest;
    bool tooLong = false;
    std::size_t lines = 0;
    m_source.getLine(rest, kMaxItemBytes, tooLong);
    for (TextSource::Place place = m_source.place(); m_source.getLine(rest, kMaxItemBytes, tooLong);
         place = m_source.place()) {
        const std::size_t first = rest.find_first_not_of(" \t,[");
        if (first != std::string::npos && rest[first] == '{') {
            m_source.seek(place);
            break;
        }
        lines += rest.find_first_not_of(" \t,[]") != std::string::npos ? 1 : 0;
    }
    if (lines > 0)
        m_fault += fmt::format("; {} line{} up to the next {{ go{} with it", lines,
                               lines == 1 ? "" : "s", lines == 1 ? "es" : "");
}

} // namespace viva
