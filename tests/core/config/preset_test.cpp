// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/preset.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/config/train_config.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <set>

namespace viva {
namespace {

const std::filesystem::path kShipped =
    std::filesystem::path(VIVA_SOURCE_DIR) / "resources" / "configs";

TEST(Presets, EveryShippedOneHasItsSourceAndCanRun) {
    std::set<std::string> names;
    for (const PresetInfo& preset : listPresets(kShipped)) {
        names.insert(preset.name);
        EXPECT_GT(preset.source.size(), 12U) << preset.name;
        const TrainConfig config = readTrainConfig(preset.file);
        EXPECT_NO_THROW(requireValid(config)) << preset.name;
    }
    for (const char* name : {"demo", "paper", "mp_grpo", "trl", "dapo", "dr_grpo", "gspo", "luffy",
                             "leaf", "r1_aqa", "rl_sft", "sft", "paper_sft"})
        EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Presets, DemoComesFirstThenByTitle) {
    const auto presets = listPresets(kShipped);
    ASSERT_GT(presets.size(), 3U);
    EXPECT_EQ(presets[0].name, "demo");
    for (std::size_t i = 2; i < presets.size(); ++i)
        EXPECT_LT(presets[i - 1].title, presets[i].title);
}

TEST(Presets, SayWhatTheirMethodsSay) {
    const auto preset = [](const char* name) {
        return readTrainConfig(presetFile(kShipped, name));
    };
    const auto gspo = preset("gspo");
    EXPECT_EQ(gspo.loss.lossType, LossType::Grpo);
    EXPECT_EQ(gspo.loss.ratioLevel, RatioLevel::Sequence);
    EXPECT_EQ(gspo.loss.epsilon, 3e-4);
    EXPECT_EQ(gspo.loss.epsilonHigh, 4e-4);
    EXPECT_EQ(gspo.updatesPerGeneration(), 4);
    const auto dapo = preset("dapo");
    EXPECT_EQ(dapo.loss.epsilonHigh, 0.28);
    EXPECT_EQ(dapo.loss.beta, 0);
    EXPECT_EQ(dapo.updatesPerGeneration(),
              16); // 512 prompts, 32 an update; else nothing is clipped
    EXPECT_EQ(dapo.zeroVarianceGroups, ZeroVarianceGroups::Resample);
    EXPECT_EQ(dapo.softPunishCache * 5, dapo.maxCompletionLength);
    const auto drGrpo = preset("dr_grpo");
    EXPECT_EQ(drGrpo.advantage.scale, ScaleRewards::None);
    EXPECT_EQ(drGrpo.loss.lossType, LossType::DrGrpo);
    const auto luffy = preset("luffy");
    EXPECT_EQ(luffy.objective, Objective::MpGrpo);
    EXPECT_EQ(luffy.loss.shaping, OffPolicyShaping::Luffy);
    EXPECT_EQ(luffy.samplesPerGroup(), 7);
    const auto mixed = preset("mp_grpo");
    EXPECT_EQ(mixed.samplesPerGroup(), 7);
    EXPECT_EQ(mixed.loss.shaping, OffPolicyShaping::None);
    EXPECT_EQ(mixed.loss.beta, 0.02);
    EXPECT_EQ(preset("leaf").credit, Credit::Leaf);
    EXPECT_NEAR(preset("leaf_grpo").advantage.floor, 1.0 / 3, 1e-12);
    EXPECT_EQ(preset("r1_aqa").loss.beta, 0.04);
    EXPECT_TRUE(preset("trl").loss.unbiasedKl);
    EXPECT_FALSE(preset("paper").loss.unbiasedKl);
}

TEST(Presets, AnUnknownNameListsTheKnownOnes) {
    try {
        (void)presetFile(kShipped, "gpro");
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
        EXPECT_NE(std::string(error.what()).find("dr_grpo"), std::string::npos);
    }
}

TEST(Presets, ABrokenFileIsListedByItsName) {
    const test::TempDir folder;
    writeFileAtomically(folder / "my_own.json", "{");
    const auto presets = listPresets(folder.path());
    ASSERT_EQ(presets.size(), 1U);
    EXPECT_EQ(presets[0].title, "My own");
    EXPECT_TRUE(listPresets(folder / "none").empty());
}

} // namespace
} // namespace viva
