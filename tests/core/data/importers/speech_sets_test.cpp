// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up trees whose layout follows the published sets, each with planted faults.
#include "core/base/error.h"
#include "tests/support/made_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace viva {
namespace {

using test::MadeTree;
using test::ReadAll;
using test::readAll;
using testing::HasSubstr;

constexpr const char* kClip = "train-clean-360/100/121669/100-121669-0000.flac";

TEST(LibriSqa, PartOneGivesQuestionsOfTheSoundsOfLibriSpeech) {
    const MadeTree tree;
    tree.write(std::string("LibriSpeech/") + kClip);
    tree.write("LibriSQA-PartI/LibriSQA-PartI-train.json",
               R"([{"speech_path": "train-clean-360/100/121669/100-121669-0000.flac",
 "question": "Who came?", "answer": "Tom came.", "text": "TOM CAME HOME", "duration": 3.5},
{"speech_path": "train-clean-360/100/121669/100-121669-0001.flac", "question": "",
 "answer": "No question.", "text": "X", "duration": 1.0},
{"question": "Where?", "answer": "Here.", "text": "HERE", "duration": 1.0},
{"speech_path": 7, "question": "What?", "answer": "That."}])");
    const ReadAll read = readAll("librisqa", tree.path());
    ASSERT_EQ(read.items.size(), 1U);
    const ImportItem& item = read.items[0];
    EXPECT_EQ(item.audio, tree.path() / "LibriSpeech" / kClip);
    EXPECT_EQ(item.place, "LibriSQA-PartI-train.json:1");
    EXPECT_EQ(item.utterance.text, "TOM CAME HOME");
    EXPECT_EQ(item.utterance.speaker, "100");
    EXPECT_EQ(item.utterance.split, "train");
    EXPECT_EQ(item.utterance.language, "en");
    EXPECT_DOUBLE_EQ(item.utterance.durationSec, 3.5);
    ASSERT_EQ(item.utterance.tasks.size(), 1U);
    EXPECT_EQ(item.utterance.tasks[0].task, "sqa");
    EXPECT_EQ(item.utterance.tasks[0].question, "Who came?");
    EXPECT_EQ(item.utterance.tasks[0].references, std::vector<std::string>{"Tom came."});
    ASSERT_EQ(read.faults.size(), 3U);
    EXPECT_THAT(read.faults[0].reason, HasSubstr("without question"));
    EXPECT_THAT(read.faults[1].reason, HasSubstr("no audio path"));
    EXPECT_THAT(read.faults[2].reason, HasSubstr("\"speech_path\""));
}

TEST(LibriSqa, PartTwoAsksWithItsOptionsAndAnswersWithTheAnalysis) {
    const MadeTree tree;
    tree.write("LibriSpeech/test-clean/61/70968/61-70968-0000.flac");
    const auto file = tree.write("LibriSQA-PartII/LibriSQA-PartII-test.json",
                                 R"([{"speech_path": "test-clean/61/70968/61-70968-0000.flac",
"question_and_option": "Who came?\nA. Tom\nB. Ann\nC. Bill\nD. Sue", "answer": "A",
"answer_and_analysis": "A. Tom came, as the first sentence says.", "text": "TOM CAME"}])");
    const ReadAll read = readAll("librisqa", file, {.audioFolder = tree / "LibriSpeech"});
    ASSERT_EQ(read.items.size(), 1U) << (read.faults.empty() ? "" : read.faults[0].reason);
    EXPECT_EQ(read.items[0].audio, tree / "LibriSpeech/test-clean/61/70968/61-70968-0000.flac");
    EXPECT_EQ(read.items[0].utterance.split, "test");
    EXPECT_THAT(read.items[0].utterance.tasks[0].question, HasSubstr("D. Sue"));
    EXPECT_EQ(read.items[0].utterance.tasks[0].references,
              std::vector<std::string>{"A. Tom came, as the first sentence says."});
}

TEST(LibriSqa, AnObjectThatIsCutOffCostsItselfOnly) {
    const MadeTree tree;
    const auto file = tree.write("LibriSQA-PartI-test.json",
                                 "[\n{\"speech_path\": \"a.flac\", \"question\": \"Q?\",\n"
                                 "{\"speech_path\": \"b.flac\", \"question\": \"Q?\", \"answer\": "
                                 "\"A.\"}\n]\n");
    const ReadAll read = readAll("librisqa", file);
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].utterance.id, "b");
    ASSERT_EQ(read.faults.size(), 1U);
    EXPECT_EQ(read.faults[0].place, "LibriSQA-PartI-test.json:2");
}

