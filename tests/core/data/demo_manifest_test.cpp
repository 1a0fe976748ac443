// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"
#include "core/data/leaks.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

namespace viva {
namespace {

const std::filesystem::path kManifest = std::filesystem::path(VIVA_DEMO_DIR) / "manifest.jsonl";

TEST(DemoManifest, HasThePartsAndTasksThatTheDemoPromises) {
    const Dataset all = Dataset::load(kManifest);
    EXPECT_EQ(all.filtered({.splits = {"train"}}).clips().size(), 300u);
    EXPECT_EQ(all.filtered({.splits = {"train"}, .tasks = {"ast"}}).size(), 300u);
    EXPECT_EQ(all.filtered({.splits = {"train"}, .tasks = {"sqa"}}).size(), 600u);
    EXPECT_EQ(all.filtered({.splits = {"validation"}, .tasks = {"sqa"}}).size(), 200u);
    EXPECT_EQ(all.filtered({.splits = {"test"}, .tasks = {"ast"}}).size(), 210u);
    for (const Example& example : all.examples()) {
        const UtteranceTask& task = all.task(example);
        EXPECT_EQ(task.references.size(), 1u);
        // The reference is one of the valid answers.
        const std::set<std::string> variants(task.variants.begin(), task.variants.end());
        EXPECT_TRUE(variants.contains(task.references.front())) << all.question(example).id;
    }
}

TEST(DemoManifest, NoSentenceOrSoundIsInTwoSplitsAndTestVoicesAreUnheard) {
    const Dataset all = Dataset::load(kManifest);
    EXPECT_TRUE(findSplitLeaks(all.utterances()).empty());
    EXPECT_TRUE(sharedSpeakers(all.utterances(), "test").empty());
}

TEST(DemoManifest, EveryClipIsThereUnchangedAndAllStayUnderFifteenMegabytes) {
    const Manifest manifest = readManifest(kManifest);
    EXPECT_EQ(checkAudio(manifest), std::vector<std::string>{});
    std::uintmax_t bytes = 0;
    for (const Utterance& utterance : manifest.utterances) {
        bytes += std::filesystem::file_size(manifest.audioFile(utterance));
        EXPECT_FALSE(utterance.voice.empty());
        EXPECT_FALSE(utterance.licence.empty());
        EXPECT_NE(utterance.seed, 0u);
        EXPECT_EQ(utterance.sha256.size(), 64u);
        EXPECT_GT(utterance.durationSec, 0.5);
        EXPECT_LT(utterance.durationSec, 8.0);
    }
    EXPECT_LT(bytes, 15'000'000u);
}

} // namespace
} // namespace viva
