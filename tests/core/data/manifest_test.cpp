// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/manifest.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/sha256.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace viva {
namespace {

const std::string kLine =
    R"({"id":"a","audio":"clips/a.opus","split":"train","tasks":[{"task":"sqa","question":"Who?","references":["Tom."]}]})";

Utterance fullUtterance() {
    Utterance utterance;
    utterance.id = "train-1";
    utterance.audioPath = "clips/train/1.opus";
    utterance.text = "Tom saw the \"green\" picture.";
    utterance.voice = "flite:slt";
    utterance.speaker = "SLT";
    utterance.language = "en";
    utterance.seed = 2478101937472997;
    utterance.split = "train";
    utterance.durationSec = 2.125;
    utterance.sha256 = std::string(64, 'a');
    utterance.licence = "BSD";
    utterance.copyOf = "train-0";
    utterance.tags = {"lm", "new"};
    utterance.tasks = {{"ast",
                        "Translate.",
                        {"Tom hat das grüne Bild gesehen."},
                        "perfect",
                        {"Der Sprecher sagt: ja."},
                        {"x", "y"}},
                       {"sqa", "Who?", {"Tom.", "Tom saw it."}, "", {}, {}}};
    return utterance;
}

ErrorCode codeOf(const std::string& line) {
    try {
        (void)parseUtterance(line, "manifest.jsonl:7");
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("manifest.jsonl:7"), std::string::npos)
            << error.what();
        return error.code();
    }
    ADD_FAILURE() << "accepted: " << line;
    return ErrorCode::Internal;
}

class ManifestFile : public testing::Test {
protected:
    void SetUp() override {
        m_folder = std::filesystem::temp_directory_path() /
                   ("viva-manifest-" +
                    std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        std::filesystem::remove_all(m_folder);
        std::filesystem::create_directories(m_folder);
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }

    [[nodiscard]] ErrorCode codeOfFile(const std::string& text) const {
        writeFileAtomically(m_folder / "manifest.jsonl", text);
        try {
            (void)readManifest(m_folder / "manifest.jsonl");
        } catch (const Error& error) {
            m_message = error.what();
            return error.code();
        }
        ADD_FAILURE() << "accepted";
        return ErrorCode::Internal;
    }

    std::filesystem::path m_folder;
    mutable std::string m_message;
};

TEST(Manifest, WhatIsWrittenIsReadBackEqual) {
    const Utterance utterance = fullUtterance();
    EXPECT_EQ(parseUtterance(formatUtterance(utterance), "x"), utterance);
    Utterance small;
    small.id = "b";
    small.audioPath = "b.wav";
    small.split = "test";
    EXPECT_EQ(formatUtterance(small), R"({"id":"b","audio":"b.wav","split":"test"})");
    EXPECT_EQ(parseUtterance(formatUtterance(small), "x"), small);
}

TEST(Manifest, RefusesLinesThatAreNotWhatTheySay) {
    EXPECT_EQ(codeOf("{"), ErrorCode::Format);
    EXPECT_EQ(codeOf("[]"), ErrorCode::Format);
    EXPECT_EQ(codeOf("{}"), ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"a","audio":"a.opus"})"), ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"","audio":"a.opus","split":"train"})"), ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"a","audio":"a.opus","split":""})"), ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"a","audio":"a.opus","split":"t","speed":1})"), ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":1,"audio":"a.opus","split":"t"})"), ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"a","audio":"a.opus","split":"t","durationSec":-1})"),
              ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"a","audio":"a.opus","split":"t","sha256":"ABC"})"),
              ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"a","audio":"a.opus","split":"t","tasks":{}})"), ErrorCode::Format);
    EXPECT_EQ(codeOf(R"({"id":"a","audio":"a.opus","split":"t","tags":"lm"})"), ErrorCode::Format);
    EXPECT_EQ(codeOf("\xFF\xFE{"), ErrorCode::Format);
}

TEST_F(ManifestFile, AProjectMayReferToSoundsElsewhereAndNobodyElseMay) {
    Utterance referred = fullUtterance();
    referred.audioPath = "/elsewhere/1.flac";
    Utterance own = referred;
    own.id = "own";
    own.audioPath = "clips/own.wav";
    const std::filesystem::path file = m_folder / "runs" / "data.jsonl";
    EXPECT_THROW(writeManifest(file, {referred, own}), Error);
    writeManifest(file, {referred, own}, AudioPaths::Anywhere);
    EXPECT_THROW((void)readManifest(file), Error);
    const Manifest manifest = readProjectManifest(file, m_folder);
    ASSERT_EQ(manifest.utterances.size(), 2U);
    EXPECT_EQ(manifest.audioFile(manifest.utterances[0]), "/elsewhere/1.flac");
    EXPECT_EQ(manifest.audioFile(manifest.utterances[1]), m_folder / "clips/own.wav");
    EXPECT_EQ(manifest.utterances[1], own);
}

