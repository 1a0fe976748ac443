// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// What is wrong with an expression, and where; the message names the cure.
struct ExpressionProblem {
    std::size_t begin = 0; ///< bytes of the text that are to be marked
    std::size_t end = 0;
    std::string message;
};

/// Least and largest value; may be infinite.
struct ValueRange {
    double lowest = 0.0;
    double highest = 0.0;
};

/// A name an expression may use.
struct ExpressionName {
    std::string name;
    ValueRange range;
};

/// A formula over named numbers and matches of patterns in a text: + - * / ^, comparisons, and or
/// not, a ? b : c, min max abs sqrt exp log floor ceil round pow clamp, count("regular expression")
/// and matches("..."). True is 1 and false 0. Const use is thread-safe.
class Expression {
public:
    struct Node;
    struct Impl;
    struct Parsed;

    /// The expression, or what is wrong with it. Never throws for any text; nesting is limited to
    /// 64 levels and the text to 4000 bytes.
    [[nodiscard]] static Parsed parse(std::string_view text, std::span<const ExpressionName> names);
    ~Expression();
    Expression(const Expression&) = delete;
    Expression& operator=(const Expression&) = delete;

    /// `valueOf(i)` gives the i-th name's number; it is asked only for what the result depends on.
    /// Division by 0, logs and roots of what has none give a NaN.
    /// @throws Error(Format) when a pattern needs too much backtracking.
    [[nodiscard]] double evaluate(std::string_view answer,
                                  const std::function<double(std::size_t)>& valueOf) const;
    /// Bounds of what evaluate can return, NaN aside; they may be wider than need be.
    [[nodiscard]] ValueRange range() const;
    /// Names that occur, as indices, each once, in order of first use.
    [[nodiscard]] const std::vector<std::size_t>& usedNames() const;

private:
    explicit Expression(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
    friend class ExpressionParser;
};

/// Exactly one of the two is there.
struct Expression::Parsed {
    std::unique_ptr<Expression> expression;
    std::optional<ExpressionProblem> problem;
};

} // namespace viva
