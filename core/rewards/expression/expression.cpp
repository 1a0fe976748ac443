// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/expression/expression.h"

#include "core/rewards/expression/expression_node.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace viva {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();
constexpr ValueRange kAnything{-kEndless, kEndless};
constexpr ValueRange kTruth{0.0, 1.0};

double truth(bool value) {
    return value ? 1.0 : 0.0;
}

/// Of operations that need all their operands.
double applied(ExpressionOp op, std::span<const double> v) {
    switch (op) {
    case ExpressionOp::Negate:
        return -v[0];
    case ExpressionOp::Not:
        return truth(v[0] == 0.0);
    case ExpressionOp::Add:
        return v[0] + v[1];
    case ExpressionOp::Subtract:
        return v[0] - v[1];
    case ExpressionOp::Multiply:
        return v[0] * v[1];
    case ExpressionOp::Divide:
        return v[1] == 0.0 ? std::numeric_limits<double>::quiet_NaN() : v[0] / v[1];
    case ExpressionOp::Power:
        return std::pow(v[0], v[1]);
    case ExpressionOp::Less:
        return truth(v[0] < v[1]);
    case ExpressionOp::LessEqual:
        return truth(v[0] <= v[1]);
    case ExpressionOp::Greater:
        return truth(v[0] > v[1]);
    case ExpressionOp::GreaterEqual:
        return truth(v[0] >= v[1]);
    case ExpressionOp::Equal:
        return truth(v[0] == v[1]);
    case ExpressionOp::NotEqual:
        return truth(v[0] != v[1]);
    case ExpressionOp::Abs:
        return std::abs(v[0]);
    case ExpressionOp::Sqrt:
        return std::sqrt(v[0]);
    case ExpressionOp::Exp:
        return std::exp(v[0]);
    case ExpressionOp::Log:
        return v[0] > 0.0 ? std::log(v[0]) : std::numeric_limits<double>::quiet_NaN();
    case ExpressionOp::Floor:
        return std::floor(v[0]);
    case ExpressionOp::Ceil:
        return std::ceil(v[0]);
    case ExpressionOp::Round:
        return std::round(v[0]);
    case ExpressionOp::Clamp:
        return std::max(v[1], std::min(v[0], v[2]));
    case ExpressionOp::Min:
        return *std::min_element(v.begin(), v.end());
    case ExpressionOp::Max:
        return *std::max_element(v.begin(), v.end());
    default:
        return 0.0;
    }
}

/// One evaluation; asks for names only on the way that is taken.
class Evaluation {
public:
    Evaluation(const Expression::Impl& impl, std::string_view answer,
               const std::function<double(std::size_t)>& valueOf)
        : m_impl(impl), m_answer(answer), m_valueOf(valueOf) {}

    double at(std::size_t index) {
        const Expression::Node& node = m_impl.nodes[index];
        switch (node.op) {
        case ExpressionOp::Number:
            return node.number;
        case ExpressionOp::Name:
            return m_valueOf(node.index);
        case ExpressionOp::Count:
            return static_cast<double>(m_impl.patterns[node.index].findAll(m_answer).size());
        case ExpressionOp::Matches:
            return truth(!m_impl.patterns[node.index].findAll(m_answer).empty());
        case ExpressionOp::And:
            return truth(at(node.operands[0]) != 0.0 && at(node.operands[1]) != 0.0);
        case ExpressionOp::Or:
            return truth(at(node.operands[0]) != 0.0 || at(node.operands[1]) != 0.0);
        case ExpressionOp::Choose:
            return at(node.operands[at(node.operands[0]) != 0.0 ? 1 : 2]);
        default:
            break;
        }
        std::array<double, 16> values{};
        for (std::size_t i = 0; i < node.operands.size(); ++i)
            values[i] = at(node.operands[i]);
        return applied(node.op, std::span(values).first(node.operands.size()));
    }

private:
    const Expression::Impl& m_impl;
    std::string_view m_answer;
    const std::function<double(std::size_t)>& m_valueOf;
};

ValueRange hull(std::initializer_list<double> values) {
    ValueRange out{kEndless, -kEndless};
    for (const double value : values) {
        if (std::isnan(value)) // endless times nothing and their like
            return kAnything;
        out.lowest = std::min(out.lowest, value);
        out.highest = std::max(out.highest, value);
    }
    return out;
}

template<typename Function>
ValueRange rising(const ValueRange& range, double least, Function fn) {
    return hull({fn(std::max(range.lowest, least)), fn(std::max(range.highest, least))});
}

