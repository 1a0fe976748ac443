// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include "core/base/atomic_file.h"
#include "core/base/checkpoint_folder.h"
#include "core/base/error.h"
#include "tests/core/train/tiny_run.h"

#include <gtest/gtest.h>

#include <unistd.h>

namespace viva {
namespace {

using namespace testing_support;
namespace fs = std::filesystem;

class Checkpoint : public testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::temp_directory_path() /
                   ("viva_checkpoint_" + std::to_string(getpid()) + "_" +
                    testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(m_folder);
    }
    void TearDown() override { fs::remove_all(m_folder); }
    fs::path m_folder;
};

TEST_F(Checkpoint, GoesOnBitForBit) {
    for (const auto objective : {Objective::Grpo, Objective::Sft}) {
        auto config = tinyTrainConfig();
        config.objective = objective;
        TinyRun straight(config, 2);
        straight.run(3);
        const auto expected = straight.run(3);

        const auto folder = m_folder / nameOf(objective);
        {
            TinyRun killed(config, 2);
            killed.run(3);
            saveCheckpoint(folder, *killed.trainer, killed.adapter, config);
            killed.run(1); // what comes after the checkpoint is lost
        }
        TinyRun resumed(config, 2);
        const auto newest = newestCheckpoint(folder);
        ASSERT_TRUE(newest.has_value());
        loadCheckpoint(*newest, *resumed.trainer);
        EXPECT_EQ(resumed.trainer->progress().step, 3);
        const auto events = resumed.run(3);
        EXPECT_EQ(answersText(events), answersText(expected));
        EXPECT_EQ(adapterDistance(straight.adapter, resumed.adapter), 0.0) << nameOf(objective);
        const auto steps = only<StepEvent>(events);
        const auto expectedSteps = only<StepEvent>(expected);
        for (std::size_t i = 0; i < steps.size(); ++i) {
            EXPECT_EQ(steps[i].step, expectedSteps[i].step);
            EXPECT_EQ(steps[i].tokens, expectedSteps[i].tokens);
            EXPECT_EQ(steps[i].metric("loss", -1), expectedSteps[i].metric("loss", -2));
            EXPECT_EQ(steps[i].metric("epoch", -1), expectedSteps[i].metric("epoch", -2));
        }
    }
}

TEST_F(Checkpoint, TheNewestIsFoundAndHalfWrittenOnesAreNot) {
    const auto config = tinyTrainConfig();
    EXPECT_FALSE(newestCheckpoint(m_folder).has_value());
    TinyRun run(config);
    run.run(1);
    saveCheckpoint(m_folder, *run.trainer, run.adapter, config);
    run.run(1);
    const auto second = saveCheckpoint(m_folder, *run.trainer, run.adapter, config);
    fs::create_directories(m_folder / "checkpoints" / "step-000009.partial");
    fs::create_directories(m_folder / "checkpoints" / "step-000010"); // no state inside
    EXPECT_EQ(newestCheckpoint(m_folder), second);
}

TEST_F(Checkpoint, SavingAStepTwiceReplacesIt) {
    const auto config = tinyTrainConfig();
    TinyRun run(config);
    run.run(1);
    const auto first = saveCheckpoint(m_folder, *run.trainer, run.adapter, config);
    EXPECT_EQ(saveCheckpoint(m_folder, *run.trainer, run.adapter, config), first);
    EXPECT_EQ(std::distance(fs::directory_iterator(m_folder / "checkpoints"), {}), 1);
    loadCheckpoint(first, *run.trainer);
}

TEST_F(Checkpoint, RefusesAnAdapterOfAnotherRank) {
    auto config = tinyTrainConfig();
    TinyRun run(config);
    run.run(1);
    const auto folder = saveCheckpoint(m_folder, *run.trainer, run.adapter, config);
    config.lora.rank = 2;
    TinyRun other(config);
    try {
        loadCheckpoint(folder, *other.trainer);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    }
}

TEST_F(Checkpoint, NamesABrokenStateFile) {
    const auto config = tinyTrainConfig();
    TinyRun run(config);
    run.run(1);
    const auto folder = saveCheckpoint(m_folder, *run.trainer, run.adapter, config);
    writeFileAtomically(folder / "trainer_state.json", "{\"step\": 1");
    try {
        loadCheckpoint(folder, *run.trainer);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        EXPECT_FALSE(error.context().empty());
    }
}

} // namespace
} // namespace viva
