// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/expression/expression_lexer.h"

#include "core/text/utf8.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace viva {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

void stopExpression(std::size_t begin, std::size_t end, std::string message) {
    throw ExpressionStop{{begin, end, std::move(message)}};
}

bool isNameStart(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

ExpressionToken ExpressionLexer::next() {
    while (m_at < m_text.size() &&
           std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
        ++m_at;
    ExpressionToken token;
    token.begin = m_at;
    if (m_at < m_text.size()) {
        const char c = m_text[m_at];
        const char after = m_at + 1 < m_text.size() ? m_text[m_at + 1] : ' ';
        if (isDigit(c) || (c == '.' && isDigit(after)))
            readNumber(token);
        else if (isNameStart(c))
            readName(token);
        else if (c == '"' || c == '\'')
            readString(token);
        else
            readMark(token);
    }
    token.end = m_at;
    return token;
}

void ExpressionLexer::readNumber(ExpressionToken& token) {
    token.kind = ExpressionTokenKind::Number;
    const auto [end, error] =
        std::from_chars(m_text.data() + m_at, m_text.data() + m_text.size(), token.number);
    const auto length = static_cast<std::size_t>(end - (m_text.data() + m_at));
    if (error != std::errc())
        stopExpression(m_at, m_at + length,
                       "this number is too large or too small; write a plain number");
    m_at += length;
    if (m_at < m_text.size() && (isNameStart(m_text[m_at]) || m_text[m_at] == '.'))
        stopExpression(token.begin, m_at + 1,
                       "a number ends here; put an operator such as * after it");
}

void ExpressionLexer::readName(ExpressionToken& token) {
    token.kind = ExpressionTokenKind::Name;
    while (m_at < m_text.size() && (isNameStart(m_text[m_at]) || isDigit(m_text[m_at])))
        token.text.push_back(m_text[m_at++]);
}

void ExpressionLexer::readString(ExpressionToken& token) {
    token.kind = ExpressionTokenKind::String;
    const char quote = m_text[m_at++];
    while (m_at < m_text.size() && m_text[m_at] != quote) {
        // only the quote itself is escaped: backslashes belong to the pattern
        if (m_text[m_at] == '\\' && m_at + 1 < m_text.size()) {
            if (m_text[m_at + 1] != quote)
                token.text.push_back('\\');
            ++m_at;
        }
        token.text.push_back(m_text[m_at++]);
    }
    if (m_at == m_text.size())
        stopExpression(token.begin, m_at,
                       fmt::format("this text has no end; close it with {}", quote));
    ++m_at;
}

void ExpressionLexer::readMark(ExpressionToken& token) {
    static constexpr std::array<std::string_view, 20> kMarks{
        "<=", ">=", "==", "!=", "&&", "||", "**", "+", "-", "*",
        "/",  "^",  "(",  ")",  ",",  "?",  ":",  "<", ">", "!"};
    token.kind = ExpressionTokenKind::Mark;
    for (const std::string_view mark : kMarks)
        if (m_text.substr(m_at).starts_with(mark)) {
            token.text = mark;
            m_at += mark.size();
            return;
        }
    const std::size_t length = decodeUtf8(m_text, m_at).length;
    const std::string_view found = m_text.substr(m_at, length);
    stopExpression(
        m_at, m_at + length,
        found == "="
            ? std::string("one = sets nothing here; write == to compare")
            : fmt::format("\"{}\" means nothing here; known are + - * / ^ ( ) , < <= > >= == "
                          "!= ? : and or not",
                          repairUtf8(found)));
}

} // namespace viva