TEST(LibriSqa, ObjectsThatShareALineAreCounted) {
    const MadeTree tree;
    const auto file = tree.write("LibriSQA-PartI-test.json",
                                 R"([{"speech_path": "a.flac", "question": "Q?", "answer": "A."},
{"speech_path": "b.flac", "question": "Q?", "answer": "B."}, {"question": "Q?", "answer": "C."}])");
    const ReadAll read = readAll("librisqa", file);
    ASSERT_EQ(read.items.size(), 2U);
    EXPECT_EQ(read.items[0].place, "LibriSQA-PartI-test.json:1");
    EXPECT_EQ(read.items[1].place, "LibriSQA-PartI-test.json:2");
    ASSERT_EQ(read.faults.size(), 1U);
    EXPECT_EQ(read.faults[0].place, "LibriSQA-PartI-test.json:2, object 2");
}

TEST(Covost, TheTableIsJoinedWithTheSentencesOfCommonVoice) {
    const MadeTree tree;
    tree.write("validated.tsv", "client_id\tpath\tsentence\tup_votes\n"
                                "spk1\ta.mp3\tShe said \"no.\t2\n"
                                "spk2\tb.mp3\tFine.\t2\n");
    tree.write("clips/a.mp3");
    tree.write("covost_v2.en_de.tsv", "path\ttranslation\tsplit\n"
                                      "a.mp3\tSie sagte \\\"nein.\ttrain_covost\n"
                                      "b.mp3\tGut.\tdev\n"
                                      "c\tAuch gut.\ttest\n"
                                      "d.mp3\t\ttrain\n"
                                      "e.mp3\tNur zwei\n"
                                      "../../f.mp3\tHinaus.\ttrain\n");
    const ReadAll read = readAll("covost2", tree.path());
    ASSERT_EQ(read.items.size(), 3U);
    const Utterance& first = read.items[0].utterance;
    EXPECT_EQ(read.items[0].audio, tree / "clips/a.mp3");
    EXPECT_EQ(first.id, "a");
    EXPECT_EQ(first.text, "She said \"no.");
    EXPECT_EQ(first.speaker, "spk1");
    EXPECT_EQ(first.split, "train");
    EXPECT_EQ(first.language, "en");
    EXPECT_EQ(first.licence, "CC0-1.0");
    EXPECT_EQ(first.tasks[0].task, "ast");
    EXPECT_EQ(first.tasks[0].question, "Translate the speech into German.");
    EXPECT_EQ(first.tasks[0].references, std::vector<std::string>{"Sie sagte \"nein."});
    EXPECT_EQ(read.items[1].utterance.split, "validation");
    EXPECT_EQ(read.items[2].audio, tree / "clips/c.mp3");
    EXPECT_EQ(read.items[2].utterance.text, "");
    EXPECT_THAT(read.notes,
                testing::Contains(HasSubstr("1 clip of covost_v2.en_de.tsv without sentence")));
    EXPECT_EQ(read.faults.size(), 3U);
    EXPECT_THAT(read.faultAt("covost_v2.en_de.tsv:5"), HasSubstr("no translation"));
    EXPECT_THAT(read.faultAt("covost_v2.en_de.tsv:6"), HasSubstr("2 columns"));
    EXPECT_THAT(read.faultAt("covost_v2.en_de.tsv:7"), HasSubstr("leads out of"));
}

TEST(Covost, TheSplitsThatItsScriptMakesAreReadInstead) {
    const MadeTree tree;
    tree.write("covost_v2.en_zh-CN.tsv", "path\ttranslation\tsplit\nx.mp3\tX\ttrain\n");
    tree.write("covost_v2.en_zh-CN.dev.tsv",
               "path\tsentence\ttranslation\tclient_id\na.mp3\tHello.\tHao.\tspk\n");
    const ReadAll read = readAll("covost2", tree.path());
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].utterance.split, "validation");
    EXPECT_EQ(read.items[0].utterance.text, "Hello.");
    EXPECT_EQ(read.items[0].utterance.speaker, "spk");
    EXPECT_EQ(read.items[0].utterance.tasks[0].question, "Translate the speech into Chinese.");
    EXPECT_TRUE(read.faults.empty());
}

