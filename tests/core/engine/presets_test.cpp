// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/config/preset.h"
#include "core/engine/speech_engine.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>

namespace viva {
namespace {

const std::filesystem::path kShipped =
    std::filesystem::path(VIVA_SOURCE_DIR) / "resources" / "configs";
constexpr int kSteps = 20;

std::vector<std::string> presetNames() {
    std::vector<std::string> names;
    for (const PresetInfo& preset : listPresets(kShipped))
        names.push_back(preset.name);
    return names;
}

/// The preset on the built-in demo, with few and short answers.
TrainConfig smallOf(const std::string& preset) {
    TrainConfig config = readTrainConfig(presetFile(kShipped, preset));
    const int updates = config.updatesPerGeneration();
    config.model = "demo";
    config.device = Device::Cpu;
    config.threads = 2;
    config.maxSteps = kSteps;
    config.warmupSteps = std::min(config.warmupSteps, kSteps / 4); // as --steps does
    config.promptsPerStep = std::max(2, updates);
    config.numGenerations = 4;
    if (config.softPunishCache > 0)
        config.softPunishCache = 4;
    config.maxCompletionLength = 16;
    config.maxResamples = std::min(config.maxResamples, 2);
    return config;
}

/// A few clips of the demo; they are heard once for all presets.
class FewClips {
public:
    FewClips() {
        const std::filesystem::path demo = VIVA_DEMO_DIR;
        std::ifstream lines(demo / "manifest.jsonl");
        std::string kept;
        int count = 0;
        for (std::string line; count < 12 && std::getline(lines, line);) {
            const auto entry = nlohmann::json::parse(line);
            if (entry.value("split", "") != "train")
                continue;
            const std::string audio = entry.at("audio");
            std::filesystem::create_directories((m_folder / audio).parent_path());
            std::filesystem::copy_file(demo / audio, m_folder / audio,
                                       std::filesystem::copy_options::overwrite_existing);
            kept += line + "\n";
            ++count;
        }
        writeFileAtomically(m_folder / "manifest.jsonl", kept);
    }
    [[nodiscard]] std::string manifest() const { return (m_folder / "manifest.jsonl").string(); }
    [[nodiscard]] std::filesystem::path cache() const { return m_folder / "cache"; }

private:
    test::TempDir m_folder;
};

class EveryPreset : public testing::TestWithParam<std::string> {
protected:
    static const FewClips& clips() {
        static const FewClips few;
        return few;
    }
};

TEST_P(EveryPreset, RunsTwentyStepsOnTheDemoWithoutANan) {
    const test::TempDir folder;
    RunSetup setup;
    setup.config = smallOf(GetParam());
    setup.runFolder = folder / "run";
    setup.demoFolder = VIVA_DEMO_DIR;
    setup.cacheFolder = clips().cache();
    setup.config.data.manifest = clips().manifest();
    const bool sft = setup.config.objective == Objective::Sft;
    int steps = 0;
    double moved = 0;
    const EventSink sink = [&](TrainingEvent event) {
        if (const auto* note = std::get_if<NoteEvent>(&event)) {
            EXPECT_EQ(note->text.find("not a finite number"), std::string::npos) << note->text;
        }
        if (const auto* group = std::get_if<GroupEvent>(&event))
            for (const Answer& answer : group->group.answers) {
                EXPECT_TRUE(std::isfinite(answer.reward) && std::isfinite(answer.advantage));
                for (const float logProb : answer.newLogProbs)
                    EXPECT_TRUE(std::isfinite(logProb));
            }
        const auto* step = std::get_if<StepEvent>(&event);
        if (!step)
            return;
        ++steps;
        // A figure that is no finite number is left out of the event.
        for (const char* name : {"loss", "grad_norm", "learning_rate"})
            EXPECT_GT(step->metric(name, -1e300), -1e299) << name << ", step " << step->step;
        if (!sft) {
            EXPECT_GT(step->metric("reward", -1e300), -1e299) << step->step;
        }
        moved += std::abs(step->metric("grad_norm", 0));
    };
    const auto engine = makeTrainingEngine(setup);
    engine->prepare(sink, {});
    while (engine->stepsDone() < kSteps)
        ASSERT_TRUE(engine->runStep(sink, {}));
    EXPECT_EQ(steps, kSteps);
    EXPECT_GT(moved, 0); // something was there to learn
}

INSTANTIATE_TEST_SUITE_P(Shipped, EveryPreset, testing::ValuesIn(presetNames()),
                         [](const auto& preset) { return preset.param; });

TEST(Presets, ThereAreFourteen) {
    EXPECT_EQ(presetNames().size(), 14U);
}

} // namespace
} // namespace viva
