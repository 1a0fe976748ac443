// SPDX-License-Identifier: GPL-3.0-or-later
// Runs on the built-in demo through the program: quick, interrupted, killed and resumed.
#include "core/store/project_store.h"
#include "tests/cli/program.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <sstream>

namespace viva {
namespace {

using Json = nlohmann::json;
using test::Program;
using test::ProgramResult;
using test::TempDir;

bool hasModel() {
    return std::filesystem::exists(std::filesystem::path(VIVA_DEMO_DIR) / "model" / "config.json");
}

std::vector<Json> jsonLines(const std::string& text) {
    std::vector<Json> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        out.push_back(Json::parse(line));
    return out;
}

/// A short run with fixed everything: 12 steps, a checkpoint every 4, no evaluation.
std::vector<std::string> shortRun(const std::string& project) {
    return {"train",
            "--project",
            project,
            "--steps",
            "12",
            "--seed",
            "5",
            "--set",
            "save_steps=4",
            "--set",
            "eval.final_max_items=1",
            "--set",
            "eval.eval_steps=0",
            "--set",
            "eval.greedy=false",
            "--json"};
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
        for (const GroupSummary& summary : store->groupsOfStep(run, step))
            for (const Answer& answer : store->group(summary.id)->answers)
                out.push_back(answer.text);
    return out;
}

class CliRun : public testing::Test {
protected:
    void SetUp() override {
        if (!hasModel())
            GTEST_SKIP() << "the built-in model is not there";
    }
    TempDir dir;
};

TEST_F(CliRun, TheQuickDemoEndsWithATable) {
    Program program({"demo", "--quick", "--json", "--project", "d.viva"}, dir.path(), dir / "home");
    const ProgramResult result = program.wait();
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    const auto lines = jsonLines(result.output);
    int steps = 0;
    for (const Json& line : lines)
        steps += line.at("event") == "step" ? 1 : 0;
    EXPECT_EQ(steps, 20);
    const Json& last = lines.back();
    EXPECT_EQ(last.at("event"), "result");
    EXPECT_EQ(last.at("state"), "finished");
    EXPECT_EQ(last.at("table").size(), 8U) << "two splits, two tasks, sampled and greedy";
}

TEST_F(CliRun, CtrlCKeepsTheRunAndResumeEndsIt) {
    RunId run = 0;
    {
        Program program(shortRun("a.viva"), dir.path(), dir / "home");
        ASSERT_TRUE(program.waitForOutput("\"step\":5,", 240)) << program.errorsSoFar();
        program.signal(SIGINT);
        const ProgramResult result = program.wait();
        EXPECT_EQ(result.exitCode, 130) << result.errors;
        const Json last = jsonLines(result.output).back();
        EXPECT_EQ(last.at("state"), "stopped");
        EXPECT_GE(last.at("steps_done").get<int>(), 5);
        run = last.at("run").get<RunId>();
    }
    Program program({"train", "--project", "a.viva", "--resume", "--json"}, dir.path(),
                    dir / "home");
    const ProgramResult result = program.wait();
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    const Json last = jsonLines(result.output).back();
    EXPECT_EQ(last.at("run"), run);
    EXPECT_EQ(last.at("steps_done"), 12);
}

/// kill -9 in the middle, resumed: the same curve, bit for bit, as the unbroken run.
TEST_F(CliRun, AKilledRunResumesBitForBit) {
    Program unbroken(shortRun("whole.viva"), dir.path(), dir / "home");
    const ProgramResult whole = unbroken.wait();
    ASSERT_EQ(whole.exitCode, 0) << whole.errors;
    {
        Program program(shortRun("killed.viva"), dir.path(), dir / "home");
        ASSERT_TRUE(program.waitForOutput("\"step\":7,", 240)) << program.errorsSoFar();
        program.signal(SIGKILL);
        EXPECT_EQ(program.wait().exitCode, 137);
    }
    Program resumed({"train", "--project", "killed.viva", "--resume", "--json"}, dir.path(),
                    dir / "home");
    const ProgramResult result = resumed.wait();
    ASSERT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_NE(result.output.find("\"first_step\":5"), std::string::npos) << "from the checkpoint";
    const auto expected = curves(dir / "whole.viva", 1);
    ASSERT_GT(expected.size(), 3U);
    EXPECT_EQ(expected.front().second.size(), 12U);
    EXPECT_EQ(curves(dir / "killed.viva", 1), expected);
    EXPECT_EQ(answers(dir / "killed.viva", 1), answers(dir / "whole.viva", 1));
}

TEST_F(CliRun, ASecondCtrlCEndsAtOnce) {
    Program program({"demo", "--json", "--project", "b.viva"}, dir.path(), dir / "home");
    ASSERT_TRUE(program.waitForOutput("\"state\":\"preparing\"", 120)) << program.errorsSoFar();
    program.signal(SIGINT);
    program.signal(SIGTERM);
    const ProgramResult result = program.wait();
    EXPECT_TRUE(result.exitCode == 143 || result.exitCode == 130) << result.exitCode;
}

} // namespace
} // namespace viva
