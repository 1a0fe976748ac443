// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/text_corpus.h"

#include "core/base/error.h"
#include "core/data/manifest.h"
#include "tests/support/made_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace viva {
namespace {

using test::MadeTree;
using testing::HasSubstr;

constexpr const char* kTexts = "# who and what\n"
                               "name = Tom | Anna | the old teacher\n"
                               "thing = the red car / das rote Auto | the bird / den Vogel\n"
                               "{name} saw {thing}.\tWho saw {thing}?\t{name}.\n"
                               "{name} sold {thing}.\t\t{name} verkaufte {thing.2}.\n"
                               "{name} sang.\n";

std::string refusal(const std::string& name, const std::string& text) {
    const MadeTree tree;
    try {
        (void)SpokenTexts::load(tree.write(name, text));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        return error.what();
    }
    return {};
}

TEST(TextCorpus, SlotsAreFilledTheSameInTextQuestionAndReference) {
    const MadeTree tree;
    const SpokenTexts texts = SpokenTexts::load(tree.write("texts.txt", kTexts));
    TextCorpusOptions options;
    options.voices = {voiceNamed("flite:slt"), voiceNamed("flite:rms")};
    options.clips = 12;
    options.copies = 1;
    options.targetLanguage = "de";
    options.seed = 4;
    const auto plan = planTexts(texts, options);
    ASSERT_EQ(plan.size(), 12U);
    std::set<std::string> sentences;
    std::set<std::string> voices;
    for (const PlannedClip& clip : plan) {
        const Utterance& own = clip.utterance;
        sentences.insert(own.text);
        voices.insert(own.voice);
        EXPECT_EQ(own.text.find('{'), std::string::npos);
        EXPECT_TRUE(std::isupper(static_cast<unsigned char>(own.text[0])));
        const UtteranceTask& task = own.tasks.at(0);
        if (task.task == "sqa") {
            const std::string who = own.text.substr(0, own.text.find(" saw"));
            EXPECT_EQ(task.references[0], who + ".");
        } else if (task.task == "ast") {
            EXPECT_EQ(task.question, "Translate the speech into German.");
            EXPECT_EQ(task.references[0].find("the red") == std::string::npos, true);
            EXPECT_EQ(own.text.find("bird") != std::string::npos,
                      task.references[0].find("Vogel") != std::string::npos);
        } else {
            EXPECT_EQ(task.references[0], own.text);
        }
        ASSERT_EQ(clip.copies.size(), 1U);
        EXPECT_EQ(clip.copies[0].utterance.copyOf, own.id);
        EXPECT_EQ(faultOf(own), "");
    }
    EXPECT_EQ(sentences.size(), 12U) << "no sentence comes twice";
    EXPECT_EQ(voices.size(), 2U);
    EXPECT_EQ(planTexts(texts, options)[7].utterance, plan[7].utterance);
    options.seed = 5;
    EXPECT_NE(planTexts(texts, options)[7].utterance.text +
                  planTexts(texts, options)[8].utterance.text,
              plan[7].utterance.text + plan[8].utterance.text);
    options.clips = 1000; // there are fifteen
    EXPECT_THROW((void)planTexts(texts, options), Error);
    options.clips = 0;
    EXPECT_THROW((void)planTexts(texts, options), Error);
}

TEST(TextCorpus, PairsComeFromTables) {
    const MadeTree tree;
    const auto file = tree.write("pairs.csv", "sentence,question,answer\n"
                                              "\"Tom came, at last.\",Who came?,Tom.\n"
                                              "Nobody {came}.,,\n");
    TextCorpusOptions options;
    options.voices = {voiceNamed("flite:awb")};
    const auto plan = planTexts(SpokenTexts::load(file), options);
    ASSERT_EQ(plan.size(), 2U);
    EXPECT_EQ(plan[0].utterance.text, "Tom came, at last.");
    EXPECT_EQ(plan[0].utterance.tasks[0].task, "sqa");
    EXPECT_EQ(plan[0].utterance.speaker, "AWB");
    EXPECT_EQ(plan[1].utterance.text, "Nobody {came}.");
    EXPECT_EQ(plan[1].utterance.tasks[0].task, "asr");
    const auto objects =
        tree.write("pairs.jsonl", R"({"text": "One.", "translation": "Eins.", "task": "ast"})");
    EXPECT_EQ(SpokenTexts::load(objects).lines[0].reference, "Eins.");
}

TEST(TextCorpus, MistakesInTheTextsAreNamedWithTheirLine) {
    EXPECT_THAT(refusal("a.txt", "One.\n{who} came.\n"), HasSubstr("a.txt:2"));
    EXPECT_THAT(refusal("a.txt", "x = a | b\n{x.2} came.\n"), HasSubstr("form 2"));
    EXPECT_THAT(refusal("a.txt", "x = a | b\n{x came.\n"), HasSubstr("never closed"));
    EXPECT_THAT(refusal("a.txt", "x = a / b | c\n{x} came.\n"), HasSubstr("other forms"));
    EXPECT_THAT(refusal("a.txt", "x = a\nx = b\n{x} came.\n"), HasSubstr("second list"));
    EXPECT_THAT(refusal("a.txt", "One.\tWhat?\n"), HasSubstr("without a reference"));
    EXPECT_THAT(refusal("a.txt", "Stra\xDF"
                                 "e.\n"),
                HasSubstr("Latin-1"));
    EXPECT_THAT(refusal("a.txt", "# nothing\n"), HasSubstr("no line"));
    EXPECT_THAT(refusal("a.tsv", "text\tquestion\nOne.\tWhat?\n"), HasSubstr("a.tsv:2"));
    EXPECT_THAT(refusal("a.tsv", "text\ttask\nOne.\tdance\n"), HasSubstr("dance"));
    for (const char* voice : {"flite", "pico:x", "flite:", ""})
        EXPECT_THROW((void)voiceNamed(voice), Error) << voice;
    EXPECT_EQ(voiceNamed("festival:kal_diphone").speaker, voiceNamed("flite:kal16").speaker);
}

TEST(TextCorpus, IsSpokenIntoAFolderThatGoesOn) {
    const MadeTree tree;
    const SpokenTexts texts = SpokenTexts::load(tree.write("texts.txt", "Yes.\nNo.\n"));
    TextCorpusOptions options;
    options.voices = {voiceNamed("flite:kal16")};
    options.copies = 1;
    const auto folder = tree / "out";
    const CorpusReport report = buildCorpus(CorpusRecipe{}, planTexts(texts, options), folder);
    EXPECT_EQ(report.clips, 2U);
    EXPECT_EQ(report.copies, 2U);
    const Manifest manifest = readManifest(folder / "manifest.jsonl");
    ASSERT_EQ(manifest.utterances.size(), 4U);
    EXPECT_TRUE(checkAudio(manifest).empty());
    EXPECT_GT(manifest.utterances[0].durationSec, 0.1);
    EXPECT_EQ(buildCorpus(CorpusRecipe{}, planTexts(texts, options), folder).reused, 4U);
}

} // namespace
} // namespace viva
