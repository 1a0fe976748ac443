// SPDX-License-Identifier: GPL-3.0-or-later
// A run on the clips that were imported into its project.
#include "core/base/error.h"
#include "core/data/manifest.h"
#include "core/engine/speech_engine.h"
#include "core/project/clip_import.h"
#include "core/run/active_run.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace viva {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// Six clips of the demo, copied into a project through a table.
class ProjectClips : public testing::Test {
protected:
    void SetUp() override {
        const Manifest demo = readManifest(fs::path(VIVA_DEMO_DIR) / "manifest.jsonl");
        std::ofstream table(m_dir / "mine.tsv");
        table << "audio\ttext\tquestion\treference\n";
        for (std::size_t i = 0; i < 6; ++i) {
            const Utterance& clip = demo.utterances[i];
            const std::string name = "clip" + std::to_string(i) + ".opus";
            fs::copy_file(demo.audioFile(clip), m_dir / name);
            table << name << '\t' << clip.text << '\t' << clip.tasks[0].question << '\t'
                  << clip.tasks[0].references[0] << '\n';
        }
        table.close();
        const ImportReport report = importClips(*ProjectStore::open(m_folder),
                                                {.path = m_dir / "mine.tsv", .copyAudio = true});
        ASSERT_EQ(report.counts.added, 6);
    }
    /// The first clips train, the last two are held out.
    static void deal(Project& project) {
        ClipStore clips(project.store());
        std::vector<std::pair<ClipId, std::string>> splits;
        for (const ClipId id : clips.ids())
            splits.emplace_back(id, splits.size() < 4 ? "train" : "validation");
        clips.setSplits("Deal", splits);
    }
    static TrainConfig config() {
        TrainConfig config = TrainConfig::demo();
        config.data.manifest = "project";
        config.maxSteps = 2;
        config.eval.evalSteps = 0;
        config.warmupSteps = 0;
        config.eval.passes = 1;
        config.eval.maxItems = 2;
        return config;
    }
    static std::string refusal(Project& project, const TrainConfig& config) {
        try {
            (void)project.createRun(config);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
            return error.what();
        }
        return {};
    }
    test::TempDir m_dir;
    fs::path m_folder = m_dir / "Mine.viva";
};

TEST_F(ProjectClips, ARunIsRefusedWhereNoClipFitsIt) {
    Project project = Project::open(m_folder);
    EXPECT_THAT(refusal(project, config()), HasSubstr("deal splits"));
    deal(project);
    TrainConfig other = config();
    other.data.trainSplit = "extra";
    EXPECT_THAT(refusal(project, other), HasSubstr("train (4), validation (2)"));
    other = config();
    other.data.tasks = {"asr"};
    EXPECT_THAT(refusal(project, other), HasSubstr("choose other tasks"));
    EXPECT_TRUE(project.store().runs().empty());
}

TEST_F(ProjectClips, ARunKeepsTheClipsItWasMadeOf) {
    Project project = Project::open(m_folder);
    deal(project);
    const RunId id = project.createRun(config());
    ClipStore clips(project.store());
    clips.remove("Remove", clips.ids());
    const RunSetup setup = project.setup(id, {});
    EXPECT_EQ(setup.config.data.manifest, "project");
    const Manifest manifest =
        readProjectManifest(setup.runFolder / Project::kManifest, setup.projectFolder);
    ASSERT_EQ(manifest.utterances.size(), 6U);
    EXPECT_TRUE(fs::is_regular_file(manifest.audioFile(manifest.utterances[0])));
}

TEST_F(ProjectClips, ARunTrainsOnThem) {
    Project project = Project::open(m_folder);
    deal(project);
    RunRequest request;
    request.config = config();
    request.folders.demo = VIVA_DEMO_DIR;
    request.folders.cache = m_dir / "cache";
    request.engine = makeTrainingEngine;
    RunId id = 0;
    {
        ActiveRun run(project, request);
        id = run.id();
        run.session().start();
        run.session().wait();
    }
    const RunRecord record = project.store().run(id).value();
    EXPECT_EQ(record.state, RunState::Finished) << record.error;
    EXPECT_EQ(record.stepsDone, 2);
    EXPECT_EQ(project.store().series(id, "reward").size(), 2U);
    for (const GroupSummary& group : project.store().groupsOfStep(id, 1))
        EXPECT_THAT(group.exampleId, HasSubstr("clip"));
    const auto evaluations = project.store().evaluations(id);
    ASSERT_FALSE(evaluations.empty());
    EXPECT_EQ(evaluations.front().rows.front().split, "validation");
}

} // namespace
} // namespace viva
