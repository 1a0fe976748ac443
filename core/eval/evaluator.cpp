// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluator.h"

#include "core/base/error.h"
#include "core/eval/pass_statistics.h"
#include "core/rewards/exact_match.h"
#include "core/rewards/metrics/wer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>

namespace viva {
namespace {

EditCounts bestEdits(const std::string& answer, const std::vector<std::string>& references) {
    ErrorRates best;
    for (std::size_t i = 0; i < references.size(); ++i) {
        const ErrorRates rates = wordErrorRates(answer, references[i]);
        if (i == 0 || rates.rate < best.rate)
            best = rates;
    }
    return best.edits;
}

ScoredAnswer scoreAnswer(const EvalItem& item, std::size_t index, int pass,
                         const std::string& answer, const EvaluationOptions& options) {
    BleuOptions bleu;
    bleu.tokenize = options.tokenize;
    bleu.lowercase = options.lowercase;
    ScoredAnswer out;
    out.item = index;
    out.pass = pass;
    out.answer = answer;
    out.bleu = bleuStatistics(answer, item.references, bleu);
    out.sentenceBleu = std::clamp(bleuScore(out.bleu, bleu).score / 100.0, 0.0, 1.0);
    out.edits = bestEdits(answer, item.references);
    out.exact = isExactMatch(answer, item.references);
    return out;
}

PassSpread spreadOf(const std::vector<double>& values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    return {sum / static_cast<double>(values.size()), *low, *high};
}

/// Figures of some items, pass by pass.
class Summarizer {
public:
    Summarizer(const EvaluationReport& report, const EvaluationOptions& options)
        : m_report(report), m_options(options) {}

    [[nodiscard]] EvaluationSummary run(const std::vector<std::size_t>& items,
                                        bool withVoice) const {
        const EvalItem& first = m_report.items[items.front()];
        EvaluationSummary out;
        out.split = first.split;
        out.task = first.task;
        out.voice = withVoice ? first.voice : "";
        out.decoding = m_report.decoding;
        out.items = static_cast<int>(items.size());
        out.passes = m_report.passes;
        out.confidence = m_options.bootstrap.confidence;
        fillBleu(items, out);
        fillOthers(items, out);
        return out;
    }

private:
    [[nodiscard]] const ScoredAnswer& at(std::size_t item, int pass) const {
        return m_report.answers[static_cast<std::size_t>(pass) * m_report.items.size() + item];
    }

    void fillBleu(const std::vector<std::size_t>& items, EvaluationSummary& out) const {
        PassStatistics statistics;
        for (const std::size_t item : items) {
            std::vector<BleuStatistics> byPass;
            for (int pass = 0; pass < m_report.passes; ++pass)
                byPass.push_back(at(item, pass).bleu);
            statistics.addItem(byPass);
        }
        std::vector<std::size_t> all(items.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        std::vector<double> scores;
        for (std::size_t pass = 0; pass < statistics.passes(); ++pass)
            scores.push_back(statistics.corpusBleu(all, pass));
        out.corpusBleu = spreadOf(scores);
        out.bleuInterval = bootstrapInterval(
            items.size(), [&](auto drawn) { return statistics.meanCorpusBleu(drawn); },
            m_options.bootstrap);
    }

    void fillOthers(const std::vector<std::size_t>& items, EvaluationSummary& out) const {
        std::vector<double> sentence;
        std::vector<double> errors;
        std::vector<double> exact;
        const auto count = static_cast<double>(items.size());
        for (int pass = 0; pass < m_report.passes; ++pass) {
            double bleu = 0;
            double same = 0;
            EditCounts edits;
            for (const std::size_t item : items) {
                const ScoredAnswer& answer = at(item, pass);
                bleu += answer.sentenceBleu;
                same += answer.exact ? 1 : 0;
                edits += answer.edits;
            }
            sentence.push_back(bleu / count);
            exact.push_back(same / count);
            errors.push_back(errorRates(edits).rate);
        }
        out.meanSentenceBleu = spreadOf(sentence);
        out.exactMatch = spreadOf(exact);
        out.wordErrorRate = spreadOf(errors);
    }

    const EvaluationReport& m_report;
    const EvaluationOptions& m_options;
};

using GroupKey = std::tuple<std::string, std::string, std::string>;

/// Items that belong together, in the order in which the groups first occur.
std::vector<std::vector<std::size_t>> groupItems(const std::vector<EvalItem>& items, bool byVoice) {
    std::vector<GroupKey> keys;
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const GroupKey key{items[i].split, items[i].task, byVoice ? items[i].voice : ""};
        const auto found = std::find(keys.begin(), keys.end(), key);
        if (found == keys.end()) {
            keys.push_back(key);
            groups.push_back({i});
        } else {
            groups[static_cast<std::size_t>(found - keys.begin())].push_back(i);
        }
    }
    return groups;
}

void summarize(EvaluationReport& report, const EvaluationOptions& options) {
    const Summarizer summarizer(report, options);
    std::vector<EvaluationSummary> summaries;
    for (const auto& group : groupItems(report.items, false))
        summaries.push_back(summarizer.run(group, false));
    if (options.byVoice)
        for (const auto& group : groupItems(report.items, true))
            summaries.push_back(summarizer.run(group, true));
    report.summaries = std::move(summaries);
}

} // namespace

EvaluationReport scoreAnswers(std::span<const EvalItem> items,
                              std::span<const std::vector<std::string>> answers,
                              const EvaluationOptions& options) {
    if (answers.empty())
        throw Error(ErrorCode::InvalidArgument, "evaluate: 0 passes; at least 1 is needed");
    EvaluationReport report;
    report.decoding = options.decoding;
    report.passes = static_cast<int>(answers.size());
    report.items.assign(items.begin(), items.end());
    for (std::size_t pass = 0; pass < answers.size(); ++pass) {
        if (answers[pass].size() != items.size())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("evaluate: {} answers to {} items in pass {}",
                                    answers[pass].size(), items.size(), pass));
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (items[i].references.empty())
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("evaluate: item \"{}\" has no reference", items[i].id));
            report.answers.push_back(
                scoreAnswer(items[i], i, static_cast<int>(pass), answers[pass][i], options));
        }
    }
    summarize(report, options);
    return report;
}

EvaluationReport evaluate(std::span<const EvalItem> items, const AnswerFunction& answer,
                          const EvaluationOptions& options) {
    std::vector<std::vector<std::string>> answers;
    for (int pass = 0; pass < options.passes; ++pass)
        answers.push_back(answer(items, pass, options.seed + static_cast<std::uint64_t>(pass)));
    return scoreAnswers(items, answers, options);
}

} // namespace viva
