// SPDX-License-Identifier: GPL-3.0-or-later
// From files on disk to a labelled, split, checked and exported project, through the program.
#include "core/base/atomic_file.h"
#include "tests/cli/program.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using test::Program;
using test::ProgramResult;
using test::runViva;
using testing::HasSubstr;

class CliData : public testing::Test {
protected:
    void SetUp() override {
        const fs::path clips = fs::path(VIVA_GOLDEN_DIR) / "models" / "clips";
        for (int i = 0; i < 10; ++i)
            fs::copy_file(clips / (i % 2 == 0 ? "cards.wav" : "chirp31.wav"),
                          m_dir / ("c" + std::to_string(i) + ".wav"));
        std::string table = "wo\tsentence\tclient_id\n";
        for (int i = 0; i < 10; ++i)
            table += "c" + std::to_string(i) + ".wav\tSentence " + std::to_string(i % 5) + ".\ts" +
                     std::to_string(i % 3) + "\n";
        write("data.tsv", table + "missing.wav\tGone.\ts1\n");
    }
    void write(const std::string& name, const std::string& text) const {
        writeFileAtomically(m_dir / name, text);
    }
    [[nodiscard]] ProgramResult viva(const std::vector<std::string>& arguments) const {
        return runViva(arguments, m_dir.path());
    }
    /// The last line of what a command that went well printed.
    [[nodiscard]] Json json(std::vector<std::string> arguments, int exitCode = 0) const {
        arguments.emplace_back("--json");
        const ProgramResult result = viva(arguments);
        EXPECT_EQ(result.exitCode, exitCode) << result.output << result.errors;
        std::istringstream lines(result.output);
        Json last;
        for (std::string line; std::getline(lines, line);)
            last = Json::parse(line);
        return last;
    }
    void importTable() const {
        const Json report = json({"import", "data.tsv", "--project", "p.viva", "--map", "audio=wo",
                                  "--save-mapping", "mine"});
        ASSERT_EQ(report.at("added"), 10);
    }
    test::TempDir m_dir;
};

TEST_F(CliData, ImportReportsAndAddsNothingTwice) {
    const ProgramResult preview = viva({"import", "data.tsv", "--preview", "3"});
    EXPECT_EQ(preview.exitCode, 1);
    EXPECT_THAT(preview.output, HasSubstr("wo, sentence, client_id"));
    EXPECT_THAT(preview.errors, HasSubstr("path of a sound"));
    const Json dry =
        json({"import", "data.tsv", "--project", "p.viva", "--map", "audio=wo", "--dry-run"});
    EXPECT_EQ(dry.at("added"), 10);
    EXPECT_FALSE(fs::exists(m_dir / "p.viva"));
    importTable();
    EXPECT_TRUE(fs::exists(m_dir / "p.viva/mappings/mine.json"));
    const Json again =
        json({"import", "data.tsv", "--project", "p.viva", "--mapping", "mine", "--copy"});
    EXPECT_EQ(again.at("added"), 0);
    EXPECT_EQ(again.at("known"), 10);
    EXPECT_EQ(again.at("rejected"), 1);
    EXPECT_EQ(again.at("faults").at(0).at("place"), "data.tsv:12");
    EXPECT_THAT(viva({"data", "faults", "1", "--project", "p.viva"}).output,
                HasSubstr("missing.wav does not exist"));
    EXPECT_EQ(viva({"import", "data.tsv", "--project", "p.viva", "--map", "sound=wo"}).exitCode, 2);
    EXPECT_EQ(viva({"import", "data.tsv", "--map", "audio=wo"}).exitCode, 2) << "no project";
}

TEST_F(CliData, ClipsAreListedEditedAndUndone) {
    importTable();
    EXPECT_EQ(json({"data", "list", "--project", "p.viva", "--search", "sentence 3", "--order",
                    "name", "--descending"})
                  .at("name"),
              "c3");
    EXPECT_EQ(json({"data", "edit", "c3", "--project", "p.viva", "--set", "text=Better.", "--set",
                    "tags=x|y", "--question", "Who speaks?", "--reference", "A man.", "--reference",
                    "Somebody."})
                  .at("changed"),
              1);
    const Json clip = json({"data", "show", "c3", "--project", "p.viva"});
    EXPECT_EQ(clip.at("text"), "Better.");
    EXPECT_EQ(clip.at("tags"), Json({"x", "y"}));
    EXPECT_EQ(clip.at("tasks").back().at("references"), Json({"A man.", "Somebody."}));
    EXPECT_EQ(json({"data", "undo", "--project", "p.viva"}).at("label"), "Edit");
    EXPECT_EQ(json({"data", "show", "4", "--project", "p.viva"}).at("text"), "Sentence 3.");
    EXPECT_EQ(json({"data", "redo", "--project", "p.viva"}).at("label"), "Edit");
    EXPECT_EQ(json({"data", "remove", "c3", "c4", "--project", "p.viva"}).at("changed"), 2);
    EXPECT_EQ(viva({"data", "show", "c3", "--project", "p.viva"}).exitCode, 2);
    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"data", "edit", "c1", "--project", "p.viva"},
          {"data", "edit", "c1", "--project", "p.viva", "--set", "colour=red"},
          {"data", "edit", "c1", "--project", "p.viva", "--question", "No answer?"},
          {"data", "list", "--project", "none.viva"},
          {"data", "undo", "--project", "none.viva"},
          {"data"}})
        EXPECT_EQ(viva(wrong).exitCode, 2) << wrong.back();
    EXPECT_FALSE(fs::exists(m_dir / "none.viva"));
}

