// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/expression/expression.h"

namespace viva {

enum class ExpressionTokenKind : std::uint8_t { Number, Name, String, Mark, End };

/// A word of an expression, with its place.
struct ExpressionToken {
    ExpressionTokenKind kind = ExpressionTokenKind::End;
    std::size_t begin = 0;
    std::size_t end = 0;
    double number = 0.0;
    std::string text; ///< of a name, a mark, or a string without its quotes
};

/// Ends the parsing; becomes an ExpressionProblem before it can leave the parser.
struct ExpressionStop {
    ExpressionProblem problem;
};

[[nodiscard]] bool isNameStart(char c) noexcept;

/// Cuts an expression into words. Throws ExpressionStop alone.
class ExpressionLexer {
public:
    explicit ExpressionLexer(std::string_view text) : m_text(text) {}

    ExpressionToken next();

private:
    void readNumber(ExpressionToken& token);
    void readName(ExpressionToken& token);
    void readString(ExpressionToken& token);
    void readMark(ExpressionToken& token);

    std::string_view m_text;
    std::size_t m_at = 0;
};

/// @throws ExpressionStop
[[noreturn]] void stopExpression(std::size_t begin, std::size_t end, std::string message);

} // namespace viva
