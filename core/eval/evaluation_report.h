// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/bootstrap.h"
#include "core/eval/evaluation_types.h"
#include "core/rewards/metrics/bleu.h"
#include "core/text/alignment.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace viva {

/// A figure over several passes.
struct PassSpread {
    double mean = 0;
    double min = 0;
    double max = 0;
};

/// One answer to one item in one pass, with all its counts.
struct ScoredAnswer {
    std::size_t item = 0; ///< index in EvaluationReport::items
    int pass = 0;
    std::string answer;
    BleuStatistics bleu;
    double sentenceBleu = 0; ///< 0..1, effective order on
    EditCounts edits;        ///< words, against the best reference
    bool exact = false;
};

/// The figures of the items that share split and task (and voice, where asked for).
struct EvaluationSummary {
    std::string split;
    std::string task;
    std::string voice; ///< empty: all voices
    std::string decoding;
    int items = 0;
    int passes = 0;
    PassSpread corpusBleu;           ///< 0..100
    PassSpread meanSentenceBleu;     ///< 0..1
    PassSpread wordErrorRate;        ///< may exceed 1
    PassSpread exactMatch;           ///< share, 0..1
    ConfidenceInterval bleuInterval; ///< of the mean corpus BLEU, items resampled
    double confidence = 0.95;
};

struct EvaluationReport {
    std::string decoding; ///< "greedy" or "sampled"
    int passes = 0;
    std::vector<EvalItem> items;
    std::vector<ScoredAnswer> answers; ///< pass by pass, each in the order of the items
    std::vector<EvaluationSummary> summaries;
};

/// Columns lined up, one row a summary; for terminals and logs.
[[nodiscard]] std::string textTable(const EvaluationReport& report);
/// Everything as JSON; the answers only with `withAnswers`.
[[nodiscard]] nlohmann::json toJson(const EvaluationReport& report, bool withAnswers = false);

/// Corpus BLEU of two reports over the items both answered (same id), of one split and task.
/// @throws Error(InvalidArgument) when they share no such item or differ in passes.
[[nodiscard]] PairedComparison compareCorpusBleu(const EvaluationReport& before,
                                                 const EvaluationReport& after,
                                                 const std::string& split, const std::string& task,
                                                 const BootstrapOptions& options = {});

} // namespace viva