TEST(CommonVoice, TheSplitsOfALanguageAreTranscripts) {
    const MadeTree tree;
    const std::string head = "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\t"
                             "accents\tvariant\tlocale\tsegment\n";
    tree.write("train.tsv", head + "spk1\tcv_1.mp3\tGuten \"Tag.\t2\t0\t\t\t\t\tde\t\n"
                                   "spk1\tcv_2.mp3\tM\xFCnchen.\t2\t0\t\t\t\t\tde\t\n"
                                   "spk1\t\tKein Pfad.\t2\t0\t\t\t\t\tde\t\n");
    tree.write("dev.tsv", head + "spk2\tcv_3.mp3\tNein.\t2\t0\t\t\t\t\tde\t\n");
    tree.write("validated.tsv", head);
    tree.write("clips/cv_1.mp3");
    EXPECT_EQ(detectImportFormat(tree.path()), "commonvoice");
    const ReadAll read = readAll("commonvoice", tree.path());
    ASSERT_EQ(read.items.size(), 2U);
    const Utterance& first = read.items[0].utterance;
    EXPECT_EQ(read.items[0].audio, tree / "clips/cv_1.mp3");
    EXPECT_EQ(first.text, "Guten \"Tag.");
    EXPECT_EQ(first.language, "de");
    EXPECT_EQ(first.split, "train");
    EXPECT_EQ(first.tasks[0].task, "asr");
    EXPECT_EQ(first.tasks[0].references, std::vector<std::string>{"Guten \"Tag."});
    EXPECT_EQ(read.items[1].utterance.split, "validation");
    EXPECT_THAT(read.faultAt("train.tsv:3"), HasSubstr("Latin-1"));
    EXPECT_THAT(read.faultAt("train.tsv:4"), HasSubstr("no audio path"));
}

TEST(CommonVoice, TheFolderOfAReleaseHoldsLanguages) {
    const MadeTree tree;
    const std::string head = "client_id\tpath\tsentence\n";
    tree.write("cv/de/train.tsv", head + "a\tcv_de_1.mp3\tEins.\n");
    tree.write("cv/de/clips/cv_de_1.mp3");
    tree.write("cv/en/dev.tsv", head + "a\tcv_en_1.mp3\tOne.\n");
    tree.write("cv/en/validated.tsv", head + "a\tcv_en_1.mp3\tOne.\n");
    tree.write("cv/en/clips/cv_en_1.mp3");
    EXPECT_EQ(detectImportFormat(tree / "cv"), "commonvoice");
    const ReadAll read = readAll("commonvoice", tree / "cv");
    ASSERT_EQ(read.items.size(), 2U);
    EXPECT_EQ(read.items[0].audio, tree / "cv/de/clips/cv_de_1.mp3");
    EXPECT_EQ(read.items[1].audio, tree / "cv/en/clips/cv_en_1.mp3");
    EXPECT_TRUE(read.faults.empty());
}

TEST(LibriSpeech, TranscriptsAndSoundsThatMissEachOtherAreNamed) {
    const MadeTree tree;
    const std::string chapter = "LibriSpeech/dev-clean/84/121123/";
    tree.write(chapter + "84-121123-0000.flac");
    tree.write(chapter + "84-121123-0002.flac");
    tree.write(chapter + "84-121123.trans.txt", "84-121123-0000 GO DO YOU HEAR\n"
                                                "84-121123-0001\n");
    EXPECT_EQ(detectImportFormat(tree / "LibriSpeech"), "librispeech");
    const ReadAll read = readAll("librispeech", tree / "LibriSpeech");
    ASSERT_EQ(read.items.size(), 1U);
    const ImportItem& item = read.items[0];
    EXPECT_EQ(item.audio, tree / (chapter + "84-121123-0000.flac"));
    EXPECT_TRUE(item.ownId);
    EXPECT_EQ(item.utterance.id, "84-121123-0000");
    EXPECT_EQ(item.utterance.speaker, "84");
    EXPECT_EQ(item.utterance.split, "validation");
    EXPECT_EQ(item.utterance.tags, std::vector<std::string>{"dev-clean"});
    EXPECT_EQ(item.utterance.licence, "CC-BY-4.0");
    EXPECT_EQ(item.utterance.tasks[0].references, std::vector<std::string>{"GO DO YOU HEAR"});
    ASSERT_EQ(read.faults.size(), 2U);
    EXPECT_THAT(read.faults[0].reason, HasSubstr("no transcript"));
    EXPECT_EQ(read.faults[1].item, "84-121123-0002.flac");
}

