// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/clip_store.h"

#include "core/base/error.h"
#include "core/store/project_store.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

namespace viva {
namespace {

ClipRecord clipNamed(const std::string& name) {
    ClipRecord clip;
    clip.utterance.id = name;
    clip.utterance.audioPath = "clips/" + name + ".wav";
    clip.source = "/data/" + name + ".wav";
    return clip;
}

UtteranceTask question(const std::string& text, const std::vector<std::string>& references) {
    return {"sqa", text, references, "", {}, {}};
}

class ClipStoreTest : public testing::Test {
protected:
    ClipId addNamed(const std::string& name) { return m_clips.add(clipNamed(name), "Record"); }
    std::vector<std::string> found(const ClipFilter& filter) {
        std::vector<std::string> names;
        for (const ClipRecord& clip : m_clips.clips(m_clips.ids(filter)))
            names.push_back(clip.utterance.id);
        return names;
    }
    /// Edits the clip to be as `wanted`.
    std::size_t makeBe(const std::string& label, const ClipRecord& wanted) {
        return m_clips.change(label, {&wanted.id, 1}, [&](ClipRecord& clip) { clip = wanted; });
    }
    using Names = std::vector<std::string>;

    test::TempDir m_dir;
    std::unique_ptr<ProjectStore> m_project = ProjectStore::open(m_dir / "A.viva");
    ClipStore m_clips{*m_project};
};

TEST_F(ClipStoreTest, EveryFieldComesBack) {
    ClipRecord clip = clipNamed("a");
    Utterance& utterance = clip.utterance;
    utterance.text = "Tom saw the \"grüne\" picture.";
    utterance.voice = "flite:slt";
    utterance.speaker = "SLT";
    utterance.language = "en";
    utterance.seed = 7;
    utterance.split = "train";
    utterance.durationSec = 2.5;
    utterance.sha256 = std::string(64, 'a');
    utterance.licence = "BSD";
    utterance.copyOf = "b";
    utterance.tags = {"lm", "new"};
    utterance.tasks = {{"ast", "Translate.", {"Eins.", "Zwei."}, "perfect", {"Drei."}, {"x", "y"}},
                       question("Who?", {"Tom."})};
    clip.provenance = "test:1";
    clip.notes = "loud";
    clip.rateHz = 44100;
    clip.channels = 2;
    clip.id = m_clips.add(clip, "Record");
    ClipRecord back = m_clips.clip(clip.id).value();
    EXPECT_FALSE(back.createdAt.empty());
    back.createdAt.clear();
    EXPECT_EQ(back, clip);
    EXPECT_EQ(m_clips.clipOfSource("/data/a.wav")->id, clip.id);
}

TEST_F(ClipStoreTest, NamesThatAreTakenGetANumberAndSoundsComeOnce) {
    addNamed("a");
    ClipRecord other = clipNamed("a");
    other.source = "/elsewhere/a.wav";
    EXPECT_EQ(m_clips.clip(m_clips.add(other, "Record"))->utterance.id, "a-2");
    other.source = "/third/a.wav";
    EXPECT_EQ(m_clips.clip(m_clips.add(other, "Record"))->utterance.id, "a-3");
    try {
        addNamed("a");
        ADD_FAILURE() << "the same sound went in twice";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

TEST_F(ClipStoreTest, EditsAreUndoneAndDoneAgainOverARestart) {
    ClipRecord clip = m_clips.clip(addNamed("a")).value();
    const ClipRecord before = clip;
    clip.utterance.tasks = {question("Who sings?", {"Anna.", "It is Anna."})};
    clip.utterance.tags = {"song"};
    clip.utterance.split = "train";
    EXPECT_EQ(makeBe("Label a", clip), 1U);
    EXPECT_EQ(m_clips.clip(clip.id), clip);
    EXPECT_EQ(found({.search = "sings"}), Names{"a"});
    EXPECT_EQ(makeBe("Nothing new", clip), 0U);

    m_project = ProjectStore::open(m_dir / "A.viva");
    ClipStore again(*m_project);
    EXPECT_EQ(again.undoLabel(), "Label a");
    EXPECT_EQ(again.undo(), "Label a");
    EXPECT_EQ(again.clip(clip.id), before);
    EXPECT_TRUE(again.ids({.search = "sings"}).empty());
    EXPECT_EQ(again.redoLabel(), "Label a");
    EXPECT_EQ(again.redo(), "Label a");
    EXPECT_EQ(again.clip(clip.id), clip);
    EXPECT_EQ(again.redo(), std::nullopt);
    EXPECT_EQ(again.undo(), "Label a");
    EXPECT_EQ(again.undo(), "Record"); // takes the recording away
    EXPECT_TRUE(again.ids().empty());
    EXPECT_EQ(again.undo(), std::nullopt);
    EXPECT_EQ(again.redo(), "Record");
    EXPECT_EQ(again.ids(), std::vector<ClipId>{clip.id});
}

TEST_F(ClipStoreTest, ANewEditForgetsWhatWasUndone) {
    ClipRecord clip = m_clips.clip(addNamed("a")).value();
    clip.utterance.speaker = "Anna";
    makeBe("one", clip);
    m_clips.undo();
    clip.utterance.speaker = "Tom";
    makeBe("two", clip);
    EXPECT_EQ(m_clips.redo(), std::nullopt);
    EXPECT_EQ(m_clips.clip(clip.id)->utterance.speaker, "Tom");
    m_clips.undo();
    EXPECT_EQ(m_clips.clip(clip.id)->utterance.speaker, "");
}

TEST_F(ClipStoreTest, RefusesWhatCouldNotBeTrainedOnAndChangesNothing) {
    ClipRecord clip = m_clips.clip(addNamed("a")).value();
    addNamed("b");
    const ClipRecord before = clip;
    const auto codeOf = [&](const ClipRecord& wanted) {
        try {
            makeBe("bad", wanted);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    clip.utterance.speaker = "Anna";
    clip.utterance.tasks = {question("Who?", {})};
    EXPECT_EQ(codeOf(clip), ErrorCode::InvalidArgument);
    clip.utterance.tasks.clear();
    clip.utterance.id = "b";
    EXPECT_EQ(codeOf(clip), ErrorCode::InvalidArgument);
    clip.utterance.id = "";
    EXPECT_EQ(codeOf(clip), ErrorCode::InvalidArgument);
    clip = before;
    clip.id = 99;
    EXPECT_EQ(codeOf(clip), ErrorCode::NotFound);
    EXPECT_EQ(m_clips.clip(before.id), before);
}

TEST_F(ClipStoreTest, FiltersAndOrdersByEveryColumn) {
    const auto put = [&](const std::string& name, const std::string& split, double sec,
                         const std::vector<std::string>& tags, const std::string& text) {
        ClipRecord clip = clipNamed(name);
        clip.utterance.split = split;
        clip.utterance.durationSec = sec;
        clip.utterance.tags = tags;
        clip.utterance.text = text;
        if (!text.empty())
            clip.utterance.tasks = {{"asr", "Write it down.", {text}, "", {}, {}}};
        m_clips.add(clip, "Record");
    };
    put("c", "train", 3, {"x"}, "The captain keeps the key.");
    put("a", "test", 1, {"x", "y"}, "Die Küche ist grün.");
    put("b", "", 2, {}, "");
    EXPECT_EQ(found({}), (Names{"c", "a", "b"}));
    EXPECT_EQ(found({.order = ClipOrder::Name}), (Names{"a", "b", "c"}));
    EXPECT_EQ(found({.order = ClipOrder::Duration, .descending = true}), (Names{"c", "b", "a"}));
    EXPECT_EQ(found({.splits = {"train", "test"}}), (Names{"c", "a"}));
    EXPECT_EQ(found({.splits = {""}}), Names{"b"});
    EXPECT_EQ(found({.tasks = {"asr"}, .tags = {"y"}}), Names{"a"});
    EXPECT_EQ(found({.tasks = {""}}), Names{"b"});
    EXPECT_EQ(found({.tags = {"y", ""}}), (Names{"a", "b"}));
    EXPECT_EQ(found({.search = "cap KEY"}), Names{"c"});
    EXPECT_EQ(found({.search = "kuche"}), Names{"a"});
    EXPECT_EQ(found({.search = "aptain"}), Names{});
    EXPECT_EQ(found({.search = "\"; DROP"}), Names{});
    EXPECT_EQ(found({.search = "\"*("}), Names{});
    EXPECT_EQ(found({.search = "  "}).size(), 3U);
    const ClipFacets facets = m_clips.facets();
    ASSERT_EQ(facets.tags.size(), 3U);
    EXPECT_EQ(facets.tags[0].value, "x");
    EXPECT_EQ(facets.tags[0].clips, 2);
    EXPECT_EQ(facets.tags[2].value, "");
    EXPECT_EQ(facets.tags[2].clips, 1);
    EXPECT_EQ(m_clips.list({.tags = {"x"}}).totals.clips, 2);
    EXPECT_DOUBLE_EQ(m_clips.list({.search = "captain"}).totals.durationSec, 3.0);
    EXPECT_EQ(m_clips.list({.search = "\"*("}).totals.clips, 0);
    ASSERT_EQ(facets.splits.size(), 3U);
    EXPECT_DOUBLE_EQ(m_clips.totals(m_clips.ids()).durationSec, 6.0);
}

TEST_F(ClipStoreTest, AnImportAddsExtendsAndKnows) {
    ClipRecord one = clipNamed("one");
    one.utterance.tasks = {question("Who?", {"Tom."})};
    const std::int64_t first = m_clips.beginImport("librisqa", "/data/I.json");
    const ImportFault fault{"I.json:3", "x", "has no audio"};
    const ClipRecord both[] = {one, one};
    EXPECT_EQ(m_clips.take(first, both, {&fault, 1}),
              (std::vector{ClipTaken::Added, ClipTaken::Repeated}));
    m_clips.finishImport(first, {1, 0, 0, 2}, false);

    const std::int64_t second = m_clips.beginImport("librisqa", "/data/II.json");
    ClipRecord more = one;
    more.utterance.tasks = {question("Where?", {"Home."})};
    const ClipRecord mixed[] = {one, more};
    EXPECT_EQ(m_clips.take(second, mixed, {}),
              (std::vector{ClipTaken::Known, ClipTaken::Extended}));
    const auto ids = m_clips.ids();
    ASSERT_EQ(ids.size(), 1U);
    EXPECT_EQ(m_clips.clip(ids[0])->utterance.tasks.size(), 2U);
    EXPECT_EQ(m_clips.faults(first), std::vector{fault});
    const auto imports = m_clips.imports();
    ASSERT_EQ(imports.size(), 2U);
    EXPECT_TRUE(imports[0].stopped); // never finished, but what it brought is counted
    EXPECT_EQ(imports[0].counts, (ImportCounts{0, 1, 1, 0}));
    EXPECT_EQ(imports[1].counts, (ImportCounts{1, 0, 0, 2}));
    m_clips.undo();
    EXPECT_EQ(m_clips.clip(ids[0])->utterance.tasks.size(), 1U);
}

TEST_F(ClipStoreTest, SplitsOfManyClipsAreOneEdit) {
    std::vector<std::pair<ClipId, std::string>> splits;
    for (int i = 0; i < 5; ++i)
        splits.emplace_back(addNamed(std::to_string(i)), i < 3 ? "train" : "test");
    EXPECT_EQ(m_clips.setSplits("Split", splits), 5U);
    EXPECT_EQ(m_clips.ids({.splits = {"train"}}).size(), 3U);
    EXPECT_EQ(m_clips.undo(), "Split");
    EXPECT_EQ(m_clips.ids({.splits = {""}}).size(), 5U);
    const std::vector<ClipId> gone{splits[0].first, splits[1].first};
    EXPECT_EQ(m_clips.remove("Remove", gone), 2U);
    EXPECT_EQ(m_clips.ids().size(), 3U);
    m_clips.undo();
    EXPECT_EQ(m_clips.ids().size(), 5U);
}

TEST_F(ClipStoreTest, TrainingTakesClipsWithSplitAndQuestion) {
    ClipRecord clip = clipNamed("a");
    clip.utterance.split = "train";
    m_clips.add(clip, "Record");
    clip = clipNamed("b");
    clip.utterance.tasks = {question("Who?", {"Tom."})};
    m_clips.add(clip, "Record");
    clip = clipNamed("c");
    clip.utterance.tasks = {question("Who?", {"Tom."})};
    clip.utterance.split = "train";
    m_clips.add(clip, "Record");
    const auto training = m_clips.trainingClips();
    ASSERT_EQ(training.size(), 1U);
    EXPECT_EQ(training[0], clip.utterance);
}

/// Not a test of wall time: the figures are printed, and the counts must be right.
TEST_F(ClipStoreTest, SearchesAHundredThousandClips) {
    constexpr int kClips = 100000;
    const std::int64_t id = m_clips.beginImport("test", "none");
    std::vector<ClipRecord> clips;
    for (int i = 0; i < kClips; ++i) {
        ClipRecord clip = clipNamed(fmt::format("clip-{:06}", i));
        clip.utterance.text = fmt::format("The captain keeps key number {} in room {}.", i, i % 97);
        clip.utterance.split = i % 10 == 0 ? "test" : "train";
        clip.utterance.speaker = fmt::format("speaker {}", i % 50);
        clip.utterance.tasks = {question("Which key?", {fmt::format("Number {}.", i)})};
        clips.push_back(std::move(clip));
        if (clips.size() == 5000 || i + 1 == kClips) {
            m_clips.take(id, clips, {});
            clips.clear();
        }
    }
    const auto timed = [&](const char* what, const ClipFilter& filter, std::size_t expected) {
        const auto start = std::chrono::steady_clock::now();
        const auto ids = m_clips.ids(filter);
        const auto page =
            m_clips.clips(std::span(ids).first(std::min<std::size_t>(50, ids.size())));
        const double ms =
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count();
        RecordProperty(what, fmt::format("{:.1f} ms", ms));
        fmt::print("{}: {} of {} clips and a page of 50 in {:.1f} ms\n", what, ids.size(), kClips,
                   ms);
        EXPECT_EQ(ids.size(), expected) << what;
        EXPECT_EQ(page.size(), std::min<std::size_t>(50, ids.size()));
    };
    timed("all", {}, kClips);
    timed("by name", {.order = ClipOrder::Name, .descending = true}, kClips);
    timed("a rare word", {.search = "99999"}, 1);
    timed("one letter", {.search = "c"}, kClips);
    timed("two words", {.search = "room 42 captain"}, 4087);
    timed("split and word", {.search = "key", .splits = {"test"}}, 10000);
    timed("speaker", {.speakers = {"speaker 7"}}, 2000);
}

} // namespace
} // namespace viva
