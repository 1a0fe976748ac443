// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluator.h"

#include "core/base/error.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>
#include <stdexcept>

namespace viva {
namespace {

EvalItem makeItem(std::string id, std::string split, std::string task, std::string reference,
                  std::string voice) {
    EvalItem item;
    item.question.id = std::move(id);
    item.question.task = std::move(task);
    item.question.references = {std::move(reference)};
    item.split = std::move(split);
    item.voice = std::move(voice);
    return item;
}

std::vector<EvalItem> sampleItems() {
    return {makeItem("a", "test", "sqa", "the cat sat on the mat", "slt"),
            makeItem("b", "test", "ast", "die Katze sitzt auf der Matte", "slt"),
            makeItem("c", "test", "sqa", "a green book lies under the chair", "awb"),
            makeItem("d", "validation", "sqa", "three birds sing in the morning", "awb")};
}

const EvaluationSummary& find(const EvaluationReport& report, const std::string& split,
                              const std::string& task, const std::string& voice = "") {
    for (const EvaluationSummary& summary : report.summaries)
        if (summary.split == split && summary.task == task && summary.voice == voice)
            return summary;
    throw std::runtime_error("no summary " + split + " " + task);
}

/// Right in even passes, one word short in odd ones.
std::vector<std::string> answerAll(std::span<const Question> questions, int pass, std::uint64_t) {
    std::vector<std::string> out;
    for (const Question& question : questions) {
        const std::string& reference = question.references.front();
        out.push_back(pass % 2 == 0 ? reference : reference.substr(0, reference.rfind(' ')));
    }
    return out;
}

TEST(Evaluator, SummarizesBySplitAndTaskOverPasses) {
    EvaluationOptions options;
    options.passes = 2;
    const auto items = sampleItems();
    const EvaluationReport report = evaluate(items, answerAll, options);
    ASSERT_EQ(report.summaries.size(), 3u);
    const EvaluationSummary& sqa = find(report, "test", "sqa");
    EXPECT_EQ(sqa.items, 2);
    EXPECT_EQ(sqa.passes, 2);
    const MetricSummary& bleu = *sqa.metric("bleu");
    EXPECT_NEAR(bleu.value.max, 100.0, 1e-9);
    // 11 of 13 tokens, all right: only the brevity penalty exp(1 - 13/11)
    EXPECT_NEAR(bleu.value.min, 100.0 * std::exp(1.0 - 13.0 / 11.0), 1e-9);
    EXPECT_NEAR(bleu.value.mean, (bleu.value.max + bleu.value.min) / 2, 1e-9);
    EXPECT_EQ(sqa.metric("exact_match")->value.mean, 0.5);
    EXPECT_NEAR(sqa.metric("wer")->value.max, 2.0 / 13.0, 1e-12);
    EXPECT_EQ(sqa.metric("wer")->value.min, 0.0);
    EXPECT_LE(bleu.interval->low, bleu.value.mean);
    EXPECT_GE(bleu.interval->high, bleu.value.mean);
    EXPECT_EQ(sqa.metric("cer"), nullptr) << "characters are counted in transcripts alone";
    options.bootstrap.resamples = 0;
    EXPECT_FALSE(evaluate(items, answerAll, options).summaries[0].metric("bleu")->interval);
}

TEST(Evaluator, GivesEachPassASeedOfItsOwn) {
    std::vector<std::uint64_t> seeds;
    EvaluationOptions options;
    options.passes = 3;
    options.seed = 40;
    const auto items = sampleItems();
    static_cast<void>(evaluate(
        items,
        [&](std::span<const Question> asked, int pass, std::uint64_t seed) {
            seeds.push_back(seed);
            return answerAll(asked, pass, seed);
        },
        options));
    EXPECT_EQ(seeds, (std::vector<std::uint64_t>{40, 41, 42}));
}

TEST(Evaluator, SplitsByVoiceWhenAsked) {
    EvaluationOptions options;
    options.byVoice = true;
    const auto items = sampleItems();
    const EvaluationReport report = evaluate(items, answerAll, options);
    EXPECT_EQ(find(report, "test", "sqa", "awb").items, 1);
    EXPECT_EQ(find(report, "test", "sqa", "slt").items, 1);
    EXPECT_EQ(find(report, "test", "sqa").items, 2);
}

TEST(Evaluator, TableAndJsonCarryTheFigures) {
    const auto items = sampleItems();
    const EvaluationReport report = evaluate(items, answerAll);
    const std::string table = textTable(report);
    EXPECT_NE(table.find("validation"), std::string::npos);
    EXPECT_NE(table.find("100.0"), std::string::npos) << table;
    const nlohmann::json json = toJson(report, true);
    EXPECT_EQ(json.at("summaries").size(), 3u);
    EXPECT_EQ(json.at("answers").size(), 4u);
    EXPECT_EQ(json.at("answers")[0].at("exact"), true);
    EXPECT_EQ(json.at("answers")[0].at("edits"), (std::vector<int>{6, 0, 0, 0}));
    EXPECT_EQ(json.at("answers")[0].at("metrics").at("wer"), 0.0);
    const nlohmann::json& summary = json.at("summaries")[0];
    EXPECT_EQ(summary.at("metrics").at("bleu").at("mean"), summary.at("corpus_bleu").at("mean"));
    EXPECT_EQ(summary.at("word_error_rate").at("max"), 0.0);
    EXPECT_EQ(summary.at("corpus_bleu_interval").at("confidence"), 0.95);
    EXPECT_FALSE(summary.contains("exact_match_interval"));
    EXPECT_FALSE(toJson(report).contains("answers"));
}

TEST(Evaluator, TranscriptsHaveErrorRates) {
    const std::vector<EvalItem> items{makeItem("a", "test", "asr", "the cat sat", "slt"),
                                      makeItem("b", "test", "sqa", "a cat", "slt")};
    const std::vector<std::vector<std::string>> answers{{"the hat sat", "a cat"}};
    const EvaluationReport report = scoreAnswers(items, answers);
    const EvaluationSummary& asr = find(report, "test", "asr");
    EXPECT_DOUBLE_EQ(asr.metric("wer")->value.mean, 1.0 / 3.0);
    EXPECT_DOUBLE_EQ(asr.metric("cer")->value.mean, 1.0 / 11.0);
    const std::string table = textTable(report);
    EXPECT_NE(table.find("WER %  CER %"), std::string::npos) << table;
    EXPECT_NE(table.find("33.3    9.1"), std::string::npos) << table;
    EXPECT_NE(table.find("0.0           100.0"), std::string::npos)
        << "no CER of answers: " << table;
}

TEST(EvalItems, TakesSplitsInOrderAndSoManyOfEach) {
    Manifest manifest;
    manifest.folder = "/data";
    for (const char* id : {"t1", "v1", "t2", "v2"}) {
        Utterance utterance;
        utterance.id = id;
        utterance.audioPath = std::string(id) + ".wav";
        utterance.split = id[0] == 't' ? "test" : "validation";
        utterance.voice = "slt";
        utterance.tasks = {{"sqa", "What?", {"this"}, "", {}, {}},
                           {"asr", "Write.", {"so"}, "", {}, {}}};
        manifest.utterances.push_back(std::move(utterance));
    }
    const Dataset data(std::move(manifest));
    const auto idsOf = [](const std::vector<EvalItem>& items) {
        std::vector<std::string> ids;
        for (const EvalItem& item : items)
            ids.push_back(item.question.id);
        return ids;
    };
    using Ids = std::vector<std::string>;
    EXPECT_EQ(idsOf(evalItems(data, 3)),
              (Ids{"t1/sqa0", "t1/asr1", "v1/sqa0", "v1/asr1", "t2/sqa0", "v2/sqa0"}));
    EXPECT_EQ(idsOf(evalItems(data, 1, {"validation", "test"})), (Ids{"v1/sqa0", "t1/sqa0"}));
    EXPECT_EQ(idsOf(evalItems(data, 0, {"test"})),
              (Ids{"t1/sqa0", "t1/asr1", "t2/sqa0", "t2/asr1"}));
    const EvalItem item = evalItems(data).at(1);
    EXPECT_EQ(item.question, (Question{"t1/asr1", "/data/t1.wav", "asr", "Write.", {"so"}}));
    EXPECT_EQ(item.split, "test");
    EXPECT_EQ(item.voice, "slt");
}

TEST(EvalMetrics, NamesAreUniqueAndScoresAreRight) {
    std::set<std::string_view> names;
    const std::vector<std::string> answers{"the cat sat down", "a"};
    const std::vector<std::vector<std::string>> references{{"the cat sat down"}, {"a"}};
    for (const EvalMetric& metric : evalMetrics()) {
        EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
        EXPECT_EQ(findEvalMetric(metric.name), &metric);
        EXPECT_FALSE(metric.label.empty());
        const auto counts = metric.count(answers, references, {});
        ASSERT_EQ(counts.size(), 2U) << metric.name;
        const double best = metric.higherIsBetter ? 100 : 0;
        EXPECT_NEAR(metric.score(counts[0]) * metric.scale, best, 1e-9) << metric.name;
        MetricCounts sum = counts[0];
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += counts[1].at(i);
        EXPECT_NEAR(metric.score(sum) * metric.scale, best, 1e-9) << metric.name;
    }
    EXPECT_EQ(findEvalMetric("belu"), nullptr);
}

TEST(Evaluator, ComparesTwoReportsOverSharedItems) {
    std::vector<EvalItem> items;
    std::vector<std::string> worse;
    std::vector<std::string> right;
    for (int i = 0; i < 40; ++i) {
        const std::string reference = "item number " + std::to_string(i) + " lies under the chair";
        items.push_back(makeItem("i" + std::to_string(i), "test", "sqa", reference, "slt"));
        worse.push_back(i % 4 == 0 ? reference : "item number lies in the chair");
        right.push_back(reference);
    }
    const std::vector<std::vector<std::string>> first{worse};
    const std::vector<std::vector<std::string>> second{right};
    const auto before = scoreAnswers(items, first);
    const auto after = scoreAnswers(items, second);
    const PairedComparison out = compareReports(before, after, "bleu", "test", "sqa");
    EXPECT_NEAR(out.second, 100.0, 1e-9);
    EXPECT_GT(out.interval.low, 10.0);
    EXPECT_LT(out.pValue, 0.01);
    const PairedComparison errors = compareReports(before, after, "wer", "test", "sqa");
    EXPECT_EQ(errors.second, 0.0);
    EXPECT_LT(errors.interval.high, 0.0);
    EXPECT_THROW(static_cast<void>(compareReports(before, after, "bleu", "test", "ast")), Error);
    EXPECT_THROW(static_cast<void>(compareReports(before, after, "cer", "test", "sqa")), Error);
}

TEST(Evaluator, RefusesMissingAnswersAndReferences) {
    auto items = sampleItems();
    const auto tooFew = [](std::span<const Question>, int, std::uint64_t) {
        return std::vector<std::string>{"one"};
    };
    EXPECT_THROW(static_cast<void>(evaluate(items, tooFew)), Error);
    EvaluationOptions none;
    none.passes = 0;
    EXPECT_THROW(static_cast<void>(evaluate(items, answerAll, none)), Error);
    const EvaluationReport nothing = evaluate({}, answerAll);
    EXPECT_TRUE(nothing.summaries.empty());
    items[1].question.references.clear();
    const std::vector<std::vector<std::string>> answers{{"a", "b", "c", "d"}};
    EXPECT_THROW(static_cast<void>(scoreAnswers(items, answers)), Error);
}

} // namespace
} // namespace viva