ValueRange productRange(const ValueRange& a, const ValueRange& b) {
    const auto times = [](double x, double y) { return x == 0.0 || y == 0.0 ? 0.0 : x * y; };
    return hull({times(a.lowest, b.lowest), times(a.lowest, b.highest), times(a.highest, b.lowest),
                 times(a.highest, b.highest)});
}

ValueRange powerRange(const ValueRange& base, const ValueRange& exponent) {
    if (base.lowest < 0 || exponent.lowest < 0)
        return kAnything;
    return hull({std::pow(base.lowest, exponent.lowest), std::pow(base.lowest, exponent.highest),
                 std::pow(base.highest, exponent.lowest),
                 std::pow(base.highest, exponent.highest)});
}

ValueRange unaryRange(ExpressionOp op, const ValueRange& a) {
    switch (op) {
    case ExpressionOp::Negate:
        return {-a.highest, -a.lowest};
    case ExpressionOp::Abs: {
        const double far = std::max(std::abs(a.lowest), std::abs(a.highest));
        const bool around = a.lowest <= 0 && a.highest >= 0;
        return {around ? 0.0 : std::min(std::abs(a.lowest), std::abs(a.highest)), far};
    }
    case ExpressionOp::Sqrt:
        return rising(a, 0.0, [](double x) { return std::sqrt(x); });
    case ExpressionOp::Exp:
        return rising(a, -kEndless, [](double x) { return std::exp(x); });
    case ExpressionOp::Log:
        return rising(a, 0.0, [](double x) { return std::log(x); });
    case ExpressionOp::Floor:
        return rising(a, -kEndless, [](double x) { return std::floor(x); });
    case ExpressionOp::Ceil:
        return rising(a, -kEndless, [](double x) { return std::ceil(x); });
    case ExpressionOp::Round:
        return rising(a, -kEndless, [](double x) { return std::round(x); });
    default:
        return kTruth;
    }
}

ValueRange rangeOf(const Expression::Node& node, const std::vector<ValueRange>& done,
                   const Expression::Impl& impl) {
    const auto operand = [&](std::size_t i) -> const ValueRange& { return done[node.operands[i]]; };
    switch (node.op) {
    case ExpressionOp::Number:
        return {node.number, node.number};
    case ExpressionOp::Name:
        return impl.names[node.index].range;
    case ExpressionOp::Count:
        return {0.0, kEndless};
    case ExpressionOp::Add:
        return {operand(0).lowest + operand(1).lowest, operand(0).highest + operand(1).highest};
    case ExpressionOp::Subtract:
        return {operand(0).lowest - operand(1).highest, operand(0).highest - operand(1).lowest};
    case ExpressionOp::Multiply:
        return productRange(operand(0), operand(1));
    case ExpressionOp::Divide:
        if (operand(1).lowest <= 0 && operand(1).highest >= 0)
            return kAnything;
        return productRange(operand(0), {1 / operand(1).highest, 1 / operand(1).lowest});
    case ExpressionOp::Power:
        return powerRange(operand(0), operand(1));
    case ExpressionOp::Choose:
        return hull({operand(1).lowest, operand(1).highest, operand(2).lowest, operand(2).highest});
    case ExpressionOp::Clamp:
        return {std::max(operand(1).lowest, std::min(operand(0).lowest, operand(2).lowest)),
                std::max(operand(1).highest, std::min(operand(0).highest, operand(2).highest))};
    case ExpressionOp::Min:
    case ExpressionOp::Max: {
        ValueRange out = operand(0);
        const bool least = node.op == ExpressionOp::Min;
        for (std::size_t i = 1; i < node.operands.size(); ++i) {
            out.lowest = least ? std::min(out.lowest, operand(i).lowest)
                               : std::max(out.lowest, operand(i).lowest);
            out.highest = least ? std::min(out.highest, operand(i).highest)
                                : std::max(out.highest, operand(i).highest);
        }
        return out;
    }
    default:
        return node.operands.empty() ? kTruth : unaryRange(node.op, operand(0));
    }
}

} // namespace

Expression::Expression(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Expression::~Expression() = default;

double Expression::evaluate(std::string_view answer,
                            const std::function<double(std::size_t)>& valueOf) const {
    return Evaluation(*m_impl, answer, valueOf).at(m_impl->nodes.size() - 1);
}

ValueRange Expression::range() const {
    std::vector<ValueRange> done;
    done.reserve(m_impl->nodes.size());
    for (const Node& node : m_impl->nodes) {
        ValueRange range = rangeOf(node, done, *m_impl);
        if (std::isnan(range.lowest) || std::isnan(range.highest))
            range = kAnything;
        done.push_back(range);
    }
    return done.back();
}

const std::vector<std::size_t>& Expression::usedNames() const {
    return m_impl->used;
}

} // namespace viva
