// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/speech_engine.h"
#include "core/nn/device.h"

#include "core/base/atomic_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

/// A few GRPO steps of a golden model on the GPU; skips, with the reason, where there is none.
TEST(Gpu, RunsGrpoStepsOnCuda) {
    if (findDevice(Device::Auto).is_cpu())
        GTEST_SKIP() << "no CUDA device on this computer";
    const auto models = fs::path(VIVA_GOLDEN_DIR) / "models";
    const auto folder = fs::temp_directory_path() / fmt::format("viva_gpu_{}", getpid());
    fs::create_directories(folder);
    fs::copy_file(models / "clips" / "cards.wav", folder / "cards.wav",
                  fs::copy_options::overwrite_existing);
    writeFileAtomically(folder / "manifest.jsonl",
                        R"({"id": "cards", "audio": "cards.wav", "split": "train", "tasks": [)"
                        R"({"task": "asr", "question": "what is said?", "references": ["ten"]}]})"
                        "\n");
    RunSetup setup;
    setup.config.model = (models / "g33-tied").string();
    setup.config.data.manifest = (folder / "manifest.jsonl").string();
    setup.config.device = Device::Cuda;
    setup.config.maxSteps = 3;
    setup.config.promptsPerStep = 2;
    setup.config.maxCompletionLength = 8;
    setup.runFolder = folder / "run";
    const auto engine = makeTrainingEngine(setup);
    int steps = 0;
    const EventSink sink = [&](const TrainingEvent& event) {
        if (const auto* step = std::get_if<StepEvent>(&event)) {
            ++steps;
            EXPECT_TRUE(std::isfinite(step->metric("loss", NAN)));
            EXPECT_EQ(step->metric("clip_ratio/region_mean", -1), 0.0);
            EXPECT_LT(step->metric("sampling/sampling_logp_difference/max", 1), 1e-2);
        }
    };
    engine->prepare(sink, {});
    while (engine->stepsDone() < engine->totalSteps())
        ASSERT_TRUE(engine->runStep(sink, {}));
    EXPECT_EQ(steps, 3);
    engine->saveCheckpoint(sink);
    fs::remove_all(folder);
}

} // namespace
} // namespace viva
