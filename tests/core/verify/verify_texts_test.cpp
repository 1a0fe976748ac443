// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/verify/texts/verify_metrics.h"
#include "core/verify/texts/verify_tokenizers.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

class VerifyTexts : public testing::Test {
protected:
    fs::path golden = VIVA_GOLDEN_DIR;
    fs::path copy =
        fs::temp_directory_path() / ("viva-verify-" + std::to_string(getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());

    ~VerifyTexts() override {
        std::error_code ignored;
        fs::remove_all(copy, ignored);
    }
    void copyFrom(const fs::path& folder) { fs::copy(folder, copy, fs::copy_options::recursive); }
    /// Replaces the first occurrence in a file of the copy.
    void change(const char* file, std::string_view from, std::string_view to) {
        std::string text = readFile(copy / file);
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos);
        writeFileAtomically(copy / file, text.replace(at, from.size(), to));
    }
};

TEST_F(VerifyTexts, EveryGoldenTokenizerPasses) {
    int sets = 0;
    for (const auto& entry : fs::directory_iterator(golden / "tokenizers")) {
        if (!entry.is_directory())
            continue;
        ASSERT_TRUE(isTokenizerSet(entry.path()));
        const VerifySet set = verifyTokenizer(entry.path());
        EXPECT_TRUE(set.ok()) << entry.path();
        ASSERT_GE(set.lines.size(), 5u);
        EXPECT_GT(set.lines[0].cases, 400);
        ++sets;
    }
    EXPECT_EQ(sets, 8);
    EXPECT_FALSE(isTokenizerSet(golden / "metrics"));
}

TEST_F(VerifyTexts, OneWrongIdFailsByName) {
    copyFrom(golden / "tokenizers" / "granite33");
    change("cases.jsonl", "\"ids\":[83,239,217,291]", "\"ids\":[83,239,217,292]");
    const VerifySet set = verifyTokenizer(copy);
    EXPECT_FALSE(set.ok());
    EXPECT_EQ(set.lines[0].failed, 1);
    EXPECT_EQ(set.lines[0].worstCase, "case 24");
}

TEST_F(VerifyTexts, BrokenTokenizerIsAProblem) {
    copyFrom(golden / "tokenizers" / "granite33");
    writeFileAtomically(copy / "tokenizer.json", "{");
    const VerifySet set = verifyTokenizer(copy);
    EXPECT_EQ(set.problems.size(), 1u);
    EXPECT_FALSE(set.ok());
}

TEST_F(VerifyTexts, GoldenMetricsPass) {
    ASSERT_TRUE(isMetricSet(golden / "metrics"));
    int networks = 0;
    const VerifySet set =
        verifyMetrics(golden / "metrics", [&networks](const fs::path&, VerifySet&) { ++networks; });
    EXPECT_TRUE(set.problems.empty());
    EXPECT_EQ(networks, 3);
    for (const VerifyLine& line : set.lines)
        EXPECT_TRUE(line.ok()) << line.quantity << " " << line.worstCase << " " << line.worst;
    // WordNet and Punkt are compared where they are installed; else a note says so
    EXPECT_GE(set.lines.size(), 19u);
    EXPECT_FALSE(isMetricSet(golden / "tokenizers"));
    EXPECT_FALSE(isMetricFile(golden / "metrics" / "README.md"));
}

TEST_F(VerifyTexts, WrongScoresAndUnknownMetricsAreReported) {
    copyFrom(golden / "metrics");
    change("bleu.jsonl", "37.99178428257963", "37.99178528257963");
    change("wer.jsonl", "\"word\":[5,1,0,0]", "\"word\":[4,2,0,0]");
    change("porter.jsonl", "[\"skies\",\"sky\"]", "[\"skies\",\"skie\"]");
    writeFileAtomically(copy / "chrf.jsonl", "{\"header\": {}}\n");
    const VerifySet set = verifyMetrics(copy);
    // chrf.jsonl without settings, the corpora that refer to it, three BERTScores without a network
    ASSERT_EQ(set.problems.size(), 5u);
    EXPECT_NE(set.problems[3].find("chrf.jsonl"), std::string::npos);
    int failing = 0;
    for (const VerifyLine& line : set.lines)
        failing += line.ok() ? 0 : 1;
    EXPECT_EQ(failing, 3);
}

} // namespace
} // namespace viva