TEST(Mustc, SegmentsHaveTheirPlaceInTheTalk) {
    const MadeTree tree;
    const std::string set = "en-de/data/tst-COMMON/";
    tree.write(set + "wav/ted_1.wav");
    tree.write(set + "txt/tst-COMMON.yaml",
               "- {duration: 3.5, offset: 16.08, rW: 9, speaker_id: spk.1, wav: ted_1.wav}\n"
               "- {duration: -1, offset: 20.0, rW: 9, speaker_id: spk.1, wav: ted_1.wav}\n"
               "- {duration: 2.0, offset: 22.0, speaker_id: spk.1\n"
               "- duration: 1.25\n  offset: 24.5\n  speaker_id: spk.2\n  wav: ted_1.wav\n"
               "- {duration: 2.0, offset: 30.0, speaker_id: spk.1, wav: ../../../x.wav}\n"
               "- {duration: 2.0, offset: 40.0, speaker_id: spk.1, wav: ted_1.wav}\n");
    tree.write(set + "txt/tst-COMMON.en", "One.\nTwo.\nThree.\nFour.\nFive.\nSix.\nSeven.\n");
    tree.write(set + "txt/tst-COMMON.de", "Eins.\nZwei.\nDrei.\nVier.\nF\xC3\xBCnf.\n\nSieben.\n");
    EXPECT_EQ(detectImportFormat(tree / "en-de"), "mustc");
    const ReadAll read = readAll("mustc", tree / "en-de");
    ASSERT_EQ(read.items.size(), 2U);
    EXPECT_EQ(read.items[0].audio, tree / (set + "wav/ted_1.wav"));
    EXPECT_DOUBLE_EQ(read.items[0].startSec, 16.08);
    EXPECT_DOUBLE_EQ(read.items[0].lengthSec, 3.5);
    EXPECT_EQ(read.items[0].utterance.id, "ted_1-16.08");
    EXPECT_EQ(read.items[0].utterance.speaker, "spk.1");
    EXPECT_EQ(read.items[0].utterance.split, "test");
    EXPECT_EQ(read.items[0].utterance.text, "One.");
    EXPECT_EQ(read.items[0].utterance.tasks[0].references, std::vector<std::string>{"Eins."});
    EXPECT_EQ(read.items[0].utterance.tasks[0].question, "Translate the speech into German.");
    // The fourth keeps its own lines behind two broken ones.
    EXPECT_EQ(read.items[1].utterance.text, "Four.");
    EXPECT_EQ(read.items[1].utterance.speaker, "spk.2");
    EXPECT_THAT(read.faultAt("tst-COMMON.yaml:2"), HasSubstr("seconds"));
    EXPECT_THAT(read.faultAt("tst-COMMON.yaml:3"), HasSubstr("cut off"));
    EXPECT_THAT(read.faultAt("tst-COMMON.yaml:8"), HasSubstr("leads out of"));
    EXPECT_THAT(read.faultAt("tst-COMMON.yaml:9"), HasSubstr("empty translation"));
    EXPECT_THAT(read.faultAt("tst-COMMON.en"), HasSubstr("more lines"));
    EXPECT_THAT(read.faultAt("tst-COMMON.de"), HasSubstr("more lines"));
    EXPECT_EQ(read.faults.size(), 6U);
}

TEST(Mustc, TheTranscriptsAreWantedWhereTheTaskIsTranscription) {
    const MadeTree tree;
    tree.write("data/dev/wav/ted_1.wav");
    tree.write("data/dev/txt/dev.yaml",
               "- {duration: 3.5, offset: 0.5, speaker_id: spk.1, wav: ted_1.wav}\n");
    tree.write("data/dev/txt/dev.en", "One.\n");
    tree.write("data/dev/txt/dev.de", "Eins.\n");
    const ReadAll read = readAll("mustc", tree.path(), {.task = "asr"});
    ASSERT_EQ(read.items.size(), 1U);
    EXPECT_EQ(read.items[0].utterance.tasks[0].task, "asr");
    EXPECT_EQ(read.items[0].utterance.tasks[0].references, std::vector<std::string>{"One."});
    EXPECT_EQ(read.items[0].utterance.split, "validation");
}

TEST(OpenImport, WhatIsNotThereOrNotKnownIsSaid) {
    const MadeTree tree;
    tree.write("a.txt", "words");
    const auto codeOf = [](const std::string& format, const std::filesystem::path& path) {
        try {
            (void)readAll(format, path);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    EXPECT_EQ(codeOf("covost2", tree / "nothing"), ErrorCode::NotFound);
    EXPECT_EQ(codeOf("covost3", tree.path()), ErrorCode::InvalidArgument);
    for (const char* format :
         {"covost2", "commonvoice", "librispeech", "librisqa", "mustc", "audiofolder"})
        EXPECT_EQ(codeOf(format, tree.path()), ErrorCode::Format) << format;
    EXPECT_EQ(detectImportFormat(tree.path()), std::nullopt);
}

} // namespace
} // namespace viva
