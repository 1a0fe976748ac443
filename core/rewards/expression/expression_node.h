// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/expression/expression.h"
#include "core/text/pattern.h"

#include <array>

namespace viva {

enum class ExpressionOp : std::uint8_t {
    Number,
    Name,
    Count,   ///< matches of a pattern
    Matches, ///< 1 when there is one
    Negate,
    Not,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Choose, ///< a ? b : c
    Min,
    Max,
    Abs,
    Sqrt,
    Exp,
    Log,
    Floor,
    Ceil,
    Round,
    Clamp
};

/// One operation. Operands are indices of nodes that stand before it.
struct Expression::Node {
    ExpressionOp op = ExpressionOp::Number;
    double number = 0.0;
    std::size_t index = 0; ///< of the name or the pattern
    std::vector<std::size_t> operands;
};

struct Expression::Impl {
    std::vector<Node> nodes; ///< the last one is the result
    std::vector<Pattern> patterns;
    std::vector<ExpressionName> names;
    std::vector<std::size_t> used;
};

} // namespace viva
