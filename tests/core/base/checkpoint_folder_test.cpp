// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/checkpoint_folder.h"

#include "core/base/atomic_file.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

class CheckpointFolder : public testing::Test {
protected:
    void makeWhole(const char* name) {
        writeFileAtomically(run.path() / "checkpoints" / name / kTrainerStateFile, "{}");
    }
    test::TempDir run;
};

TEST_F(CheckpointFolder, TheNewestIsTheHighestStepOfTheWholeOnes) {
    EXPECT_FALSE(newestCheckpoint(run.path()).has_value());
    makeWhole("step-000009");
    makeWhole("step-000010");
    EXPECT_EQ(newestCheckpoint(run.path()), checkpointFolder(run.path(), 10));
    makeWhole("step-1000000"); // as a number, not as a text
    EXPECT_EQ(newestCheckpoint(run.path()), checkpointFolder(run.path(), 1000000));
}

TEST_F(CheckpointFolder, WhatIsNotWholeIsNone) {
    makeWhole("step-000003.partial");
    makeWhole("step-000004.old");
    makeWhole("step-");
    makeWhole("best");
    std::filesystem::create_directories(checkpointFolder(run.path(), 5)); // no state inside
    EXPECT_FALSE(newestCheckpoint(run.path()).has_value());
    makeWhole("step-000001");
    EXPECT_EQ(newestCheckpoint(run.path()), checkpointFolder(run.path(), 1));
}

} // namespace
} // namespace viva
