// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/meteor.h"

#include "core/base/error.h"
#include "tests/core/rewards/golden_lines.h"

namespace viva {
namespace {

using testing_support::expectClose;
using testing_support::readMetric;
using Words = std::vector<std::string>;

const MeteorOptions kPlain{
    .parameters = {}, .tokenize = MeteorTokenize::Treebank, .wordnet = "none", .punkt = "none"};

TEST(Meteor, IsTheHandComputedValueForTwoRuns) {
    // 5 of 6 words in 2 runs: mean 5/6, penalty 0.5 (2/5)^3
    const Words hyp{"the", "cat", "is", "on", "the", "mat"};
    const Words ref{"the", "cat", "sat", "on", "the", "mat"};
    const MeteorMatch match = meteorMatch(hyp, ref, nullptr);
    EXPECT_EQ(match, (MeteorMatch{6, 6, 5, 0, 0, 2}));
    expectClose(meteorScore(match), (1 - 0.5 * 0.064) * 5 / 6, "A2");
}

TEST(Meteor, MatchesStemsAfterWords) {
    const MeteorMatch match = meteorMatch(Words{"running", "dogs"}, Words{"run", "dog"}, nullptr);
    EXPECT_EQ(match.exact, 0);
    EXPECT_EQ(match.stem, 2);
    EXPECT_EQ(match.chunks, 1);
}

TEST(Meteor, GoldenTreebankScoresAgree) {
    const auto reward = makeMeteorReward(kPlain);
    for (const auto& line : readMetric("meteor.jsonl").lines) {
        const auto refs = line.at("refs").get<Words>();
        double best = 0;
        for (const auto& stored : line.at("treebank").at("stem"))
            best = std::max(best, stored[6].get<double>());
        expectClose(reward->score(line.at("hyp").get<std::string>(), refs).value, best,
                    line.at("id"));
    }
}

TEST(Meteor, AnEqualWordScoresAHalfAndNothingScoresNothing) {
    const auto reward = makeMeteorReward(kPlain);
    const Words refs{"yes"};
    EXPECT_DOUBLE_EQ(reward->score("yes", refs).value, 0.5);
    EXPECT_EQ(reward->score("", refs).value, 0.0);
    EXPECT_NE(reward->score("yes", refs).reason.find("(exact + stem)"), std::string::npos);
}

TEST(Meteor, RefusesParametersOutOfRangeAndFoldersThatAreNone) {
    const auto codeOf = [](MeteorOptions options) {
        try {
            static_cast<void>(makeMeteorReward(options));
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    MeteorOptions wrong = kPlain;
    wrong.parameters.alpha = 1.5;
    EXPECT_EQ(codeOf(wrong), ErrorCode::InvalidArgument);
    MeteorOptions nowhere = kPlain;
    nowhere.wordnet = "/nowhere/wordnet";
    EXPECT_EQ(codeOf(nowhere), ErrorCode::NotFound);
}

} // namespace
} // namespace viva
