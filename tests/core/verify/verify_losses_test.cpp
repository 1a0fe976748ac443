// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/verify/losses/verify_losses.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

class VerifyLosses : public testing::Test {
protected:
    fs::path golden = fs::path(VIVA_GOLDEN_DIR) / "losses";
    fs::path copy =
        fs::temp_directory_path() / ("viva-losses-" + std::to_string(getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());

    ~VerifyLosses() override {
        std::error_code ignored;
        fs::remove_all(copy, ignored);
    }
    /// One file alone in a folder, the first `from` replaced.
    void copyChanged(const char* file, std::string_view from, std::string_view to) {
        fs::create_directories(copy);
        std::string text = readFile(golden / file);
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos);
        writeFileAtomically(copy / file, text.replace(at, from.size(), to));
    }
    static int failed(const VerifySet& set) {
        int sum = 0;
        for (const auto& line : set.lines)
            sum += line.failed;
        return sum;
    }
};

TEST_F(VerifyLosses, EveryGoldenLossPasses) {
    ASSERT_TRUE(isLossSet(golden));
    EXPECT_FALSE(isLossSet(golden.parent_path() / "metrics"));
    EXPECT_FALSE(isLossSet(golden.parent_path()));
    const VerifySet set = verifyLosses(golden);
    for (const auto& problem : set.problems)
        ADD_FAILURE() << problem;
    for (const VerifyLine& line : set.lines)
        EXPECT_TRUE(line.ok()) << line.quantity << ": " << line.failed << " of " << line.cases
                               << ", worst " << line.worst << " in " << line.worstCase;
    EXPECT_GE(set.lines.size(), 24U);
}

TEST_F(VerifyLosses, AWrongNumberFailsByName) {
    copyChanged("loss_types.json", "\"loss\":", "\"loss\": 3.25, \"former\":");
    const VerifySet set = verifyLosses(copy);
    EXPECT_TRUE(set.problems.empty());
    EXPECT_EQ(failed(set), 1);
}

TEST_F(VerifyLosses, AnUnknownOptionIsAProblem) {
    copyChanged("kl_estimators.json", "\"options\":{\"beta\"", "\"options\":{\"bta\"");
    const VerifySet set = verifyLosses(copy);
    ASSERT_EQ(set.problems.size(), 1U);
    EXPECT_NE(set.problems[0].find("bta"), std::string::npos);
}

TEST_F(VerifyLosses, WhatCannotBeReadIsAProblem) {
    copyChanged("entropy.json", "\"completion_lengths\":[", "\"completion_lengths\":[\"x\",");
    fs::copy(golden / "kl_estimators.json", copy);
    writeFileAtomically(copy / "broken.json", "{\"source\": \"x\", \"cases\": [");
    writeFileAtomically(copy / "other.json", "{\"source\": \"x\", \"cases\": [{\"name\": 1}]}");
    const VerifySet set = verifyLosses(copy);
    EXPECT_EQ(set.problems.size(), 3U);
    EXPECT_EQ(failed(set), 0);
}

} // namespace
} // namespace viva
