// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/rewards/expression/expression_lexer.h"
#include "core/rewards/expression/expression_node.h"
#include "core/text/alignment.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

constexpr std::size_t kMostBytes = 4000;
constexpr int kDeepest = 64;

using Token = ExpressionToken;
using TokenKind = ExpressionTokenKind;
using Stop = ExpressionStop;

struct Function {
    std::string_view name;
    ExpressionOp op;
    std::size_t least;
    std::size_t most;
};

constexpr std::array<Function, 14> kFunctions{{
    {"min", ExpressionOp::Min, 1, 16},
    {"max", ExpressionOp::Max, 1, 16},
    {"abs", ExpressionOp::Abs, 1, 1},
    {"sqrt", ExpressionOp::Sqrt, 1, 1},
    {"exp", ExpressionOp::Exp, 1, 1},
    {"log", ExpressionOp::Log, 1, 1},
    {"floor", ExpressionOp::Floor, 1, 1},
    {"ceil", ExpressionOp::Ceil, 1, 1},
    {"round", ExpressionOp::Round, 1, 1},
    {"pow", ExpressionOp::Power, 2, 2},
    {"clamp", ExpressionOp::Clamp, 3, 3},
    {"if", ExpressionOp::Choose, 3, 3},
    {"count", ExpressionOp::Count, 1, 1},
    {"matches", ExpressionOp::Matches, 1, 1},
}};

struct Operator {
    std::string_view mark;
    ExpressionOp op;
};

} // namespace

/// Recursive descent; one function a level of binding.
class ExpressionParser {
public:
    ExpressionParser(std::string_view text, std::span<const ExpressionName> names)
        : m_lexer(text), m_impl(std::make_unique<Expression::Impl>()) {
        m_impl->names.assign(names.begin(), names.end());
    }

    std::unique_ptr<Expression> run() {
        advance();
        if (m_token.kind == TokenKind::End)
            stopExpression(0, 0, "the expression is empty; write one such as bleu");
        parseChoice();
        if (m_token.kind != TokenKind::End)
            stopExpression(m_token.begin, m_token.end,
                           m_token.text == ")"
                               ? std::string("this bracket was never opened; remove it")
                               : std::string("the expression ends before this; put an "
                                             "operator such as + or * in front"));
        return std::unique_ptr<Expression>(new Expression(std::move(m_impl)));
    }

private:
    using Op = ExpressionOp;

    /// Counts the nesting; texts can be nested deeper than the stack is.
    class Level {
    public:
        explicit Level(ExpressionParser& parser) : m_parser(parser) {
            if (++m_parser.m_depth > kDeepest)
                stopExpression(
                    m_parser.m_token.begin, m_parser.m_token.end,
                    fmt::format("brackets and operators are nested deeper than {} levels; write "
                                "it flatter",
                                kDeepest));
        }
        ~Level() { --m_parser.m_depth; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        ExpressionParser& m_parser;
    };

    void advance() { m_token = m_lexer.next(); }
    bool take(std::string_view mark) {
        const bool word = isNameStart(mark[0]);
        if (m_token.kind != (word ? TokenKind::Name : TokenKind::Mark) || m_token.text != mark)
            return false;
        advance();
        return true;
    }
    void expect(std::string_view mark, std::string_view why) {
        if (!take(mark))
            stopExpression(m_token.begin, m_token.end,
                           fmt::format("\"{}\" is missing here{}", mark, why));
    }
    std::size_t add(Op op, std::vector<std::size_t> operands) {
        m_impl->nodes.push_back({op, 0.0, 0, std::move(operands)});
        return m_impl->nodes.size() - 1;
    }

