// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_run.h"

#include "ui/models/runs/health.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace viva {
namespace {

using Change = std::function<void(std::int64_t, const std::string&, double&)>;

/// A sample run in which some metrics were changed.
RunHistory historyWith(std::int64_t steps, const Change& change) {
    RunHistory history;
    for (std::int64_t step = 1; step <= steps; ++step) {
        StepEvent event = sampleStep(step, 200);
        for (auto& [name, value] : event.metrics)
            change(step, name, value);
        history.append(event);
    }
    return history;
}

bool says(const RunHistory& history, const QString& id, const HealthContext& context = {}) {
    for (const HealthSentence& sentence : healthSentences(history, context)) {
        if (sentence.id == id)
            return true;
    }
    return false;
}

const Change kNothing = [](std::int64_t, const std::string&, double&) {};

TEST(Health, IsSilentBeforeTheFirstStep) {
    EXPECT_TRUE(healthSentences({}, {}).empty());
}

TEST(Health, CallsAGoodRunRisingAndNothingElseGrave) {
    const RunHistory history = historyWith(100, kNothing);
    const auto sentences = healthSentences(history, {});
    ASSERT_FALSE(sentences.empty());
    EXPECT_EQ(sentences.front().id, "rising");
    for (const HealthSentence& sentence : sentences)
        EXPECT_NE(sentence.level, HealthLevel::Bad) << sentence.text.toStdString();
}

TEST(Health, ExplainsALossOfZeroWithAGradient) {
    EXPECT_TRUE(says(historyWith(20, kNothing), "loss-zero"));
    EXPECT_FALSE(says(historyWith(20, kNothing), "loss-zero", {4, 0, false}));
}

TEST(Health, ExplainsANegativeLoss) {
    const auto history = historyWith(20, [](std::int64_t, const std::string& name, double& value) {
        if (name == "loss")
            value = -0.2;
    });
    EXPECT_TRUE(says(history, "loss-negative"));
    EXPECT_FALSE(says(historyWith(20, kNothing), "loss-negative"));
}

TEST(Health, WarnsWhenGroupsTeachNothing) {
    const auto alike = [](double share, double gradient) {
        return historyWith(20, [=](std::int64_t, const std::string& name, double& value) {
            if (name == "frac_reward_zero_std")
                value = share;
            if (name == "grad_norm" || name == "loss")
                value = gradient;
        });
    };
    EXPECT_TRUE(says(alike(1, 0), "all-alike"));
    EXPECT_EQ(healthSentences(alike(1, 0), {}).front().level, HealthLevel::Bad);
    EXPECT_TRUE(says(alike(0.75, 0.3), "many-alike"));
    EXPECT_FALSE(says(alike(0.2, 0.3), "many-alike"));
}

TEST(Health, SaysThatClipCurvesAtZeroAreExpected) {
    EXPECT_TRUE(says(historyWith(20, kNothing), "clip-zero"));
    EXPECT_FALSE(says(historyWith(20, kNothing), "clip-zero", {2, 0, false}));
}

TEST(Health, SeesAnswersThatNeverEnd) {
    const auto history = historyWith(3, [](std::int64_t, const std::string& name, double& value) {
        if (name == "completions/clipped_ratio")
            value = 1;
    });
    EXPECT_TRUE(says(history, "all-cut"));
    EXPECT_FALSE(says(historyWith(3, kNothing), "all-cut"));
}

TEST(Health, SuspectsMissingSound) {
    const auto history = historyWith(2, [](std::int64_t, const std::string& name, double& value) {
        if (name == "reward" || name == "loss" || name == "grad_norm")
            value = 0;
        if (name == "completions/mean_length")
            value = 1;
    });
    EXPECT_TRUE(says(history, "no-audio"));
    EXPECT_FALSE(says(historyWith(2, kNothing), "no-audio"));
}

TEST(Health, SeesACollapse) {
    const auto history =
        historyWith(60, [](std::int64_t step, const std::string& name, double& value) {
            if (step > 45 && name == "reward")
                value = 0.02;
            if (step > 45 && name == "kl")
                value = 6;
        });
    EXPECT_TRUE(says(history, "collapse"));
    EXPECT_EQ(healthSentences(history, {}).front().id, "collapse");
    // A fall alone is no collapse: the policy stayed where it was.
    const auto fall =
        historyWith(60, [](std::int64_t step, const std::string& name, double& value) {
            if (step > 45 && name == "reward")
                value = 0.02;
            if (name == "kl")
                value = 0.05;
        });
    EXPECT_FALSE(says(fall, "collapse"));
}

TEST(Health, SuspectsRewardHacking) {
    const auto history = historyWith(20, [](std::int64_t, const std::string& name, double& value) {
        if (name == "reward")
            value = 0.985;
    });
    EXPECT_TRUE(says(history, "too-good"));
}

TEST(Health, SeesAKlWithoutAValue) {
    const auto history =
        historyWith(20, [](std::int64_t step, const std::string& name, double& value) {
            if (step == 18 && name == "kl")
                value = std::nan("");
        });
    EXPECT_TRUE(says(history, "kl-nan"));
}

TEST(Health, SeesASeamAfterAResume) {
    const auto jump = [](double height) {
        RunHistory history =
            historyWith(40, [=](std::int64_t step, const std::string& name, double& value) {
                if (name == "reward")
                    value = 0.5 + 0.002 * static_cast<double>(step % 2) + (step > 20 ? height : 0);
            });
        history.addResume(20);
        return history;
    };
    EXPECT_TRUE(says(jump(-0.3), "resume-jump"));
    EXPECT_FALSE(says(jump(0), "resume-jump"));
}

} // namespace
} // namespace viva
