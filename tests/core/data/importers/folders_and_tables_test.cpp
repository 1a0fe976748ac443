// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/data/importers/column_mapping.h"
#include "tests/support/made_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace viva {
namespace {

using test::MadeTree;
using test::ReadAll;
using test::readAll;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(AudioFolder, MetadataOfSeveralSplitsAndKinds) {
    const MadeTree tree;
    tree.write("train/metadata.csv", "file_name,transcription,speaker_id\n"
                                     "a.wav,\"Yes, \"\"he\"\" said\nso.\",7\n"
                                     "b.wav,\"never closed,8\n"
                                     "c.wav,Fine.,9\n"
                                     "d.wav,\"closed\" too early,9\n");
    tree.write(
        "validation/metadata.jsonl",
        R"({"file_name": "e.wav", "question": "Who?", "answer": ["Tom.", "Tom it was."], "tags": "x|y"}
{"file_name": {"path": "f.wav"}, "text": "Words."}
{"file_name": "/etc/passwd", "text": "Words."}
{"file_name": ["g.wav"], "text": "Words."}
not an object
)");
    EXPECT_EQ(detectImportFormat(tree.path()), "audiofolder");
    const ReadAll read = readAll("audiofolder", tree.path());
    ASSERT_EQ(read.items.size(), 4U);
    EXPECT_EQ(read.items[0].audio, tree / "train/a.wav");
    EXPECT_EQ(read.items[0].utterance.text, "Yes, \"he\" said\nso.");
    EXPECT_EQ(read.items[0].utterance.speaker, "7");
    EXPECT_EQ(read.items[0].utterance.split, "train");
    EXPECT_EQ(read.items[0].utterance.tasks[0].task, "asr");
    EXPECT_EQ(read.items[1].utterance.id, "c");
    EXPECT_EQ(read.items[2].utterance.split, "validation");
    EXPECT_EQ(read.items[2].utterance.tasks[0].task, "sqa");
    EXPECT_THAT(read.items[2].utterance.tasks[0].references, ElementsAre("Tom.", "Tom it was."));
    EXPECT_THAT(read.items[2].utterance.tags, ElementsAre("x", "y"));
    EXPECT_EQ(read.items[3].audio, tree / "validation/f.wav");
    EXPECT_EQ(read.faults.size(), 5U);
    EXPECT_THAT(read.faultAt("metadata.csv:4"), HasSubstr("write \"\" for a quote"));
    EXPECT_THAT(read.faultAt("metadata.csv:6"), HasSubstr("behind the closing quote"));
    EXPECT_THAT(read.faultAt("metadata.jsonl:3"), HasSubstr("leads out of"));
    EXPECT_THAT(read.faultAt("metadata.jsonl:4"), HasSubstr("expected is a text"));
    EXPECT_THAT(read.faultAt("metadata.jsonl:5"), HasSubstr("no JSON object"));
}

TEST(TextFolder, SoundsAndTextsFindEachOther) {
    const MadeTree tree;
    tree.write("train/one.wav");
    tree.write("train/one.txt", "First sentence.\n");
    tree.write("test/two.FLAC");
    tree.write("test/two.lab", "\xFF\xFE" + std::string("H\0i\0.\0", 6));
    tree.write("test/lonely.wav");
    tree.write("test/orphan.txt", "No sound.");
    tree.write("test/latin.wav");
    tree.write("test/latin.txt", "Stra\xDF"
                                 "e");
    tree.write("README.md", "about");
    EXPECT_EQ(detectImportFormat(tree.path()), "folder");
    const ReadAll read = readAll("folder", tree.path());
    ASSERT_EQ(read.items.size(), 2U);
    EXPECT_EQ(read.items[0].utterance.text, "Hi.");
    EXPECT_EQ(read.items[0].utterance.split, "test");
    EXPECT_EQ(read.items[1].utterance.text, "First sentence.");
    EXPECT_EQ(read.items[1].utterance.tasks[0].task, "asr");
    EXPECT_EQ(read.faults.size(), 3U);
    EXPECT_THAT(read.faultAt("test/lonely.wav"), HasSubstr("no text beside it"));
    EXPECT_THAT(read.faultAt("test/orphan.txt"), HasSubstr("no sound"));
    EXPECT_THAT(read.faultAt("test/latin.wav"), HasSubstr("Latin-1"));
    EXPECT_THAT(read.notes, testing::Contains(HasSubstr("UTF-16")));
    EXPECT_THAT(read.notes, testing::Contains(HasSubstr(".md passed over")));
}

TEST(TextFolder, WhatCannotBeASoundIsNamedAndNotLeftOut) {
    const MadeTree tree;
    tree.write("one.wav");
    tree.write("folder.wav/two.wav");
    tree.write("elsewhere/three.wav");
    std::filesystem::create_symlink("nowhere.wav", tree / "gone.wav");
    std::filesystem::create_directory_symlink("elsewhere", tree / "link");
    ASSERT_EQ(::mkfifo((tree / "pipe.wav").c_str(), 0600), 0);
    const ReadAll read = readAll("audio", tree.path());
    EXPECT_EQ(read.items.size(), 3U);
    EXPECT_EQ(read.faults.size(), 4U);
    EXPECT_THAT(read.faultAt("gone.wav"), HasSubstr("does not exist"));
    EXPECT_THAT(read.faultAt("folder.wav"), HasSubstr("is a folder"));
    EXPECT_THAT(read.faultAt("pipe.wav"), HasSubstr("no plain file"));
    EXPECT_THAT(read.faultAt("link"), HasSubstr("not followed"));
}

TEST(LibriSpeech, AFolderThatMayNotBeReadIsNamed) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root reads every folder";
    const MadeTree tree;
    tree.write("dev-clean/84/1/84-1-0000.flac");
    tree.write("dev-clean/84/1/84-1.trans.txt", "84-1-0000 WORDS\n");
    tree.write("dev-clean/85/1/85-1.trans.txt", "85-1-0000 WORDS\n");
    std::filesystem::permissions(tree / "dev-clean/85", std::filesystem::perms::none);
    const ReadAll read = readAll("librispeech", tree.path());
    std::filesystem::permissions(tree / "dev-clean/85", std::filesystem::perms::owner_all);
    EXPECT_EQ(read.items.size(), 1U);
    EXPECT_THAT(read.faultAt("dev-clean/85"), HasSubstr("may not be read"));
}

