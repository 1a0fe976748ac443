// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

TEST(Schedule, WarmsUpAndDecaysLinearly) {
    const ScheduleConfig config{LrScheduler::Linear, 1.0, 2, 6};
    EXPECT_DOUBLE_EQ(learningRateAt(config, 1), 0.5);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 2), 1.0);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 3), 1.0);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 5), 0.5);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 6), 0.25);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 7), 0.0);
}

TEST(Schedule, CosineIsHalfInTheMiddle) {
    const ScheduleConfig config{LrScheduler::Cosine, 2.0, 0, 4};
    EXPECT_DOUBLE_EQ(learningRateAt(config, 1), 2.0);
    EXPECT_NEAR(learningRateAt(config, 3), 1.0, 1e-12);
}

TEST(Schedule, ConstantStays) {
    const ScheduleConfig config{LrScheduler::Constant, 2.0, 1, 4};
    EXPECT_DOUBLE_EQ(learningRateAt(config, 4), 2.0);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 1), 2.0);
}

TEST(Schedule, KnowsItsNames) {
    EXPECT_EQ(choiceFromName<LrScheduler>("lr_scheduler_type", "cosine"), LrScheduler::Cosine);
    EXPECT_THROW((void)choiceFromName<LrScheduler>("lr_scheduler_type", "step"), Error);
}

} // namespace
} // namespace viva
