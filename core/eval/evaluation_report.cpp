// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluation_report.h"

#include "core/base/error.h"
#include "core/eval/pass_statistics.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace viva {
namespace {

using Row = std::array<std::string, 8>;

Row header() {
    return {"split", "task", "voice", "items", "BLEU", "sentence", "WER %", "exact %"};
}

/// "31.2" or, over several passes, "31.2 (29.8-33.0)".
std::string spreadText(const PassSpread& spread, double factor, int passes) {
    const std::string mean = fmt::format("{:.1f}", spread.mean * factor);
    if (passes < 2)
        return mean;
    return fmt::format("{} ({:.1f}-{:.1f})", mean, spread.min * factor, spread.max * factor);
}

Row rowOf(const EvaluationSummary& summary) {
    return {summary.split,
            summary.task,
            summary.voice.empty() ? "all" : summary.voice,
            fmt::format("{}", summary.items),
            fmt::format("{} [{:.1f}, {:.1f}]", spreadText(summary.corpusBleu, 1, summary.passes),
                        summary.bleuInterval.low, summary.bleuInterval.high),
            spreadText(summary.meanSentenceBleu, 100, summary.passes),
            spreadText(summary.wordErrorRate, 100, summary.passes),
            spreadText(summary.exactMatch, 100, summary.passes)};
}

nlohmann::json spreadJson(const PassSpread& spread) {
    return {{"mean", spread.mean}, {"min", spread.min}, {"max", spread.max}};
}

nlohmann::json answerJson(const EvaluationReport& report, const ScoredAnswer& answer) {
    const EvalItem& item = report.items[answer.item];
    return {{"id", item.id},
            {"pass", answer.pass},
            {"question", item.question},
            {"references", item.references},
            {"answer", answer.answer},
            {"sentence_bleu", answer.sentenceBleu},
            {"exact", answer.exact},
            {"edits",
             {answer.edits.hits, answer.edits.substitutions, answer.edits.deletions,
              answer.edits.insertions}}};
}

/// Counts by item id, of one split and task.
std::map<std::string, std::vector<BleuStatistics>>
countsById(const EvaluationReport& report, const std::string& split, const std::string& task) {
    std::map<std::string, std::vector<BleuStatistics>> out;
    for (const ScoredAnswer& answer : report.answers) {
        const EvalItem& item = report.items[answer.item];
        if (item.split == split && item.task == task)
            out[item.id].push_back(answer.bleu);
    }
    return out;
}

} // namespace

std::string textTable(const EvaluationReport& report) {
    std::vector<Row> rows{header()};
    for (const EvaluationSummary& summary : report.summaries)
        rows.push_back(rowOf(summary));
    std::array<std::size_t, 8> widths{};
    for (const Row& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    std::string out = fmt::format("{} answers, {} pass{}\n", report.decoding, report.passes,
                                  report.passes == 1 ? "" : "es");
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += i < 3 ? fmt::format("{:<{}}  ", row[i], widths[i])
                          : fmt::format("{:>{}}  ", row[i], widths[i]);
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

nlohmann::json toJson(const EvaluationReport& report, bool withAnswers) {
    nlohmann::json rows = nlohmann::json::array();
    for (const EvaluationSummary& summary : report.summaries)
        rows.push_back({{"split", summary.split},
                        {"task", summary.task},
                        {"voice", summary.voice},
                        {"decoding", summary.decoding},
                        {"items", summary.items},
                        {"passes", summary.passes},
                        {"corpus_bleu", spreadJson(summary.corpusBleu)},
                        {"mean_sentence_bleu", spreadJson(summary.meanSentenceBleu)},
                        {"word_error_rate", spreadJson(summary.wordErrorRate)},
                        {"exact_match", spreadJson(summary.exactMatch)},
                        {"corpus_bleu_interval",
                         {{"low", summary.bleuInterval.low},
                          {"high", summary.bleuInterval.high},
                          {"confidence", summary.confidence}}}});
    nlohmann::json out = {
        {"decoding", report.decoding}, {"passes", report.passes}, {"summaries", rows}};
    if (withAnswers) {
        out["answers"] = nlohmann::json::array();
        for (const ScoredAnswer& answer : report.answers)
            out["answers"].push_back(answerJson(report, answer));
    }
    return out;
}

PairedComparison compareCorpusBleu(const EvaluationReport& before, const EvaluationReport& after,
                                   const std::string& split, const std::string& task,
                                   const BootstrapOptions& options) {
    if (before.passes != after.passes)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("compareCorpusBleu: {} passes and {} passes cannot be paired; "
                                "evaluate both with as many",
                                before.passes, after.passes));
    const auto first = countsById(before, split, task);
    const auto second = countsById(after, split, task);
    PassStatistics left;
    PassStatistics right;
    for (const auto& [id, counts] : first) {
        const auto found = second.find(id);
        if (found == second.end())
            continue;
        left.addItem(counts);
        right.addItem(found->second);
    }
    if (left.items() == 0)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("compareCorpusBleu: the reports share no item of split \"{}\" and "
                                "task \"{}\"",
                                split, task));
    return comparePaired(
        left.items(), [&left](auto items) { return left.meanCorpusBleu(items); },
        [&right](auto items) { return right.meanCorpusBleu(items); }, options);
}

} // namespace viva