TEST(TextFolder, TheTextIsTheReferenceWhereTheTaskIsAnother) {
    const MadeTree tree;
    tree.write("one.wav");
    tree.write("one.txt", "Erster Satz.");
    const ReadAll read = readAll("folder", tree.path(), {.task = "ast", .targetLanguage = "de"});
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].utterance.text, "");
    EXPECT_EQ(read.items[0].utterance.tasks[0].question, "Translate the speech into German.");
    EXPECT_THAT(read.items[0].utterance.tasks[0].references, ElementsAre("Erster Satz."));
    EXPECT_EQ(readAll("audio", tree.path()).items[0].utterance.tasks.size(), 0U);
}

TEST(TextFolder, OneSoundMayBeNamed) {
    const MadeTree tree;
    const auto file = tree.write("deep/one.wav");
    tree.write("deep/two.wav");
    EXPECT_EQ(detectImportFormat(file), "audio");
    const ReadAll read = readAll("audio", file);
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].audio, file);
    EXPECT_EQ(read.items[0].utterance.id, "one");
}

TEST(Tables, AMappingSaysWhatTheColumnsMean) {
    const MadeTree tree;
    const auto file = tree.write("data.csv", "wo;was;wer;egal\n"
                                             "x/a.wav;Ja|Jawohl;Tom;1\n"
                                             "x/b.wav;Nein;Ann;2\n");
    ColumnMapping mapping;
    mapping.columns = {{"audio", "wo"}, {"reference", "was"}, {"speaker", "wer"}};
    mapping.fixed = {{"question", "What was said?"}, {"split", "val"}};
    mapping.separator = "|";
    const ReadAll read = readAll("csv", file, {.mapping = mapping});
    ASSERT_EQ(read.items.size(), 2U);
    EXPECT_THAT(read.items[0].utterance.tasks[0].references, ElementsAre("Ja", "Jawohl"));
    EXPECT_EQ(read.items[0].utterance.tasks[0].task, "sqa");
    EXPECT_EQ(read.items[1].utterance.speaker, "Ann");
    EXPECT_EQ(read.items[1].utterance.split, "validation");

    const ImportColumns columns = importColumns("csv", file);
    EXPECT_THAT(columns.columns, ElementsAre("wo", "was", "wer", "egal"));
    EXPECT_TRUE(columns.mapping.columns.empty());
    EXPECT_THROW((void)readAll("csv", file), Error); // nothing looks like a path
    mapping.columns["audio"] = "wohin";
    EXPECT_THROW((void)readAll("csv", file, {.mapping = mapping}), Error);
}

TEST(Tables, TheFormatCountsAndNotTheEnding) {
    const MadeTree tree;
    const auto file = tree.write("rows.dat", "{\"audio\": \"a.wav\", \"sentence\": \"Yes.\"}\n");
    const ReadAll read = readAll("jsonl", file);
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].utterance.text, "Yes.");
    EXPECT_THAT(importColumns("jsonl", file).columns, ElementsAre("audio", "sentence"));
}

TEST(Tables, Utf16AndTabsAndCarriageReturns) {
    const MadeTree tree;
    std::string wide = "\xFE\xFF";
    for (const char c : std::string("path\ttext\r\na.wav\tH\xE9\r\n")) {
        wide += '\0';
        wide += c;
    }
    const ReadAll read = readAll("tsv", tree.write("wide.tsv", wide));
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].utterance.text, "H\xC3\xA9");
    EXPECT_THAT(read.notes, ElementsAre(HasSubstr("UTF-16")));
}

