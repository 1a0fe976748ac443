// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/modelcard/model_card.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/modelcard/device_memory.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace viva {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path golden(const char* name) {
    return fs::path(VIVA_GOLDEN_DIR) / "models" / name;
}

TEST(ModelCard, TellsThePartsOfATiedModelWithItsAdapter) {
    const ModelCard card = readModelCard(golden("g33-tied"));
    ASSERT_EQ(card.parts.size(), 3U);
    EXPECT_EQ(card.parts[0].name, "encoder");
    EXPECT_EQ(card.parts[2].name, "language model");
    EXPECT_EQ(card.parts[2].dtypes, "F32");
    EXPECT_TRUE(card.tiedHead);
    ASSERT_TRUE(card.bundled);
    EXPECT_EQ(card.bundled->config.rank, 4);
    EXPECT_EQ(card.bundled->config.scale(), 0.5);
    EXPECT_EQ(card.promptStyle, "role tokens");
    EXPECT_EQ(card.tokenizer.preTokenizer,
              "every digit alone, then bytes, cut into words as GPT-2 does");
    EXPECT_FALSE(card.bundled->withProjector);
}

TEST(ModelCard, SaysThatTheRepetitionPenaltyIsNotUsed) {
    const ModelCard card = readModelCard(golden("g33-sharded"));
    EXPECT_EQ(card.files, 3U);
    EXPECT_EQ(card.parts[0].dtypes, "BF16");
    EXPECT_THAT(card.notes, testing::Contains(HasSubstr("repetition penalty of 1.2")));
    EXPECT_THAT(card.generation, testing::Contains(std::pair<std::string, std::string>(
                                     "repetition_penalty", "1.2")));
}

TEST(ModelCard, TellsAnUntiedHeadAndForgetsStrayFiles) {
    const ModelCard card = readModelCard(golden("g41-untied"));
    EXPECT_FALSE(card.tiedHead);
    EXPECT_FALSE(card.bundled);
    EXPECT_EQ(card.files, 1U);
    EXPECT_EQ(card.promptStyle, "USER:/ASSISTANT:");
    EXPECT_THAT(card.tokenizer.preTokenizer, HasSubstr("regular expression"));
    std::int64_t sum = 0;
    for (const ModelCardPart& part : card.parts)
        sum += part.parameters;
    EXPECT_EQ(sum, card.parameters());
}

TEST(ModelCard, KnowsTheHandedOnLayersOfPlus) {
    EXPECT_EQ(readModelCard(golden("plus")).config.encoder.capturedLayers,
              (std::vector<std::int64_t>{3}));
}

TEST(ModelCard, ReadsAnAdapterOfItsOwn) {
    const AdapterCard card = readAdapterCard(golden("plus") / "peft-adapter");
    EXPECT_GT(card.parameters, 0);
    EXPECT_FALSE(card.config.targetRegex.empty());
}

TEST(ModelCard, CountsWhatARunTrains) {
    const ModelCard card = readModelCard(golden("g33-tied"));
    TrainConfig config;
    config.lora.rank = 4;
    config.lora.targets = {"q_proj"};
    const auto& text = card.config.text;
    const TrainableCount lora = countTrainable(card, config);
    EXPECT_EQ(lora.whole, 0);
    EXPECT_EQ(lora.adapter,
              text.numHiddenLayers * 4 * (text.hiddenSize + text.numAttentionHeads * text.headDim));
    config.lora.lastLayers = 1;
    EXPECT_EQ(countTrainable(card, config).adapter * text.numHiddenLayers, lora.adapter);
    config.lora.rank = 0;
    config.trainable = {"projector", "language_model.model.norm", "nowhere"};
    const TrainableCount whole = countTrainable(card, config);
    EXPECT_EQ(whole.adapter, 0);
    EXPECT_EQ(whole.whole, card.parts[1].parameters + text.hiddenSize);
    EXPECT_EQ(whole.referenceCopy, card.parts[1].parameters + card.parts[2].parameters);
    EXPECT_EQ(whole.unused, (std::vector<std::string>{"nowhere"}));
    const MemoryEstimate estimate = estimateMemory(card, config, {});
    EXPECT_EQ(estimate.bytesOf("reference"), static_cast<std::uint64_t>(whole.referenceCopy) * 4);
    EXPECT_GT(estimate.bytesOf("trained weights"), static_cast<std::uint64_t>(whole.whole) * 12);
    // Running statistics follow no gradient.
    config.trainable = {"*"};
    EXPECT_LT(countTrainable(card, config).whole, card.parameters());
}

TEST(ModelCard, FilesThatLeadOutOfTheFolderAreRefused) {
    const test::TempDir folder;
    fs::copy(golden("g33-tied"), folder.path() / "m", fs::copy_options::recursive);
    fs::remove(folder.path() / "m" / "tokenizer.json");
    fs::create_symlink(golden("g33-tied") / "tokenizer.json",
                       folder.path() / "m" / "tokenizer.json");
    try {
        (void)readModelCard(folder.path() / "m");
        ADD_FAILURE() << "was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        EXPECT_THAT(error.what(), HasSubstr("tokenizer.json"));
    }
}

TEST(DeviceMemory, KnowsTheComputersMemory) {
    const DeviceMemory memory = deviceMemory(Device::Cpu);
    EXPECT_EQ(memory.device, "CPU");
    EXPECT_GT(memory.totalBytes, 100'000'000U);
    EXPECT_LE(memory.freeBytes, memory.totalBytes);
    EXPECT_GT(peakMemoryBytes(), 1'000'000U);
}

} // namespace
} // namespace viva
