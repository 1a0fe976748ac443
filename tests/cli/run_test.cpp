// SPDX-License-Identifier: GPL-3.0-or-later
// Whole runs through the program: interrupted, killed and resumed, answered, evaluated.
#include "core/config/preset.h"
#include "core/store/project_store.h"
#include "tests/cli/program.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <fstream>
#include <sstream>

namespace viva {
namespace {

using Json = nlohmann::json;
using test::Program;
using test::ProgramResult;
using test::TempDir;

std::vector<Json> jsonLines(const std::string& text) {
    std::vector<Json> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        out.push_back(Json::parse(line));
    return out;
}

constexpr int kSteps = 150;
constexpr int kSaveSteps = 20;

/// A run of a tiny random model on two clips with fixed everything.
std::vector<std::string> tinyRun(const std::string& project) {
    const std::string model = std::string(VIVA_GOLDEN_DIR) + "/models/g33-tied";
    std::vector<std::string> out{"train",  "--json",  "--project", project, "--model", model,
                                 "--data", "m.jsonl", "--steps",   "150",   "--seed",  "5"};
    for (const char* setting :
         {"save_steps=20", "eval.eval_steps=0", "eval.greedy=false", "prompts_per_step=2",
          "num_generations=4", "max_completion_length=8", "rewards=cer", "learning_rate=0.001",
          "data.eval_splits=validation"}) {
        out.emplace_back("--set");
        out.emplace_back(setting);
    }
    return out;
}

/// Every curve but those that measure time.
std::vector<std::pair<std::string, std::vector<std::pair<std::int64_t, double>>>>
curves(const std::filesystem::path& project, RunId run) {
    const auto store = ProjectStore::openReadOnly(project);
    std::vector<std::pair<std::string, std::vector<std::pair<std::int64_t, double>>>> out;
    for (const std::string& name : store->metricNames(run)) {
        if (name.find("time") != std::string::npos || name.find("timing") != std::string::npos ||
            name.find("per_second") != std::string::npos ||
            name.find("memory") != std::string::npos)
            continue;
        out.emplace_back(name, std::vector<std::pair<std::int64_t, double>>{});
        for (const MetricPoint& point : store->series(run, name))
            out.back().second.emplace_back(point.step, point.value);
    }
    return out;
}

std::vector<std::string> answers(const std::filesystem::path& project, RunId run) {
    const auto store = ProjectStore::openReadOnly(project);
    std::vector<std::string> out;
    for (std::int64_t step = 1; step <= store->lastGroupStep(run); ++step)
        for (const GroupSummary& summary : store->groupsOfStep(run, step)) {
            const Group group = store->group(summary.id).value();
            for (const Answer& answer : group.answers)
                out.push_back(answer.text);
        }
    return out;
}

class CliRun : public testing::Test {
protected:
    void SetUp() override {
        const std::filesystem::path clips =
            std::filesystem::path(VIVA_GOLDEN_DIR) / "models" / "clips";
        for (const char* clip : {"cards.wav", "chirp31.wav"})
            std::filesystem::copy_file(clips / clip, dir / clip);
        std::ofstream(dir / "m.jsonl")
            << R"({"id":"a","audio":"cards.wav","split":"train","tasks":[{"task":"sqa","question":"What is said?","references":["the cards"]}]})"
            << "\n"
            << R"({"id":"b","audio":"chirp31.wav","split":"train","tasks":[{"task":"ast","question":"Translate.","references":["der Ton"]}]})"
            << "\n"
            << R"({"id":"c","audio":"cards.wav","split":"validation","tasks":[{"task":"sqa","question":"Who?","references":["a man"]}]})"
            << "\n";
    }
    [[nodiscard]] ProgramResult finish(const std::vector<std::string>& arguments) const {
        Program program(arguments, dir.path(), dir / "home");
        return program.wait();
    }
    TempDir dir;
};

TEST_F(CliRun, CtrlCKeepsTheRunAndResumeEndsIt) {
    {
        Program program(tinyRun("a.viva"), dir.path(), dir / "home");
        ASSERT_TRUE(program.waitForOutput("\"step\":5,", 240)) << program.errorsSoFar();
        program.signal(SIGINT);
        const ProgramResult result = program.wait();
        EXPECT_EQ(result.exitCode, 130) << result.errors;
        const Json last = jsonLines(result.output).back();
        EXPECT_EQ(last.at("state"), "stopped");
        EXPECT_GE(last.at("steps_done").get<int>(), 5);
        EXPECT_LT(last.at("steps_done").get<int>(), kSteps);
    }
    const ProgramResult result = finish({"train", "--project", "a.viva", "--resume", "--json"});
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    const Json last = jsonLines(result.output).back();
    EXPECT_EQ(last.at("run"), 1);
    EXPECT_EQ(last.at("steps_done"), kSteps);
    EXPECT_EQ(finish({"train", "--project", "a.viva", "--resume"}).exitCode, 2)
        << "nothing is left to go on with";
    const ProgramResult scored = finish({"score", "--project", "a.viva", "--step", "2", "--reward",
                                         "chrf", "--sentences", "--json"});
    EXPECT_EQ(scored.exitCode, 0) << scored.errors;
    const std::vector<Json> rows = jsonLines(scored.output);
    ASSERT_EQ(rows.size(), 9u); // two groups of four, and the summary
    EXPECT_EQ(rows.front().at("item"), "2.0.1");
    EXPECT_TRUE(rows.front().contains("advantage"));
    EXPECT_EQ(finish({"score", "--project", "a.viva", "--step", "9999"}).exitCode, 2);
}

/// kill -9 in the middle, resumed: the same curve, bit for bit, as the unbroken run.
TEST_F(CliRun, AKilledRunResumesBitForBit) {
    const ProgramResult whole = finish(tinyRun("whole.viva"));
    ASSERT_EQ(whole.exitCode, 0) << whole.errors;
    {
        Program program(tinyRun("killed.viva"), dir.path(), dir / "home");
        ASSERT_TRUE(program.waitForOutput("\"step\":47,", 240)) << program.errorsSoFar();
        program.signal(SIGKILL);
        ASSERT_EQ(program.wait().exitCode, 137);
    }
    const ProgramResult result =
        finish({"train", "--project", "killed.viva", "--resume", "--json"});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    std::int64_t firstStep = 0;
    for (const Json& line : jsonLines(result.output))
        if (line.at("event") == "run")
            firstStep = line.at("first_step").get<std::int64_t>();
    EXPECT_GE(firstStep, 2 * kSaveSteps + 1);
    EXPECT_EQ(firstStep % kSaveSteps, 1) << "from a checkpoint";
    const auto expected = curves(dir / "whole.viva", 1);
    ASSERT_GT(expected.size(), 3U);
    EXPECT_EQ(expected.front().second.size(), static_cast<std::size_t>(kSteps));
    EXPECT_EQ(curves(dir / "killed.viva", 1), expected);
    EXPECT_EQ(answers(dir / "killed.viva", 1), answers(dir / "whole.viva", 1));
}

TEST_F(CliRun, ASecondSignalEndsAtOnce) {
    Program program(tinyRun("b.viva"), dir.path(), dir / "home");
    ASSERT_TRUE(program.waitForOutput("\"step\":3,", 240)) << program.errorsSoFar();
    program.signal(SIGINT);
    program.signal(SIGTERM);
    const int code = program.wait().exitCode;
    EXPECT_TRUE(code == 143 || code == 130) << code;
    // Whatever it was, the project opens and the run goes on.
    EXPECT_NO_THROW(static_cast<void>(ProjectStore::open(dir / "b.viva")->runs().at(0)));
}

TEST_F(CliRun, AnswersComeFromTheModelAndTheSeed) {
    const std::string model = std::string(VIVA_GOLDEN_DIR) + "/models/g33-tied";
    const auto ask = [&](const std::string& seed) {
        return finish({"answer", "--model", model, "cards.wav", "What is said?", "--count", "3",
                       "--max-length", "6", "--seed", seed, "--json"});
    };
    const ProgramResult first = ask("1");
    ASSERT_EQ(first.exitCode, 0) << first.errors;
    const Json out = Json::parse(first.output);
    EXPECT_EQ(out.at("answers").size(), 3U);
    EXPECT_EQ(out.at("answers"), Json::parse(ask("1").output).at("answers"));
    EXPECT_NE(out.at("answers"), Json::parse(ask("2").output).at("answers"));
}

TEST_F(CliRun, EvaluatesBothDecodings) {
    const std::string model = std::string(VIVA_GOLDEN_DIR) + "/models/g33-tied";
    const ProgramResult result =
        finish({"evaluate", "--model", model, "--data", "m.jsonl", "--split", "validation",
                "--json", "--max-length", "6", "--passes", "2"});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    const auto lines = jsonLines(result.output);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at("decoding"), "sampled");
    EXPECT_EQ(lines[1].at("decoding"), "greedy");
    EXPECT_EQ(lines[0].at("passes"), 2);
    EXPECT_EQ(lines[1].at("passes"), 1);
    for (const Json& line : lines) {
        const Json& row = line.at("summaries").at(0);
        for (const char* key :
             {"corpus_bleu", "mean_sentence_bleu", "word_error_rate", "exact_match"})
            EXPECT_TRUE(row.at(key).contains("mean")) << "scripts rely on " << key;
        EXPECT_EQ(row.at("metrics").at("wer").at("mean"), row.at("word_error_rate").at("mean"));
        EXPECT_FALSE(row.at("metrics").contains("cer")) << "a question is no transcript";
    }
    const ProgramResult again =
        finish({"evaluate", "--model", model, "--data", "m.jsonl", "--split", "validation",
                "--json", "--max-length", "6", "--passes", "2"});
    EXPECT_EQ(again.output, result.output) << "answers follow from the seed";
}

TEST_F(CliRun, TheQuickDemoEndsWithATable) {
    const ProgramResult result = finish({"demo", "--quick", "--json", "--project", "d.viva"});
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    int steps = 0;
    const auto lines = jsonLines(result.output);
    for (const Json& line : lines)
        steps += line.at("event") == "step" ? 1 : 0;
    EXPECT_EQ(steps, 20);
    const Json& last = lines.back();
    EXPECT_EQ(last.at("event"), "result");
    EXPECT_EQ(last.at("state"), "finished");
    EXPECT_EQ(last.at("table").size(), 8U) << "two splits, two tasks, sampled and greedy";
}

TEST_F(CliRun, EveryPresetTrainsOnTheDemoWithoutANan) {
    if (!std::filesystem::exists(std::filesystem::path(VIVA_DEMO_DIR) / "model" / "config.json"))
        GTEST_SKIP() << "the built-in model is not there";
    const auto presets =
        listPresets(std::filesystem::path(VIVA_SOURCE_DIR) / "resources" / "configs");
    ASSERT_GE(presets.size(), 10U);
    for (const PresetInfo& preset : presets) {
        // A generation of DAPO is cut into 16 updates.
        const std::string prompts = preset.name == "dapo" ? "16" : "4";
        const ProgramResult result = finish({"train",
                                             "--preset",
                                             preset.name,
                                             "--steps",
                                             "3",
                                             "--set",
                                             "prompts_per_step=" + prompts,
                                             "--set",
                                             "max_completion_length=40",
                                             "--set",
                                             "learning_rate=1e-3",
                                             "--set",
                                             "eval.final_max_items=2",
                                             "--set",
                                             "eval.passes=1",
                                             "--set",
                                             "eval.eval_steps=0",
                                             "--json",
                                             "--project",
                                             "p.viva"});
        ASSERT_EQ(result.exitCode, 0) << preset.name << ": " << result.errors;
        int steps = 0;
        for (const Json& line : jsonLines(result.output)) {
            EXPECT_NE(line.at("event"), "note") << preset.name << ": " << line.dump();
            if (line.at("event") != "step")
                continue;
            ++steps;
            EXPECT_TRUE(line.dump().find("\"loss\"") != std::string::npos) << preset.name;
        }
        EXPECT_EQ(steps, 3) << preset.name;
    }
}

TEST_F(CliRun, TheComparisonGoesOnWhereItStopped) {
    if (!std::filesystem::exists(std::filesystem::path(VIVA_DEMO_DIR) / "model" / "config.json"))
        GTEST_SKIP() << "the built-in model is not there";
    const std::vector<std::string> compare{"demo",   "--compare", "--quick", "--steps",
                                           "2",      "--seeds",   "1",       "--project",
                                           "c.viva", "--json"};
    {
        Program program(compare, dir.path(), dir / "home");
        ASSERT_TRUE(program.waitForOutput("\"compared\"", 240)) << program.errorsSoFar();
        program.signal(SIGINT);
        const Json last = jsonLines(program.wait().output).back();
        EXPECT_GE(last.at("runs").get<int>(), 1);
    }
    const ProgramResult result = finish(compare);
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    const Json last = jsonLines(result.output).back();
    EXPECT_EQ(last.at("runs"), 4);
    // Two splits, two tasks, two decodings; the base model and four methods.
    EXPECT_EQ(last.at("table").size(), 40U);
    for (const Json& row : last.at("table"))
        EXPECT_EQ(row.at("bleu").size(), 1U) << row.dump();
    const auto runs = ProjectStore::open(dir / "c.viva")->runs();
    EXPECT_EQ(runs.size(), 4U) << "what was done is not done again";
}

} // namespace
} // namespace viva
