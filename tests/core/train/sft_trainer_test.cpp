// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/sft_trainer.h"

#include "tests/core/train/tiny_run.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

using namespace testing_support;

TrainConfig sftConfig() {
    auto config = tinyTrainConfig();
    config.objective = Objective::Sft;
    config.maxSteps = 40;
    config.learningRate = 2e-2;
    return config;
}

TEST(SftTrainer, LearnsTheReferences) {
    TinyRun run(sftConfig(), 2);
    const auto steps = only<StepEvent>(run.run(40));
    EXPECT_LT(steps.back().metric("loss"), 0.5 * steps.front().metric("loss"));
    EXPECT_GT(steps.back().metric("num_tokens"), 0);
}

TEST(SftTrainer, WorkersAndAccumulationDoNotChangeTheUpdate) {
    auto config = sftConfig();
    TinyRun one(config);
    TinyRun two(config, 2);
    config.gradientAccumulationSteps = 4;
    TinyRun cut(config);
    const double loss = only<StepEvent>(one.run(1)).front().metric("loss");
    EXPECT_NEAR(only<StepEvent>(two.run(1)).front().metric("loss"), loss, 1e-5);
    EXPECT_NEAR(only<StepEvent>(cut.run(1)).front().metric("loss"), loss, 1e-5);
    EXPECT_LT(adapterDistance(one.adapter, two.adapter), 1e-5);
    EXPECT_LT(adapterDistance(one.adapter, cut.adapter), 1e-5);
}

} // namespace
} // namespace viva