TEST(Tables, LinksOutOfTheFolderAreRefused) {
    const MadeTree tree;
    const MadeTree other;
    other.write("secret.wav");
    const auto file =
        tree.write("data.tsv", "audio\ttext\nin.wav\tA\nout.wav\tB\ndir/secret.wav\tC\n");
    tree.write("real.wav");
    std::filesystem::create_symlink("real.wav", tree / "in.wav");
    std::filesystem::create_symlink(other / "secret.wav", tree / "out.wav");
    std::filesystem::create_directory_symlink(other.path(), tree / "dir");
    const ReadAll read = readAll("tsv", file);
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].utterance.id, "in");
    EXPECT_THAT(read.faultAt("data.tsv:3"), HasSubstr("leads out of"));
    EXPECT_THAT(read.faultAt("data.tsv:4"), HasSubstr("leads out of"));
}

TEST(Tables, SegmentsOfLongSounds) {
    const MadeTree tree;
    const ReadAll read =
        readAll("tsv", tree.write("data.tsv", "audio\tstart\tlength\ttext\nt.wav\t1.5\t2\tA\n"
                                              "t.wav\tsoon\t2\tB\nt.wav\t1\tnan\tC\n"));
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_DOUBLE_EQ(read.items[0].startSec, 1.5);
    EXPECT_DOUBLE_EQ(read.items[0].lengthSec, 2.0);
    EXPECT_EQ(read.faults.size(), 2U);
}

TEST(Manifest, ABrokenLineCostsItselfOnly) {
    const MadeTree tree;
    const auto file = tree.write(
        "manifest.jsonl",
        R"({"id": "one", "audio": "a.wav", "split": "train", "tasks": [{"task": "sqa", "question": "Q?", "references": ["R."]}]}
{"id": "two", "audio": "../b.wav", "split": "train"}
{"id": "three", "audio": "c.wav", "split": "train", "colour": "red"}
{"id": "four", "audio": "d.wav", "split": "test"}
)");
    EXPECT_EQ(detectImportFormat(tree.path()), "viva");
    const ReadAll read = readAll("viva", file, {.split = "held"});
    ASSERT_EQ(read.items.size(), 2U);
    EXPECT_TRUE(read.items[0].ownId);
    EXPECT_EQ(read.items[1].utterance.split, "held");
    EXPECT_THAT(read.faultAt("manifest.jsonl:2"), HasSubstr("leaves"));
    EXPECT_THAT(read.faultAt("manifest.jsonl:3"), HasSubstr("colour"));
}

TEST(Tables, AFileOfOpenBracesEndsSoon) {
    const MadeTree tree;
    std::string text;
    for (int i = 0; i < 100000; ++i)
        text += "{\n";
    const ReadAll read = readAll("jsonl", tree.write("braces.jsonl", text));
    EXPECT_TRUE(read.items.empty());
    EXPECT_EQ(read.faults.size(), 100000U);
}

TEST(Manifest, TwoGigabytesWithAHoleAreReadInConstantMemory) {
    const MadeTree tree;
    const std::string line = R"({"audio": "a.wav", "text": "Yes."})";
    const auto file = tree.write("huge.jsonl", line + "\n");
    constexpr std::uint64_t kSize = std::uint64_t{2} << 30U;
    std::filesystem::resize_file(file, kSize);
    std::ofstream(file, std::ios::binary | std::ios::app) << "\n" << line << "\n";
    rusage before{};
    ::getrusage(RUSAGE_SELF, &before);
    const ReadAll read = readAll("jsonl", file);
    rusage after{};
    ::getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 32 << 10) << "kilobytes";
    EXPECT_EQ(read.items.size(), 2U);
    ASSERT_EQ(read.faults.size(), 1U);
    EXPECT_LT(read.faults[0].item.size(), 300U);
}

TEST(Mapping, IsWrittenAndReadAndGuessed) {
    const MadeTree tree;
    ColumnMapping mapping = guessMapping({"Sentence", "client_id", "path", "other"});
    EXPECT_EQ(mapping.columns.at("text"), "Sentence");
    EXPECT_EQ(mapping.columns.at("speaker"), "client_id");
    EXPECT_EQ(mapping.columns.at("audio"), "path");
    mapping.fixed["task"] = "asr";
    mapping.delimiter = ";";
    mapping.quotes = "no";
    mapping.heading = {"a", "b"};
    writeMapping(tree / "m.json", mapping);
    EXPECT_EQ(readMapping(tree / "m.json"), mapping);
    for (const char* wrong :
         {R"({"columns": {"audio": "a", "colour": "b"}})", R"({"columns": {"text": "b"}})",
          R"({"columns": {"audio": 3}})", R"({"columns": {"audio": "a"}, "delimiter": "ab"})"}) {
        const auto file = tree.write("wrong.json", wrong);
        EXPECT_THROW((void)readMapping(file), Error) << wrong;
    }
}

} // namespace
} // namespace viva
