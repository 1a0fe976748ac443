// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/verify_report.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

TEST(VerifyLine, KeepsTheCaseNearestToItsOwnTolerance) {
    VerifyLine line{.quantity = "x"};
    line.add("loose", 0.5, 10.0);
    line.add("tight", 0.01, 0.02);
    line.add("small", 0.0, 1.0);
    EXPECT_EQ(line.cases, 3);
    EXPECT_EQ(line.failed, 0);
    EXPECT_EQ(line.worstCase, "tight");
    EXPECT_EQ(line.worst, 0.01);
    EXPECT_EQ(line.tolerance, 0.02);
    EXPECT_TRUE(line.ok());
}

TEST(VerifyLine, AFailureIsNeverHiddenByAPass) {
    VerifyLine line{.quantity = "x"};
    line.add("exact", 1.0, 0.0);
    line.add("near", 1.9, 2.0);
    EXPECT_EQ(line.failed, 1);
    EXPECT_EQ(line.worstCase, "exact");
    EXPECT_FALSE(line.ok());
}

TEST(VerifyLine, NotANumberFails) {
    VerifyLine line{.quantity = "x"};
    line.add("first", 0.0, 1.0);
    line.add("odd", NAN, 1.0);
    line.add("last", 0.5, 1.0);
    EXPECT_EQ(line.failed, 1);
    EXPECT_EQ(line.worstCase, "odd");
}

TEST(VerifySet, NothingComparedIsNotOk) {
    VerifySet set;
    EXPECT_FALSE(set.ok());
    set.lines.push_back({.quantity = "x"});
    EXPECT_FALSE(set.ok());
    set.lines[0].add("a", 0.0, 0.0);
    EXPECT_TRUE(set.ok());
    set.problems.push_back("a file is missing");
    EXPECT_FALSE(set.ok());
}

} // namespace
} // namespace viva
