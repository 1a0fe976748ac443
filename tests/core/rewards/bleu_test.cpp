// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/bleu.h"

#include "core/base/error.h"
#include "tests/core/rewards/golden_lines.h"

#include <rapidcheck.h>

#include <map>

namespace viva {
namespace {

using testing_support::expectClose;
using testing_support::GoldenFile;
using testing_support::readMetric;

/// "floor0.01/eff" as options.
BleuOptions parseSetting(std::string setting) {
    BleuOptions options;
    options.effectiveOrder = setting.ends_with("/eff");
    if (options.effectiveOrder)
        setting.resize(setting.size() - 4);
    const std::size_t number = setting.find_first_of("0123456789");
    if (number != std::string::npos) {
        options.smoothValue = std::stod(setting.substr(number));
        setting.resize(number);
    }
    options.smoothing = parseBleuSmoothing(setting);
    return options;
}

void expectCounts(const BleuStatistics& got, const nlohmann::json& want, const std::string& where) {
    EXPECT_EQ(got.hypothesisLength, want.at("sys_len").get<std::int64_t>()) << where;
    EXPECT_EQ(got.referenceLength, want.at("ref_len").get<std::int64_t>()) << where;
    for (std::size_t n = 0; n < 4; ++n) {
        EXPECT_EQ(got.matches[n], want.at("counts")[n].get<std::int64_t>()) << where;
        EXPECT_EQ(got.totals[n], want.at("totals")[n].get<std::int64_t>()) << where;
    }
    expectClose(bleuScore(got).brevityPenalty, want.at("bp"), where);
}

BleuOptions textOptions(const nlohmann::json& entry) {
    BleuOptions options;
    options.tokenize = parseBleuTokenize(entry.at("tokenize").get<std::string>());
    options.lowercase = entry.at("lowercase");
    return options;
}

TEST(BleuGolden, SentencesAgreeWithSacreBleu) {
    const GoldenFile file = readMetric("bleu.jsonl");
    ASSERT_GT(file.lines.size(), 400u);
    int scores = 0;
    for (const nlohmann::json& line : file.lines) {
        const auto hyp = line.at("hyp").get<std::string>();
        const auto refs = line.at("refs").get<std::vector<std::string>>();
        for (const nlohmann::json& entry : line.at("bleu")) {
            const std::string where = line.at("id").get<std::string>() + " " + entry.dump();
            const BleuStatistics counts = bleuStatistics(hyp, refs, textOptions(entry));
            expectCounts(counts, entry, where);
            const bool standard = entry.at("tokenize") == "13a";
            const auto& names = file.header.at(standard ? "scores_13a" : "scores_other");
            ASSERT_EQ(names.size(), entry.at("scores").size());
            for (std::size_t i = 0; i < names.size(); ++i, ++scores)
                expectClose(bleuScore(counts, parseSetting(names[i])).score, entry["scores"][i],
                            where + names[i].get<std::string>());
        }
    }
    EXPECT_GT(scores, 5000);
}

TEST(BleuGolden, CorporaAgreeWithSacreBleu) {
    std::map<std::string, nlohmann::json> byId;
    for (const nlohmann::json& line : readMetric("bleu.jsonl").lines)
        byId[line.at("id")] = line;
    const GoldenFile file = readMetric("bleu_corpus.jsonl");
    std::vector<std::string> members;
    for (const nlohmann::json& line : file.lines) {
        if (!line.at("of").is_null())
            members = line["of"].get<std::vector<std::string>>();
        std::vector<std::string> hyps;
        std::vector<std::vector<std::string>> refs;
        for (const std::string& id : members) {
            hyps.push_back(byId.at(id).at("hyp"));
            refs.push_back(byId.at(id).at("refs"));
        }
        const BleuScore whole = corpusBleu(hyps, refs, textOptions(line));
        expectCounts(whole.statistics, line, line.at("id"));
        const auto& names = file.header.at("scores");
        for (std::size_t i = 0; i < names.size(); ++i)
            expectClose(bleuScore(whole.statistics, parseSetting(names[i])).score,
                        line.at("scores")[i], line.at("id").get<std::string>());
    }
}

TEST(BleuGolden, HuggingFaceFlavourAgrees) {
    std::map<std::string, nlohmann::json> byId;
    for (const nlohmann::json& line : readMetric("bleu.jsonl").lines)
        byId[line.at("id")] = line;
    int corpora = 0;
    for (const nlohmann::json& line : readMetric("bleu_hf.jsonl").lines) {
        const auto id = line.at("id").get<std::string>();
        corpora += line.contains("of") ? 1 : 0;
        std::vector<std::string> members{id};
        if (line.contains("of"))
            members = line["of"].get<std::vector<std::string>>();
        BleuStatistics sum;
        for (const std::string& member : members) {
            const auto refs = byId.at(member).at("refs").get<std::vector<std::string>>();
            sum += hfBleuStatistics(byId.at(member).at("hyp").get<std::string>(), refs);
        }
        for (const auto& [name, smoothing] :
             {std::pair("plain", HfSmoothing::None), std::pair("smooth", HfSmoothing::AllOrders),
              std::pair("smooth_orders_2_4", HfSmoothing::HigherOrders)})
            expectClose(hfBleu(sum, smoothing),
                        line.at(name).is_null() ? 0.0 : line[name].get<double>(), id + " " + name);
    }
    EXPECT_GT(corpora, 0);
}

TEST(BleuGolden, TokensAgreeWithSacreBleu) {
    for (const nlohmann::json& line : readMetric("bleu_tokens.jsonl").lines) {
        std::string buffer;
        const auto text = line.at("text").get<std::string>();
        for (const BleuTokenize tokenize : {BleuTokenize::Thirteen, BleuTokenize::Intl}) {
            const auto tokens = bleuTokens(text, tokenize, false, buffer);
            const auto want =
                line.at(std::string(toString(tokenize))).get<std::vector<std::string>>();
            EXPECT_EQ(std::vector<std::string>(tokens.begin(), tokens.end()), want) << line;
        }
    }
}

TEST(Bleu, IsTheHandComputedValueForOneWrongWord) {
    // 5/6, 3/5, 1/4 and a quarter... the zero order counts half a match: 1/(2*3)
    const std::vector<std::string> refs{"the cat sat on the mat"};
    const double want = 100.0 * std::pow(5.0 / 6 * 3.0 / 5 * 1.0 / 4 * 1.0 / 6, 0.25);
    expectClose(sentenceBleu("the cat is on the mat", refs).score, want, "A2");
}

TEST(Bleu, RewardStaysInUnitRange) {
    const auto reward = makeBleuReward();
    const auto text =
        rc::gen::container<std::string>(rc::gen::element<char>('a', 'b', ' ', '.', '-', '1'));
    EXPECT_TRUE(rc::check("clamped", [&] {
        const auto answer = *text;
        const auto reference = *text;
        const std::vector<std::string> refs{reference};
        const RewardBreakdown out = reward->score(answer, refs);
        RC_ASSERT(out.value >= 0.0);
        RC_ASSERT(out.value <= 1.0);
        RC_ASSERT(!out.reason.empty());
        // more references never take matches away
        const std::vector<std::string> more{reference, answer};
        const auto one = bleuStatistics(answer, refs);
        const auto two = bleuStatistics(answer, more);
        for (std::size_t n = 0; n < 4; ++n) {
            RC_ASSERT(two.matches[n] >= one.matches[n]);
            RC_ASSERT(two.matches[n] == two.totals[n]);
        }
    }));
}

TEST(Bleu, PerfectAnswerIsExactlyOneAsReward) {
    const std::vector<std::string> refs{"no", "the cat sat on the mat"};
    EXPECT_EQ(makeBleuReward()->score("the cat sat on the mat", refs).value, 1.0);
}

TEST(Bleu, ReasonNamesMatchesAndLengths) {
    const std::vector<std::string> refs{"the cat sat on the mat"};
    const std::string reason = makeBleuReward()->score("the cat", refs).reason;
    EXPECT_NE(reason.find("2/2 words"), std::string::npos) << reason;
    EXPECT_NE(reason.find("2 against 6 tokens"), std::string::npos) << reason;
}

TEST(Bleu, NeedsAReference) {
    try {
        static_cast<void>(sentenceBleu("a", {}));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

TEST(Bleu, RefusesListsOfDifferentLengths) {
    const std::vector<std::string> hyps{"a", "b"};
    const std::vector<std::vector<std::string>> refs{{"a"}};
    EXPECT_THROW(static_cast<void>(corpusBleu(hyps, refs)), Error);
}

} // namespace
} // namespace viva
