// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/expression/expression.h"
#include "core/rewards/expression/expression_reward.h"
#include "tests/fuzz/fuzz_input.h"

#include <algorithm>
#include <cmath>

namespace {

/// A mark lies inside the text and has a sentence.
void requirePlace(const viva::ExpressionProblem& problem, std::string_view text) {
    if (problem.begin > problem.end || problem.end > text.size() || problem.message.empty())
        std::abort();
}

/// What an expression gives lies in the bounds that it promises.
void requireBounds(const viva::Expression& expression, std::string_view answer) {
    const viva::ValueRange range = expression.range();
    for (const double value : {0.0, 0.5, 1.0}) {
        const double result = expression.evaluate(answer, [value](std::size_t) { return value; });
        if (!std::isnan(result) && (result < range.lowest || result > range.highest))
            std::abort();
    }
}

} // namespace

// The input is a formula, then after a byte 0x1e the answer it is for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = viva::fuzz::textOf(data, size);
    const std::size_t end = std::min(input.find('\x1e'), input.size());
    const std::string_view text = input.substr(0, end);
    const std::string_view answer = input.substr(std::min(end + 1, input.size()));
    static const std::vector<viva::ExpressionName> names = [] {
        std::vector<viva::ExpressionName> all(viva::textFeatures().begin(),
                                              viva::textFeatures().end());
        all.push_back({"bleu", {0, 1}});
        all.push_back({"wer", {0, 1}});
        return all;
    }();
    const viva::Expression::Parsed parsed = viva::Expression::parse(text, names);
    if ((parsed.expression == nullptr) != parsed.problem.has_value())
        std::abort();
    if (parsed.problem)
        requirePlace(*parsed.problem, text);
    else
        viva::fuzz::mayRefuse([&] { requireBounds(*parsed.expression, answer); });
    if (const auto problem = viva::checkRewardExpression(text))
        requirePlace(*problem, text);
    return 0;
}
