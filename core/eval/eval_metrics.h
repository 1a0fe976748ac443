// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/metrics/bleu_tokenizer.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// How texts are compared.
struct EvalMetricOptions {
    BleuTokenize tokenize = BleuTokenize::Thirteen; ///< of BLEU
    bool lowercase = false;                         ///< of BLEU
};

/// What one answer adds to a metric, such as matches and totals of n-grams; sums over answers give
/// the counts of a corpus.
using MetricCounts = std::vector<double>;

/// Names of tasks; "*" stands for all.
using TaskNames = std::vector<std::string_view>;

/// One metric of an evaluation, all there is to say of it.
struct EvalMetric {
    std::string_view name;        ///< in the store and in JSON: "bleu"
    std::string_view label;       ///< heads a column: "BLEU", "WER %"
    std::string_view description; ///< "Corpus BLEU"
    double scale = 1;             ///< tables show value * scale
    bool higherIsBetter = true;
    bool showsInterval = false; ///< tables show the bootstrap interval behind the value
    TaskNames tasks{"*"};       ///< measured for these
    TaskNames headlineOf{};     ///< where one figure a task is shown, it is shown for these
    /// Key in JSON from before metrics had names, kept for scripts; empty for those that came
    /// later.
    std::string_view formerKey{};
    /// One result an answer, each against its own references (at least one).
    std::function<std::vector<MetricCounts>(std::span<const std::string> answers,
                                            std::span<const std::vector<std::string>> references,
                                            const EvalMetricOptions& options)>
        count{};
    /// The metric from the summed counts of at least one answer.
    std::function<double(std::span<const double> sum)> score{};

    [[nodiscard]] bool isFor(std::string_view task) const;
    [[nodiscard]] bool isHeadlineOf(std::string_view task) const;
};

/// Every metric there is, in the order of the tables. A new one is an entry here.
[[nodiscard]] std::span<const EvalMetric> evalMetrics();

/// Null for a name that the table does not have.
[[nodiscard]] const EvalMetric* findEvalMetric(std::string_view name);

} // namespace viva
