// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/corpus_builder.h"

#include "core/audio/audio_file.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/sha256.h"
#include "core/corpus/corpus_plan.h"
#include "core/corpus/ogg_serial.h"
#include "core/data/leaks.h"
#include "core/data/manifest.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <set>

namespace viva {
namespace {

const std::filesystem::path kDemo = VIVA_DEMO_DIR;

const CorpusRecipe& demoRecipe() {
    static const CorpusRecipe recipe = CorpusRecipe::load(kDemo / "recipe.json");
    return recipe;
}

const std::vector<PlannedClip>& demoPlan() {
    static const std::vector<PlannedClip> plan =
        planCorpus(demoRecipe(), Grammar::load(demoRecipe().grammar));
    return plan;
}

/// A recipe that needs flite alone and takes a second.
CorpusRecipe smallRecipe() {
    CorpusRecipe recipe = demoRecipe();
    recipe.voices.clear();
    recipe.voices["a"] = {{{"flite", "kal16", "KAL", "BSD-like"}, 1, 0.7, 0.8, 1, 1}};
    recipe.parts.assign(2, CorpusPart());
    recipe.parts[0].name = recipe.parts[0].split = "test";
    recipe.parts[0].clips = 2;
    recipe.parts[1].name = recipe.parts[1].split = "train";
    recipe.parts[1].clips = 3;
    recipe.parts[1].copies = 1;
    recipe.parts[0].voices = recipe.parts[1].voices = "a";
    return recipe;
}

class CorpusFolder : public testing::Test {
protected:
    void SetUp() override {
        m_folder = std::filesystem::temp_directory_path() /
                   ("viva-corpus-" +
                    std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(m_folder);
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }

    std::filesystem::path m_folder;
};

TEST(CorpusPlan, NoSentenceComesTwiceAndTestVoicesStandApart) {
    std::vector<Utterance> utterances;
    std::set<std::string> texts;
    for (const PlannedClip& clip : demoPlan()) {
        EXPECT_TRUE(texts.insert(clip.utterance.text).second) << clip.utterance.text;
        utterances.push_back(clip.utterance);
    }
    EXPECT_TRUE(findSplitLeaks(utterances).empty());
    EXPECT_TRUE(sharedSpeakers(utterances, "test").empty());
    EXPECT_FALSE(sharedSpeakers(utterances, "validation").empty());
}

TEST(CorpusPlan, IsWhatTheShippedManifestWasMadeFrom) {
    const Manifest shipped = readManifest(kDemo / "manifest.jsonl");
    std::map<std::string, const PlannedClip*> planned;
    for (const PlannedClip& clip : demoPlan())
        planned[clip.utterance.id] = &clip;
    for (Utterance utterance : shipped.utterances) {
        ASSERT_TRUE(planned.contains(utterance.id));
        utterance.durationSec = 0;
        utterance.sha256.clear();
        EXPECT_EQ(utterance, planned[utterance.id]->utterance) << utterance.id;
    }
}

TEST(CorpusPlan, DrawsReferenceStylesByWeight) {
    std::map<std::string, int> styles;
    int sqa = 0;
    int ast = 0;
    for (const PlannedClip& clip : demoPlan()) {
        for (const UtteranceTask& task : clip.utterance.tasks) {
            ++styles[task.task + " " + task.style];
            sqa += task.task == "sqa";
            ast += task.task == "ast";
        }
    }
    EXPECT_NEAR(styles["sqa full"], 0.7 * sqa, 0.03 * sqa);
    EXPECT_NEAR(styles["sqa speaker"], 0.2 * sqa, 0.03 * sqa);
    EXPECT_NEAR(styles["ast perfect"], 0.6 * ast, 0.03 * ast);
    EXPECT_NEAR(styles["ast fronted"], 0.2 * ast, 0.03 * ast);
    EXPECT_EQ(styles["sqa heard"] + styles["sqa answer"] + styles["ast heading"], 0);
}

TEST(CorpusPlan, GivesBaseTargetsTheBaseStylesAndTagsTheFirstClips) {
    int targets = 0;
    int alien = 0;
    int tagged = 0;
    for (const PlannedClip& clip : demoPlan()) {
        if (clip.utterance.split != "base")
            continue;
        tagged += clip.utterance.hasTag("lm");
        EXPECT_TRUE(clip.copies.empty()); // the base training changes sounds itself
        for (const UtteranceTask& task : clip.utterance.tasks) {
            for (const std::string& target : task.baseTargets) {
                ++targets;
                alien += target.starts_with("I heard") || target.starts_with("The answer") ||
                         target.starts_with("Der Sprecher") || target.starts_with("Auf Deutsch");
            }
        }
    }
    EXPECT_EQ(tagged, 1700);
    EXPECT_NEAR(alien, 0.6 * targets, 0.02 * targets);
}

TEST(CorpusPlan, EarlierPartsStayWhenLaterOnesChange) {
    CorpusRecipe recipe = smallRecipe();
    const Grammar grammar = Grammar::load(recipe.grammar);
    const auto before = planCorpus(recipe, grammar);
    recipe.parts[1].clips = 30;
    const auto after = planCorpus(recipe, grammar);
    for (std::size_t i = 0; i < before.size(); ++i)
        EXPECT_EQ(before[i].utterance, after[i].utterance);
}

TEST(CorpusPlan, SaysWhenTheGrammarRunsOut) {
    CorpusRecipe recipe = smallRecipe();
    nlohmann::json grammar = readJsonFile(recipe.grammar);
    grammar["patterns"] = {grammar["patterns"][3]};
    grammar["names"] = {"Tom", "Anna"};
    grammar["motions"] = {grammar["motions"][0]};
    grammar["planTimes"] = {grammar["planTimes"][0]};
    const auto path = std::filesystem::temp_directory_path() / "viva-small-grammar.json";
    writeFileAtomically(path, grammar.dump());
    recipe.grammar = path;
    recipe.parts[1].clips = 20; // there are 2 * 7 sentences
    try {
        (void)planCorpus(recipe, Grammar::load(path));
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
    std::filesystem::remove(path);
}

TEST_F(CorpusFolder, HoldsClipsAndAManifestThatAgree) {
    const CorpusReport report = buildCorpus(smallRecipe(), m_folder);
    EXPECT_EQ(report.clips, 5u);
    EXPECT_EQ(report.copies, 3u);
    EXPECT_EQ(report.reused, 0u);
    EXPECT_FALSE(report.stopped);
    const Manifest manifest = readManifest(m_folder / "manifest.jsonl");
    EXPECT_EQ(manifest.utterances.size(), 8u);
    EXPECT_TRUE(checkAudio(manifest).empty());
    double seconds = 0;
    for (const Utterance& utterance : manifest.utterances) {
        const AudioBuffer sound = readAudioForModel(manifest.audioFile(utterance));
        EXPECT_NEAR(sound.durationSec(), utterance.durationSec, 0.03) << utterance.id;
        EXPECT_GT(sound.durationSec(), 0.7);
        seconds += utterance.durationSec;
    }
    EXPECT_NEAR(seconds, report.durationSec, 1e-6);
}

TEST_F(CorpusFolder, IsTheSameByteForByteWhateverTheThreads) {
    buildCorpus(smallRecipe(), m_folder / "a",
                {.threads = 1, .parts = {}, .progress = {}, .stop = {}});
    buildCorpus(smallRecipe(), m_folder / "b",
                {.threads = 3, .parts = {}, .progress = {}, .stop = {}});
    EXPECT_EQ(readFile(m_folder / "a/manifest.jsonl"), readFile(m_folder / "b/manifest.jsonl"));
    EXPECT_EQ(readFile(m_folder / "a/clips/train/train-00001-a1.opus"),
              readFile(m_folder / "b/clips/train/train-00001-a1.opus"));
}

TEST_F(CorpusFolder, GoesOnWhereItWasStopped) {
    std::stop_source source;
    CorpusBuildOptions options;
    options.threads = 1;
    options.stop = source.get_token();
    options.progress = [&](const CorpusProgress& progress) {
        EXPECT_EQ(progress.total, 5u);
        if (progress.done == 2)
            source.request_stop();
    };
    EXPECT_TRUE(buildCorpus(smallRecipe(), m_folder, options).stopped);
    EXPECT_FALSE(std::filesystem::exists(m_folder / "manifest.jsonl"));
    // A line that was cut off and a clip that was damaged are made again.
    writeFileAtomically(m_folder / ".render.jsonl", readFile(m_folder / ".render.jsonl") + "{\"au");
    writeFileAtomically(m_folder / "clips/test/test-00000.opus", "broken");
    const CorpusReport report = buildCorpus(smallRecipe(), m_folder);
    EXPECT_FALSE(report.stopped);
    EXPECT_EQ(report.reused, 1u);
    EXPECT_TRUE(checkAudio(readManifest(m_folder / "manifest.jsonl")).empty());
    EXPECT_EQ(buildCorpus(smallRecipe(), m_folder).reused, 8u);
    CorpusRecipe other = smallRecipe();
    other.opusBitsPerSec = 32000;
    EXPECT_EQ(buildCorpus(other, m_folder).reused, 0u);
}

TEST_F(CorpusFolder, RefusesUnknownPartsAndVoicesBeforeSpeaking) {
    const auto codeOf = [&](const CorpusRecipe& recipe, const std::vector<std::string>& parts) {
        try {
            buildCorpus(recipe, m_folder,
                        {.threads = 1, .parts = parts, .progress = {}, .stop = {}});
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    EXPECT_EQ(codeOf(smallRecipe(), {"holiday"}), ErrorCode::InvalidArgument);
    CorpusRecipe recipe = smallRecipe();
    recipe.voices["a"][0].voice.name = "nobody";
    EXPECT_EQ(codeOf(recipe, {}), ErrorCode::NotFound);
    EXPECT_FALSE(std::filesystem::exists(m_folder));
    recipe = smallRecipe();
    recipe.baseStyles.weights["sqa"] = {{"shouted", 1}};
    recipe.parts[0].baseTargets = 1;
    EXPECT_EQ(codeOf(recipe, {}), ErrorCode::NotFound);
}

TEST(CorpusRecipe, RefusesBrokenFiles) {
    const auto codeAfter = [](const std::function<void(nlohmann::json&)>& change) {
        nlohmann::json document = readJsonFile(kDemo / "recipe.json");
        change(document);
        const auto path = std::filesystem::temp_directory_path() / "viva-recipe-test.json";
        writeFileAtomically(path, document.dump());
        try {
            (void)CorpusRecipe::load(path);
        } catch (const Error& error) {
            return error.code();
        }
        ADD_FAILURE() << "accepted";
        return ErrorCode::Internal;
    };
    using Json = nlohmann::json;
    for (const std::function<void(Json&)>& change : std::vector<std::function<void(Json&)>>{
             [](Json& json) { json["colour"] = 1; }, [](Json& json) { json["version"] = 9; },
             [](Json& json) { json.erase("seed"); },
             [](Json& json) { json["parts"] = Json::array(); },
             [](Json& json) { json["parts"][0]["voices"] = "choir"; },
             [](Json& json) { json["parts"][0]["clips"] = -1; },
             [](Json& json) { json["parts"][0]["name"] = "../x"; },
             [](Json& json) { json["parts"][1]["name"] = json["parts"][0]["name"]; },
             [](Json& json) {
                 json["voices"]["seen"][0]["stretch"] = {1, 0.5};
             },
             [](Json& json) { json["voices"]["seen"][0]["weight"] = 0; },
             [](Json& json) {
                 json["styles"]["task"]["sqa"] = {{"full", -1}};
             },
             [](Json& json) { json["styles"]["base"].erase("ast"); },
             [](Json& json) { json["styles"]["base"]["nounSynonym"] = 2; },
             [](Json& json) {
                 json["augment"]["speed"] = {0.1, 1};
             }})
        EXPECT_EQ(codeAfter(change), ErrorCode::Format);
}

TEST_F(CorpusFolder, OggSerialIsSetOnEveryPageAndTheSoundStays) {
    std::filesystem::create_directories(m_folder);
    const AudioBuffer sound = speak({"flite", "kal16", "", ""}, "Peter has nine rings.");
    const auto path = m_folder / "a.opus";
    writeAudioFile(path, sound, AudioEncoding::Opus);
    const AudioBuffer before = readAudioFile(path);
    setOggSerial(path, 0x12345678);
    EXPECT_EQ(readFile(path).substr(14, 4), "\x78\x56\x34\x12");
    EXPECT_EQ(readAudioFile(path).samples, before.samples);
    for (std::string bytes : {std::string(), std::string("OggS"), readFile(path).substr(0, 100)}) {
        try {
            setOggSerial(bytes, 1, "test");
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Format);
        }
    }
}

} // namespace
} // namespace viva
