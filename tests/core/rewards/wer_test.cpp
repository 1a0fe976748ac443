// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/wer.h"

#include "core/rewards/exact_match.h"
#include "tests/core/rewards/golden_lines.h"

#include <map>

namespace viva {
namespace {

using testing_support::expectClose;
using testing_support::readMetric;

// Beyond this rapidfuzz cuts its table in two and may walk another of the equally short paths.
constexpr std::int64_t kOneTable = 900;

void expectRates(const EditCounts& words, const EditCounts& chars, std::int64_t longest,
                 const nlohmann::json& line) {
    const auto where = line.at("id").get<std::string>();
    const auto list = [](const EditCounts& c) {
        return std::vector<std::int64_t>{c.hits, c.substitutions, c.deletions, c.insertions};
    };
    EXPECT_EQ(list(words), line.at("word").get<std::vector<std::int64_t>>()) << where;
    if (longest < kOneTable) {
        EXPECT_EQ(list(chars), line.at("char").get<std::vector<std::int64_t>>()) << where;
    }
    const ErrorRates rates = errorRates(words);
    expectClose(rates.rate, line.at("wer"), where + " wer");
    expectClose(errorRates(chars).rate, line.at("cer"), where + " cer");
    expectClose(rates.matchErrorRate, line.at("mer"), where + " mer");
    if (std::abs(line.at("wil").get<double>()) > 1e-12 || rates.informationLost > 1e-12)
        expectClose(rates.informationLost, line.at("wil"), where + " wil");
}

TEST(WerGolden, AgreesWithJiwer) {
    std::map<std::string, nlohmann::json> byId;
    int corpora = 0;
    for (const nlohmann::json& line : readMetric("wer.jsonl").lines) {
        std::vector<std::string> ids{line.at("id").get<std::string>()};
        if (line.contains("of")) {
            ids = line["of"].get<std::vector<std::string>>();
            ++corpora;
        } else {
            byId[ids.front()] = line;
        }
        EditCounts words;
        EditCounts chars;
        std::int64_t longest = 0;
        for (const std::string& id : ids) {
            const auto hyp = byId.at(id).at("hyp").get<std::string>();
            const auto ref = byId.at(id).at("ref").get<std::string>();
            words += wordErrorRates(hyp, ref).edits;
            chars += characterErrorRates(hyp, ref).edits;
            longest = std::max(longest, static_cast<std::int64_t>(ref.size()));
        }
        expectRates(words, chars, longest, line);
    }
    EXPECT_GT(byId.size(), 500u);
    EXPECT_GT(corpora, 10);
}

TEST(Wer, RewardIsOneMinusRateAgainstTheBestReference) {
    const std::vector<std::string> refs{"something else", "the cat sat on the mat"};
    const auto reward = makeWerReward(false);
    EXPECT_EQ(reward->name(), "wer");
    EXPECT_DOUBLE_EQ(reward->score("the cat is on the mat", refs).value, 1.0 - 1.0 / 6.0);
    EXPECT_EQ(reward->score("a b c d e f g h i j k l m n o p", refs).value, 0.0);
}

TEST(Wer, ComparisonOptionsForgiveCaseAndMarks) {
    const std::vector<std::string> refs{"Hello, World!"};
    EXPECT_LT(makeWerReward(true)->score("hello world", refs).value, 1.0);
    EXPECT_EQ(makeWerReward(true, {true, true})->score("hello world", refs).value, 1.0);
}

TEST(ExactMatch, SeesPastSpacesOnly) {
    const std::vector<std::string> refs{"under the chair"};
    EXPECT_TRUE(isExactMatch("  under  the chair\n", refs));
    EXPECT_FALSE(isExactMatch("Under the chair", refs));
    EXPECT_TRUE(isExactMatch("Under the chair.", refs, {true, true}));
    EXPECT_EQ(makeExactMatchReward()->score("under a chair", refs).value, 0.0);
}

} // namespace
} // namespace viva
