// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/evaluator.h"

#include "core/base/error.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <stdexcept>

namespace viva {
namespace {

EvalItem makeItem(std::string id, std::string split, std::string task, std::string reference,
                  std::string voice) {
    EvalItem item;
    item.id = std::move(id);
    item.split = std::move(split);
    item.task = std::move(task);
    item.references = {std::move(reference)};
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
std::vector<std::string> answerAll(std::span<const EvalItem> items, int pass, std::uint64_t) {
    std::vector<std::string> out;
    for (const EvalItem& item : items) {
        const std::string& reference = item.references.front();
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
    EXPECT_NEAR(sqa.corpusBleu.max, 100.0, 1e-9);
    // 11 of 13 tokens, all right: only the brevity penalty exp(1 - 13/11)
    EXPECT_NEAR(sqa.corpusBleu.min, 100.0 * std::exp(1.0 - 13.0 / 11.0), 1e-9);
    EXPECT_NEAR(sqa.corpusBleu.mean, (sqa.corpusBleu.max + sqa.corpusBleu.min) / 2, 1e-9);
    EXPECT_EQ(sqa.exactMatch.mean, 0.5);
    EXPECT_NEAR(sqa.wordErrorRate.max, 2.0 / 13.0, 1e-12);
    EXPECT_EQ(sqa.wordErrorRate.min, 0.0);
    EXPECT_LE(sqa.bleuInterval.low, sqa.corpusBleu.mean);
    EXPECT_GE(sqa.bleuInterval.high, sqa.corpusBleu.mean);
}

TEST(Evaluator, GivesEachPassASeedOfItsOwn) {
    std::vector<std::uint64_t> seeds;
    EvaluationOptions options;
    options.passes = 3;
    options.seed = 40;
    const auto items = sampleItems();
    static_cast<void>(evaluate(
        items,
        [&](std::span<const EvalItem> asked, int pass, std::uint64_t seed) {
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
    EXPECT_FALSE(toJson(report).contains("answers"));
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
    const PairedComparison out = compareCorpusBleu(before, after, "test", "sqa");
    EXPECT_NEAR(out.second, 100.0, 1e-9);
    EXPECT_GT(out.interval.low, 10.0);
    EXPECT_LT(out.pValue, 0.01);
    EXPECT_THROW(static_cast<void>(compareCorpusBleu(before, after, "test", "ast")), Error);
}

TEST(Evaluator, RefusesMissingAnswersAndReferences) {
    auto items = sampleItems();
    const auto tooFew = [](std::span<const EvalItem>, int, std::uint64_t) {
        return std::vector<std::string>{"one"};
    };
    EXPECT_THROW(static_cast<void>(evaluate(items, tooFew)), Error);
    EvaluationOptions none;
    none.passes = 0;
    EXPECT_THROW(static_cast<void>(evaluate(items, answerAll, none)), Error);
    const EvaluationReport nothing = evaluate({}, answerAll);
    EXPECT_TRUE(nothing.summaries.empty());
    items[1].references.clear();
    const std::vector<std::vector<std::string>> answers{{"a", "b", "c", "d"}};
    EXPECT_THROW(static_cast<void>(scoreAnswers(items, answers)), Error);
}

} // namespace
} // namespace viva
