// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/dataset.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

Utterance clip(const std::string& id, const std::string& split, const std::string& voice,
               const std::vector<std::string>& tasks) {
    Utterance utterance;
    utterance.id = id;
    utterance.audioPath = id + ".opus";
    utterance.split = split;
    utterance.voice = voice;
    utterance.speaker = voice;
    for (const std::string& task : tasks)
        utterance.tasks.push_back({task, "question", {"answer of " + id}, "", {}, {}});
    return utterance;
}

Manifest fourClips() {
    Manifest manifest;
    manifest.folder = "/data";
    manifest.utterances = {clip("a", "train", "slt", {"ast", "sqa", "sqa"}),
                           clip("b", "test", "awb", {"ast", "sqa"}),
                           clip("c", "train", "rms", {"asr"}), clip("d", "train", "slt", {})};
    manifest.utterances[0].tags = {"lm"};
    manifest.utterances[2].copyOf = "a";
    return manifest;
}

std::vector<std::string> idsOf(const Dataset& dataset) {
    std::vector<std::string> ids;
    for (const Example& example : dataset.examples())
        ids.push_back(dataset.question(example).id);
    return ids;
}

using Ids = std::vector<std::string>;

TEST(Dataset, ListsEveryQuestionInTheManifestsOrder) {
    const Dataset all(fourClips());
    EXPECT_EQ(idsOf(all), (Ids{"a/ast0", "a/sqa1", "a/sqa2", "b/ast0", "b/sqa1", "c/asr0"}));
    EXPECT_EQ(all.clips(), (std::vector<std::size_t>{0, 1, 2, 3}));
    EXPECT_EQ(all.task(all.example(2)).references.front(), "answer of a");
    EXPECT_EQ(all.utterance(all.example(3)).id, "b");
    EXPECT_EQ(all.audioFile(all.example(3)), "/data/b.opus");
    EXPECT_EQ(all.question(all.example(4)),
              (Question{"b/sqa1", "/data/b.opus", "sqa", "question", {"answer of b"}}));
}

TEST(Dataset, FiltersBySplitTaskVoiceTagAndCopies) {
    EXPECT_EQ(idsOf(Dataset(fourClips(), {.splits = {"train"}, .tasks = {"sqa"}})),
              (Ids{"a/sqa1", "a/sqa2"}));
    EXPECT_EQ(idsOf(Dataset(fourClips(), {.voices = {"awb", "rms"}})),
              (Ids{"b/ast0", "b/sqa1", "c/asr0"}));
    EXPECT_EQ(idsOf(Dataset(fourClips(), {.tags = {"lm"}})), (Ids{"a/ast0", "a/sqa1", "a/sqa2"}));
    EXPECT_EQ(Dataset(fourClips(), {.copies = false}).clips(), (std::vector<std::size_t>{0, 1, 3}));
    EXPECT_EQ(Dataset(fourClips(), {.maxClips = 2}).clips(), (std::vector<std::size_t>{0, 1}));
    EXPECT_TRUE(Dataset(fourClips(), {.splits = {"nowhere"}}).empty());
}

TEST(Dataset, NarrowsAViewFurther) {
    const Dataset train(fourClips(), {.splits = {"train"}, .tasks = {"sqa", "asr"}});
    EXPECT_EQ(idsOf(train), (Ids{"a/sqa1", "a/sqa2", "c/asr0"}));
    EXPECT_EQ(idsOf(train.filtered({.tasks = {"asr"}})), (Ids{"c/asr0"}));
    EXPECT_EQ(idsOf(train.filtered({.tasks = {"ast"}})), Ids{});
    EXPECT_EQ(idsOf(train.filtered({.voices = {"slt"}})), (Ids{"a/sqa1", "a/sqa2"}));
}

TEST(Dataset, RefusesAnIndexBeyondTheEnd) {
    const Dataset all(fourClips());
    try {
        (void)all.example(6);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

} // namespace
} // namespace viva
