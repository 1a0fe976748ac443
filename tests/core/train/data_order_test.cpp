// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/data_order.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace viva {
namespace {

TEST(DataOrder, GoesThroughEveryExampleOnceAnEpoch) {
    DataOrder order(10, 3);
    for (int epoch = 0; epoch < 3; ++epoch) {
        const auto indices = order.indices(epoch * 10, 10);
        EXPECT_EQ(std::set<std::size_t>(indices.begin(), indices.end()).size(), 10U);
    }
    EXPECT_NE(order.indices(0, 10), order.indices(10, 10));
}

TEST(DataOrder, DependsOnSeedAndPositionAlone) {
    DataOrder all(7, 1);
    const auto expected = all.indices(0, 20);
    DataOrder pieces(7, 1);
    std::vector<std::size_t> joined;
    for (const auto count : {3, 8, 9})
        for (const auto index : pieces.indices(static_cast<std::int64_t>(joined.size()),
                                               static_cast<std::size_t>(count)))
            joined.push_back(index);
    EXPECT_EQ(joined, expected);
    DataOrder other(7, 2);
    EXPECT_NE(other.indices(0, 20), expected);
    EXPECT_DOUBLE_EQ(all.epochsAt(21), 3.0);
}

TEST(DataOrder, NeedsAnExample) {
    try {
        DataOrder order(0, 1);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

} // namespace
} // namespace viva