TEST(Manifest, RefusesTasksThatCannotBeScored) {
    const auto withTask = [](const std::string& task) {
        return R"({"id":"a","audio":"a.opus","split":"t","tasks":[)" + task + "]}";
    };
    EXPECT_EQ(codeOf(withTask(R"({"task":"sqa","question":"Who?"})")), ErrorCode::Format);
    EXPECT_EQ(codeOf(withTask(R"({"task":"sqa","question":"Who?","references":[]})")),
              ErrorCode::Format);
    EXPECT_EQ(codeOf(withTask(R"({"task":"sqa","question":"Who?","references":[""]})")),
              ErrorCode::Format);
    EXPECT_EQ(codeOf(withTask(R"({"task":"sqa","question":"","references":["x"]})")),
              ErrorCode::Format);
    EXPECT_EQ(codeOf(withTask(R"({"task":"sing","question":"?","references":["x"]})")),
              ErrorCode::Format);
    EXPECT_EQ(codeOf(withTask(R"({"task":"sqa","question":"?","references":["x"],"extra":1})")),
              ErrorCode::Format);
}

TEST(Manifest, RefusesPathsThatLeaveTheFolder) {
    for (const char* path :
         {"../a.opus", "/etc/passwd", "clips/../../a.opus", "..", "", "clips\\\\a.opus"})
        EXPECT_EQ(codeOf(std::string(R"({"id":"a","split":"t","audio":")") + path + "\"}"),
                  ErrorCode::Format)
            << path;
    EXPECT_NO_THROW(
        (void)parseUtterance(R"({"id":"a","split":"t","audio":"clips/a..b.opus"})", "x"));
}

TEST_F(ManifestFile, KeepsOrderAndSkipsEmptyLines) {
    std::string second = kLine;
    second.replace(second.find("\"a\""), 3, "\"b\"");
    writeFileAtomically(m_folder / "manifest.jsonl", second + "\r\n\n" + kLine);
    const Manifest manifest = readManifest(m_folder / "manifest.jsonl");
    ASSERT_EQ(manifest.utterances.size(), 2u);
    EXPECT_EQ(manifest.utterances[0].id, "b");
    EXPECT_EQ(manifest.utterances[1].id, "a");
    EXPECT_EQ(manifest.audioFile(manifest.utterances[1]), m_folder / "clips/a.opus");
}

TEST_F(ManifestFile, NamesTheLineOfAFault) {
    EXPECT_EQ(codeOfFile(kLine + "\n" + kLine + "\n"), ErrorCode::Format);
    EXPECT_NE(m_message.find("manifest.jsonl:2"), std::string::npos) << m_message;
    EXPECT_NE(m_message.find("line 1"), std::string::npos) << m_message;
    EXPECT_EQ(codeOfFile(kLine + "\n\n" + kLine.substr(0, 40)), ErrorCode::Format);
    EXPECT_NE(m_message.find("manifest.jsonl:3"), std::string::npos) << m_message;
}

TEST_F(ManifestFile, SaysWhenThereIsNoFile) {
    for (const auto& [path, code] :
         std::initializer_list<std::pair<std::filesystem::path, ErrorCode>>{
             {m_folder / "none.jsonl", ErrorCode::NotFound}, {m_folder, ErrorCode::Io}}) {
        try {
            (void)readManifest(path);
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << path;
        }
    }
}

TEST_F(ManifestFile, RefusesToWriteWhatItCouldNotRead) {
    const auto codeOfWriting = [&](const std::vector<Utterance>& utterances) {
        try {
            writeManifest(m_folder / "manifest.jsonl", utterances);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    Utterance outside = fullUtterance();
    outside.audioPath = "../x.opus";
    EXPECT_EQ(codeOfWriting({outside}), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOfWriting({fullUtterance(), fullUtterance()}), ErrorCode::InvalidArgument);
    Utterance latin = fullUtterance();
    latin.text = "gr\xFCn";
    EXPECT_EQ(codeOfWriting({latin}), ErrorCode::InvalidArgument);
    EXPECT_FALSE(std::filesystem::exists(m_folder / "manifest.jsonl"));
    writeManifest(m_folder / "manifest.jsonl", {fullUtterance()});
    EXPECT_EQ(readManifest(m_folder / "manifest.jsonl").utterances.front(), fullUtterance());
}

TEST_F(ManifestFile, FindsMissingAndChangedAudio) {
    Manifest manifest;
    manifest.folder = m_folder;
    for (const char* name : {"good", "changed", "missing"}) {
        Utterance utterance;
        utterance.id = name;
        utterance.audioPath = std::string(name) + ".wav";
        utterance.split = "train";
        utterance.sha256 = sha256("sound");
        manifest.utterances.push_back(utterance);
    }
    writeFileAtomically(m_folder / "good.wav", "sound");
    writeFileAtomically(m_folder / "changed.wav", "noise");
    const std::vector<std::string> faults = checkAudio(manifest);
    ASSERT_EQ(faults.size(), 2u);
    EXPECT_NE(faults[0].find("changed.wav"), std::string::npos);
    EXPECT_NE(faults[1].find("missing"), std::string::npos);
}

} // namespace
} // namespace viva
