// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/memory_estimate.h"

#include "core/families/family_config.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

class Estimate : public testing::Test {
protected:
    [[nodiscard]] std::uint64_t total() const {
        return estimateMemory(model, config, setting).total();
    }

    SpeechModelConfig model = modelShape({"granite-speech-3.3-2b"});
    TrainConfig config;
    MemorySetting setting;
};

TEST_F(Estimate, WeightsAreParametersTimesTheirSize) {
    const MemoryEstimate wide = estimateMemory(model, config, setting);
    EXPECT_EQ(wide.bytesOf("encoder"), 440045824ULL * 4);
    EXPECT_EQ(wide.bytesOf("language model"), 2533541888ULL * 4);
    config.dtype = Dtype::BFloat16;
    const MemoryEstimate narrow = estimateMemory(model, config, setting);
    EXPECT_EQ(narrow.bytesOf("projector"), 35697664ULL * 2);
    // Adapters and their moments stay float32 whatever the weights are.
    EXPECT_EQ(narrow.bytesOf("new adapter"), wide.bytesOf("new adapter"));
}

TEST_F(Estimate, GrowsWithWhatARunHolds) {
    const std::uint64_t before = total();
    config.numGenerations *= 2;
    const std::uint64_t moreAnswers = total();
    EXPECT_GT(moreAnswers, before);
    config.maxCompletionLength *= 2;
    EXPECT_GT(total(), moreAnswers);
    config = {};
    setting.clipSec = 60;
    EXPECT_GT(total(), before);
    setting = {};
    setting.workers = 2;
    EXPECT_GE(total(), before);
}

TEST_F(Estimate, SmallerMicroBatchesNeedLess) {
    const std::uint64_t before = total();
    config.gradientAccumulationSteps = 4;
    EXPECT_LT(total(), before);
}

TEST_F(Estimate, ABundledAdapterCounts) {
    EXPECT_EQ(estimateMemory(model, config, setting).bytesOf("bundled adapter"), 0U);
    model.bundledAdapter = AdapterConfig{};
    EXPECT_EQ(estimateMemory(model, config, setting).bytesOf("bundled adapter"), 17039360ULL * 4);
}

TEST_F(Estimate, PartsAddUp) {
    const MemoryEstimate estimate = estimateMemory(model, config, setting);
    std::uint64_t sum = 0;
    for (const MemoryPart& part : estimate.parts)
        sum += part.bytes;
    EXPECT_EQ(sum, estimate.total());
    EXPECT_EQ(estimate.bytesOf("no such part"), 0U);
}

TEST(BytesText, UsesDecimalUnits) {
    EXPECT_EQ(bytesText(6'020'000'000U), "6.02 GB");
    EXPECT_EQ(bytesText(142'000'000U), "142 MB");
    EXPECT_EQ(bytesText(2'000U), "2 kB");
}

} // namespace
} // namespace viva
