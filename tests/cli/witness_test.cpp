// SPDX-License-Identifier: GPL-3.0-or-later
// A project of an earlier program (tests/golden/witness) opens, and its runs go on as that program
// would have gone on.
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/cli/program.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace viva {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using test::runViva;
using test::TempDir;

const fs::path kWitness = fs::path(VIVA_GOLDEN_DIR) / "witness";
const std::vector<std::string> kRuns{"grpo", "mp_grpo", "rl_sft", "sft"};
constexpr RunId kFirstRun = 1;

std::string bytesOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// vendor/family/model/stepping and the flags that decide which kernels run, as make_witness.py
/// writes them.
Json thisMachine() {
    std::map<std::string, std::string> facts;
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos)
            continue;
        std::string key = line.substr(0, colon);
        key.erase(key.find_last_not_of(" \t") + 1);
        facts.try_emplace(key, line.size() > colon + 2 ? line.substr(colon + 2) : "");
    }
    Json flags = Json::array();
    const std::string all = " " + facts["flags"] + " ";
    for (const char* flag : {"avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile"})
        if (all.find(" " + std::string(flag) + " ") != std::string::npos)
            flags.push_back(flag);
    return {{"model", facts["vendor_id"] + "/" + facts["cpu family"] + "/" + facts["model"] + "/" +
                          facts["stepping"]},
            {"flags", flags}};
}

double numberOf(const Json& hex) {
    return std::strtod(hex.get<std::string>().c_str(), nullptr);
}

class Witness : public testing::Test {
protected:
    static void SetUpTestSuite() {
        s_folder = new TempDir;
        fs::copy(kWitness / "Witness.viva", project(), fs::copy_options::recursive);
        std::ifstream in(kWitness / "after.jsonl");
        for (std::string line; std::getline(in, line);)
            s_lines.push_back(Json::parse(line));
    }
    static void TearDownTestSuite() {
        delete s_folder;
        s_folder = nullptr;
    }
    [[nodiscard]] static fs::path project() { return s_folder->path() / "Witness.viva"; }
    /// Kernels differ between processors in their last bits, and training carries them on.
    [[nodiscard]] static bool sameMachine() {
        return s_lines.front().at("machine") == thisMachine();
    }
    /// Exactly on the machine that made it; elsewhere the first step that was resumed, nearly.
    static void expectSame(double value, double expected, std::int64_t step, const Json& line) {
        if (sameMachine()) {
            EXPECT_EQ(value, expected) << line;
        } else if (step == 4) {
            EXPECT_NEAR(value, expected, 1e-3 * std::max(1.0, std::abs(expected))) << line;
        }
    }

    /// Of every evaluation what it measured then, by the same names.
    static void expectSameEvaluation(const ProjectStore& store, const Json& line) {
        const std::int64_t step = line.at("step");
        const EvaluationRow place{.split = line.at("split"),
                                  .task = line.at("task"),
                                  .decoding = line.at("decoding"),
                                  .metrics = {}};
        std::size_t found = 0;
        for (const EvaluationEvent& event : store.evaluations(line.at("run")))
            for (const EvaluationRow& row : event.rows) {
                if (event.step != step || !row.samePlace(place))
                    continue;
                ++found;
                EXPECT_EQ(row.items, line.at("items")) << line;
                for (const char* name : {"bleu", "sentence_bleu", "exact_match"}) {
                    ASSERT_TRUE(row.metric(name)) << name << line;
                    // What was measured before the runs were left stands in the project.
                    if (step <= 3 || sameMachine()) {
                        EXPECT_EQ(*row.metric(name), numberOf(line.at(name))) << name << line;
                    }
                }
            }
        EXPECT_EQ(found, 1U) << line;
    }

    static TempDir* s_folder;
    inline static std::vector<Json> s_lines;
};
TempDir* Witness::s_folder = nullptr;

TEST_F(Witness, OldProjectShowsWhatItHad) {
    TempDir copy;
    fs::copy(kWitness / "Witness.viva", copy.path() / "W.viva", fs::copy_options::recursive);
    const auto store = ProjectStore::open(copy.path() / "W.viva");
    ASSERT_EQ(store->runs().size(), kRuns.size());
    for (std::size_t i = 0; i < kRuns.size(); ++i) {
        const auto run = store->run(kFirstRun + static_cast<RunId>(i)).value();
        EXPECT_EQ(run.name, kRuns[i]);
        EXPECT_TRUE(run.resumable());
        EXPECT_EQ(store->evaluations(run.id).size(), 2U) << kRuns[i];
    }
    const ClipStore clips(*store);
    EXPECT_EQ(clips.ids().size(), 2U);
}

TEST_F(Witness, ResumedRunsGoOnAsTheyWouldHave) {
    for (std::size_t i = 0; i < kRuns.size(); ++i) {
        const auto result = runViva({"train", "--project", project().string(), "--resume",
                                     std::to_string(kFirstRun + static_cast<RunId>(i)), "--quiet"},
                                    s_folder->path());
        ASSERT_EQ(result.exitCode, 0) << kRuns[i] << ": " << result.errors;
    }
    const auto store = ProjectStore::openReadOnly(project());
    std::size_t compared = 0;
    for (const Json& line : s_lines) {
        if (!line.contains("run"))
            continue;
        const RunId run = line.at("run");
        const std::int64_t step = line.at("step");
        if (line.contains("metric")) {
            const auto series = store->series(run, line.at("metric"), step - 1);
            ASSERT_FALSE(series.empty()) << line;
            EXPECT_EQ(series.front().step, step) << line;
            if (!line.at("value").is_null())
                expectSame(series.front().value, numberOf(line.at("value")), step, line);
            ++compared;
        } else if (line.contains("answer")) {
            const auto groups = store->groupsOfStep(run, step);
            const auto group = store->group(groups.at(line.at("group")).id).value();
            const Answer& answer = group.answers.at(line.at("answer"));
            if (sameMachine()) {
                EXPECT_EQ(answer.text, line.at("text")) << line;
                EXPECT_EQ(answer.tokenIds.size(), line.at("tokens")) << line;
                EXPECT_EQ(answer.reward, numberOf(line.at("reward"))) << line;
                EXPECT_EQ(answer.advantage, numberOf(line.at("advantage"))) << line;
            }
            ++compared;
        } else if (line.contains("split")) {
            expectSameEvaluation(*store, line);
            ++compared;
        }
    }
    EXPECT_GT(compared, 450U);
    if (!sameMachine())
        return;
    for (std::size_t i = 0; i < kRuns.size(); ++i) {
        const auto run = store->run(kFirstRun + static_cast<RunId>(i)).value();
        EXPECT_TRUE(bytesOf(project() / run.folder / "checkpoints" / "step-000006" /
                            "adapter_model.safetensors") ==
                    bytesOf(kWitness / "after" / (kRuns[i] + ".safetensors")))
            << kRuns[i] << " ended with another adapter";
    }
}

} // namespace
} // namespace viva
