// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/micro_batches.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace viva {
namespace {

TEST(MicroBatches, EveryPromptIsInExactlyOne) {
    for (const std::size_t prompts : {1U, 3U, 8U, 13U})
        for (const int updates : {1, 2, 3})
            for (const int workers : {1, 2, 5})
                for (const int count : {1, 2, 4}) {
                    std::vector<int> updateOf(prompts, -1);
                    for (int worker = 0; worker < workers; ++worker)
                        for (const auto& batch :
                             planMicroBatches(prompts, updates, worker, workers, count))
                            for (auto i = batch.prompts.first; i < batch.prompts.last; ++i) {
                                EXPECT_EQ(updateOf.at(i), -1) << "prompt " << i << " twice";
                                updateOf[i] = batch.update;
                            }
                    EXPECT_TRUE(std::ranges::is_sorted(updateOf));
                    EXPECT_GE(updateOf.front(), 0);
                    EXPECT_EQ(updateOf.back(), updates - 1);
                }
}

TEST(MicroBatches, AWorkerHasAtMostSoManyAnUpdate) {
    const auto batches = planMicroBatches(12, 2, 1, 2, 2);
    ASSERT_EQ(batches.size(), 4U);
    EXPECT_EQ(batches[0].update, 0);
    EXPECT_EQ(batches[3].update, 1);
    for (const auto& batch : batches)
        EXPECT_LE(batch.prompts.size(), 2U);
    EXPECT_EQ(microBatchesOf(3, 0, 1, 8).size(), 3U); // never an empty one
}

} // namespace
} // namespace viva