TEST_F(CliData, SplitsLeaksCheckAndExport) {
    importTable();
    EXPECT_EQ(json({"data", "split", "--project", "p.viva", "--share", "train=0.6", "--share",
                    "test=0.4", "--seed", "3"})
                  .at("changed"),
              10);
    EXPECT_EQ(json({"data", "facets", "--project", "p.viva"}).at("split"),
              Json({{"train", 6}, {"test", 4}}));
    // Each sentence is said twice; some pair is parted.
    const ProgramResult leaks = viva({"data", "leaks", "--project", "p.viva"});
    EXPECT_EQ(leaks.exitCode, 1);
    EXPECT_THAT(leaks.output, HasSubstr("same sentence"));
    (void)json({"data", "split", "--project", "p.viva", "--by", "sentence", "--seed", "3"});
    EXPECT_EQ(viva({"data", "leaks", "--project", "p.viva"}).exitCode, 0);
    // The ten files hold two sounds.
    EXPECT_THAT(viva({"data", "leaks", "--project", "p.viva", "--hash"}).output,
                HasSubstr("same audio"));
    (void)json({"data", "split", "--project", "p.viva", "--to", "held", "--speaker", "s0"});
    EXPECT_EQ(json({"data", "facets", "--project", "p.viva"}).at("split").at("held"), 4);
    EXPECT_EQ(viva({"data", "split", "--project", "p.viva", "--share", "train=all"}).exitCode, 2);

    EXPECT_EQ(json({"data", "export", "out", "--project", "p.viva"}).at("clips"), 10);
    EXPECT_TRUE(fs::exists(m_dir / "out/held/metadata.jsonl"));
    EXPECT_EQ(viva({"data", "export", "out", "--project", "p.viva"}).exitCode, 2) << "not empty";
    EXPECT_EQ(json({"import", "out", "--project", "q.viva"}).at("added"), 10);

    EXPECT_EQ(json({"data", "check", "--project", "p.viva"}).at("clips"), 10);
    fs::remove(m_dir / "c5.wav");
    EXPECT_EQ(json({"data", "check", "--project", "p.viva"}, 1).at("faults").at(0).at("item"),
              "c5");
}

TEST_F(CliData, CtrlCEndsAnImportCleanly) {
    std::string table = "audio\ttext\n";
    for (int i = 0; i < 30000; ++i) {
        const std::string name = "l" + std::to_string(i) + ".wav";
        fs::create_hard_link(m_dir / "c1.wav", m_dir / name);
        table += name + "\tSentence.\n";
    }
    write("long.tsv", table);
    Program program({"import", "long.tsv", "--project", "p.viva", "--json"}, m_dir.path(),
                    m_dir / "home");
    for (int i = 0; i < 1000 && !fs::exists(m_dir / "p.viva/project.sqlite-wal"); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    program.signal(SIGINT);
    const ProgramResult result = program.wait();
    ASSERT_EQ(result.exitCode, 130) << result.errors;
    const Json report = Json::parse(result.output);
    EXPECT_EQ(report.at("stopped"), true);
    const int added = report.at("added").get<int>();
    EXPECT_LT(added, 30000);
    const Json rest = json({"import", "long.tsv", "--project", "p.viva"});
    EXPECT_EQ(rest.at("known"), added);
    EXPECT_EQ(rest.at("added"), 30000 - added);
}

TEST_F(CliData, OwnTextsAreSpokenIntoAProject) {
    write("texts.txt", "name = Tom | Anna | Simon\n{name} came home.\tWho came home?\t{name}.\n");
    const ProgramResult result =
        viva({"corpus", "texts.txt", "out", "--voice", "flite:kal16", "--clips", "3", "--copies",
              "1", "--project", "p.viva", "--quiet"});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.output, HasSubstr("p.viva: 6 added"));
    const Json clip = json({"data", "show", "train-00000", "--project", "p.viva"});
    EXPECT_EQ(clip.at("tasks").at(0).at("question"), "Who came home?");
    EXPECT_THAT(clip.at("audio").get<std::string>(), HasSubstr("clips/import-0001/"));
}

} // namespace
} // namespace viva