    std::size_t parseChoice() {
        const Level level(*this);
        const std::size_t condition = parseOr();
        if (!take("?"))
            return condition;
        const std::size_t yes = parseChoice();
        expect(":", ": a choice is written condition ? value : other value");
        const std::size_t no = parseChoice();
        return add(Op::Choose, {condition, yes, no});
    }
    std::size_t parseOr() {
        std::size_t left = parseAnd();
        while (take("or") || take("||"))
            left = add(Op::Or, {left, parseAnd()});
        return left;
    }
    std::size_t parseAnd() {
        std::size_t left = parseNot();
        while (take("and") || take("&&"))
            left = add(Op::And, {left, parseNot()});
        return left;
    }
    std::size_t parseNot() {
        if (!take("not") && !take("!"))
            return parseComparison();
        const Level level(*this);
        return add(Op::Not, {parseNot()});
    }
    std::size_t parseComparison() {
        static constexpr std::array<Operator, 6> kComparisons{{{"<", Op::Less},
                                                               {"<=", Op::LessEqual},
                                                               {">", Op::Greater},
                                                               {">=", Op::GreaterEqual},
                                                               {"==", Op::Equal},
                                                               {"!=", Op::NotEqual}}};
        const std::size_t left = parseSum();
        for (const Operator& comparison : kComparisons)
            if (take(comparison.mark)) {
                const std::size_t result = add(comparison.op, {left, parseSum()});
                for (const Operator& again : kComparisons)
                    if (m_token.kind == TokenKind::Mark && m_token.text == again.mark)
                        stopExpression(m_token.begin, m_token.end,
                                       "comparisons cannot be chained; join two with and");
                return result;
            }
        return left;
    }
    std::size_t parseSum() {
        std::size_t left = parseProduct();
        while (true) {
            if (take("+"))
                left = add(Op::Add, {left, parseProduct()});
            else if (take("-"))
                left = add(Op::Subtract, {left, parseProduct()});
            else
                return left;
        }
    }
    std::size_t parseProduct() {
        std::size_t left = parseSign();
        while (true) {
            if (take("*"))
                left = add(Op::Multiply, {left, parseSign()});
            else if (take("/"))
                left = add(Op::Divide, {left, parseSign()});
            else
                return left;
        }
    }
    std::size_t parseSign() {
        const Level level(*this);
        if (take("-"))
            return add(Op::Negate, {parseSign()});
        if (take("+"))
            return parseSign();
        const std::size_t base = parsePrimary();
        if (take("^") || take("**"))
            return add(Op::Power, {base, parseSign()});
        return base;
    }
    std::size_t parsePrimary() {
        const Token token = m_token;
        switch (token.kind) {
        case TokenKind::Number:
            advance();
            m_impl->nodes.push_back({Op::Number, token.number, 0, {}});
            return m_impl->nodes.size() - 1;
        case TokenKind::Name:
            advance();
            return m_token.kind == TokenKind::Mark && m_token.text == "(" ? parseCall(token)
                                                                          : parseName(token);
        case TokenKind::String:
            stopExpression(token.begin, token.end,
                           "a text stands only in count(\"...\") and matches(\"...\")");
        case TokenKind::Mark:
            if (take("(")) {
                const std::size_t inner = parseChoice();
                expect(")", ": close the bracket");
                return inner;
            }
            break;
        case TokenKind::End:
            break;
        }
        stopExpression(token.begin, token.end, "a number, a name or a bracket is missing here");
    }
    std::size_t parseName(const Token& token) {
        const auto& names = m_impl->names;
        const auto found =
            std::find_if(names.begin(), names.end(),
                         [&](const ExpressionName& name) { return name.name == token.text; });
        if (found == names.end())
            stopExpression(token.begin, token.end, unknownName(token.text));
        const auto index = static_cast<std::size_t>(found - names.begin());
        auto& used = m_impl->used;
        if (std::find(used.begin(), used.end(), index) == used.end())
            used.push_back(index);
        m_impl->nodes.push_back({Op::Name, 0.0, index, {}});
        return m_impl->nodes.size() - 1;
    }
    std::size_t parseCall(const Token& token) {
        const auto* const function =
            std::find_if(kFunctions.begin(), kFunctions.end(),
                         [&](const Function& one) { return one.name == token.text; });
        if (function == kFunctions.end())
            stopExpression(token.begin, token.end, unknownFunction(token.text));
        expect("(", "");
        if (function->op == Op::Count || function->op == Op::Matches)
            return parsePattern(*function);
        std::vector<std::size_t> operands;
        if (!take(")")) {
            do
                operands.push_back(parseChoice());
            while (take(","));
            expect(")", fmt::format(": close {}(", function->name));
        }
        if (operands.size() < function->least || operands.size() > function->most)
            stopExpression(
                token.begin, token.end,
                fmt::format("{} takes {} values and has {}", function->name,
                            function->least == function->most
                                ? std::to_string(function->least)
                                : fmt::format("{} to {}", function->least, function->most),
                            operands.size()));
        return add(function->op, std::move(operands));
    }
    std::size_t parsePattern(const Function& function) {
        const Token token = m_token;
        if (token.kind != TokenKind::String)
            stopExpression(
                token.begin, token.end,
                fmt::format("{0} takes a regular expression in quotes, as {0}(\"[0-9]+\")",
                            function.name));
        try {
            m_impl->patterns.emplace_back(repairUtf8(token.text), function.name);
        } catch (const Error& error) {
            stopExpression(token.begin, token.end, error.what());
        }
        advance();
        expect(")", fmt::format(": close {}(", function.name));
        m_impl->nodes.push_back({function.op, 0.0, m_impl->patterns.size() - 1, {}});
        return m_impl->nodes.size() - 1;
    }

    [[nodiscard]] std::string unknownName(const std::string& name) const {
        std::vector<std::string_view> known;
        for (const ExpressionName& one : m_impl->names)
            known.push_back(one.name);
        for (const Function& function : kFunctions)
            if (function.name == name)
                return fmt::format("{0} is a function: write {0}(...)", name);
        return fmt::format("\"{}\" is not known; {}", name, nearest(name, known));
    }
    [[nodiscard]] std::string unknownFunction(const std::string& name) const {
        std::vector<std::string_view> known;
        for (const Function& function : kFunctions)
            known.push_back(function.name);
        for (const ExpressionName& one : m_impl->names)
            if (one.name == name)
                return fmt::format("{} is a number and takes nothing in brackets", name);
        return fmt::format("there is no function \"{}\"; {}", name, nearest(name, known));
    }
    static std::string nearest(std::string_view name, const std::vector<std::string_view>& known) {
        std::string_view best;
        std::int64_t least = 3;
        std::string list;
        for (const std::string_view one : known) {
            list += (list.empty() ? "" : ", ") + std::string(one);
            const std::int64_t distance =
                name.size() > 64 ? least : countEdits(alignCharacters(name, one)).errors();
            if (distance < least) {
                least = distance;
                best = one;
            }
        }
        return best.empty() ? fmt::format("known are {}", list)
                            : fmt::format("did you mean {}?", best);
    }

    ExpressionLexer m_lexer;
    Token m_token;
    std::unique_ptr<Expression::Impl> m_impl;
    int m_depth = 0;
};

Expression::Parsed Expression::parse(std::string_view text, std::span<const ExpressionName> names) {
    Parsed out;
    if (text.size() > kMostBytes) {
        out.problem = {kMostBytes, text.size(),
                       fmt::format("the expression has {} bytes and may have {}; shorten it",
                                   text.size(), kMostBytes)};
        return out;
    }
    try {
        out.expression = ExpressionParser(text, names).run();
    } catch (const Stop& stopped) {
        out.problem = stopped.problem;
    }
    return out;
}

} // namespace viva
