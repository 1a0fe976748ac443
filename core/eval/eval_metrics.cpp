// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/eval_metrics.h"

#include "core/rewards/exact_match.h"
#include "core/rewards/metrics/bleu.h"
#include "core/rewards/metrics/wer.h"

#include <algorithm>

namespace viva {
namespace {

using References = std::vector<std::string>;
/// The counts of one answer.
using CountOne = std::function<MetricCounts(const std::string& answer, const References& references,
                                            const EvalMetricOptions& options)>;

auto eachAnswer(CountOne count) {
    return [count = std::move(count)](std::span<const std::string> answers,
                                      std::span<const References> references,
                                      const EvalMetricOptions& options) {
        std::vector<MetricCounts> out;
        for (std::size_t i = 0; i < answers.size(); ++i)
            out.push_back(count(answers[i], references[i], options));
        return out;
    };
}

/// Counts of a metric that is the mean of a value an answer.
template<typename Value>
auto meanOf(Value value) {
    return eachAnswer([value](const std::string& answer, const References& references,
                              const EvalMetricOptions& options) {
        return MetricCounts{value(answer, references, options), 1};
    });
}

double meanScore(std::span<const double> sum) {
    return sum[0] / sum[1];
}

BleuOptions bleuOptions(const EvalMetricOptions& options) {
    BleuOptions out;
    out.tokenize = options.tokenize;
    out.lowercase = options.lowercase;
    return out;
}

MetricCounts bleuCounts(const std::string& answer, const References& references,
                        const EvalMetricOptions& options) {
    const BleuStatistics counts = bleuStatistics(answer, references, bleuOptions(options));
    MetricCounts out{static_cast<double>(counts.hypothesisLength),
                     static_cast<double>(counts.referenceLength)};
    out.insert(out.end(), counts.matches.begin(), counts.matches.end());
    out.insert(out.end(), counts.totals.begin(), counts.totals.end());
    return out;
}

double bleuOfCorpus(std::span<const double> sum) {
    BleuStatistics counts;
    counts.hypothesisLength = static_cast<std::int64_t>(sum[0]);
    counts.referenceLength = static_cast<std::int64_t>(sum[1]);
    for (std::size_t order = 0; order < kBleuOrders; ++order) {
        counts.matches[order] = static_cast<std::int64_t>(sum[2 + order]);
        counts.totals[order] = static_cast<std::int64_t>(sum[2 + kBleuOrders + order]);
    }
    BleuOptions options;
    options.effectiveOrder = false;
    return bleuScore(counts, options).score;
}

double bleuOfSentence(const std::string& answer, const References& references,
                      const EvalMetricOptions& options) {
    return std::clamp(sentenceBleu(answer, references, bleuOptions(options)).score / 100.0, 0.0,
                      1.0);
}

using RatesOf = ErrorRates (*)(std::string_view hypothesis, std::string_view reference);

/// Edits against the reference with the lowest rate.
CountOne editCounts(RatesOf ratesOf) {
    return [ratesOf](const std::string& answer, const References& references,
                     const EvalMetricOptions&) {
        ErrorRates best;
        for (std::size_t i = 0; i < references.size(); ++i) {
            const ErrorRates rates = ratesOf(answer, references[i]);
            if (i == 0 || rates.rate < best.rate)
                best = rates;
        }
        const EditCounts& edits = best.edits;
        return MetricCounts{
            static_cast<double>(edits.hits), static_cast<double>(edits.substitutions),
            static_cast<double>(edits.deletions), static_cast<double>(edits.insertions)};
    };
}

double errorRateOf(std::span<const double> sum) {
    EditCounts edits;
    edits.hits = static_cast<std::int64_t>(sum[0]);
    edits.substitutions = static_cast<std::int64_t>(sum[1]);
    edits.deletions = static_cast<std::int64_t>(sum[2]);
    edits.insertions = static_cast<std::int64_t>(sum[3]);
    return errorRates(edits).rate;
}

double exactMatch(const std::string& answer, const References& references,
                  const EvalMetricOptions&) {
    return isExactMatch(answer, references) ? 1.0 : 0.0;
}

std::vector<EvalMetric> makeTable() {
    return {
        {.name = "bleu",
         .label = "BLEU",
         .description = "Corpus BLEU",
         .showsInterval = true,
         .headlineOf = {"*"},
         .formerKey = "corpus_bleu",
         .count = eachAnswer(bleuCounts),
         .score = bleuOfCorpus},
        {.name = "sentence_bleu",
         .label = "sentence",
         .description = "Mean of the sentences' BLEU",
         .scale = 100,
         .formerKey = "mean_sentence_bleu",
         .count = meanOf(bleuOfSentence),
         .score = meanScore},
        {.name = "wer",
         .label = "WER %",
         .description = "Word error rate",
         .scale = 100,
         .higherIsBetter = false,
         .headlineOf = {"asr"},
         .formerKey = "word_error_rate",
         .count = eachAnswer(editCounts(wordErrorRates)),
         .score = errorRateOf},
        {.name = "cer",
         .label = "CER %",
         .description = "Character error rate",
         .scale = 100,
         .higherIsBetter = false,
         .tasks = {"asr"},
         .count = eachAnswer(editCounts(characterErrorRates)),
         .score = errorRateOf},
        {.name = "exact_match",
         .label = "exact %",
         .description = "Share of answers that equal a reference",
         .scale = 100,
         .formerKey = "exact_match",
         .count = meanOf(exactMatch),
         .score = meanScore},
    };
}

bool hasTask(const TaskNames& tasks, std::string_view task) {
    return std::any_of(tasks.begin(), tasks.end(),
                       [task](std::string_view name) { return name == "*" || name == task; });
}

} // namespace

bool EvalMetric::isFor(std::string_view task) const {
    return hasTask(tasks, task);
}

bool EvalMetric::isHeadlineOf(std::string_view task) const {
    return hasTask(headlineOf, task);
}

std::span<const EvalMetric> evalMetrics() {
    static const std::vector<EvalMetric> kMetrics = makeTable();
    return kMetrics;
}

const EvalMetric* findEvalMetric(std::string_view name) {
    const auto all = evalMetrics();
    const auto found = std::find_if(
        all.begin(), all.end(), [name](const EvalMetric& metric) { return metric.name == name; });
    return found == all.end() ? nullptr : &*found;
}

} // namespace viva
