// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/base_trainer.h"

#include "core/base/error.h"
#include "core/base/rng.h"
#include "tests/core/train/tiny_run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace viva {
namespace {

constexpr std::int64_t kAudio = 23;
constexpr std::int64_t kSounds = 4;

GraniteConfig tinyModel() {
    GraniteConfig config;
    config.text = testing_support::tinyTextConfig();
    config.projector = {.hiddenSize = 16,
                        .numHiddenLayers = 1,
                        .numAttentionHeads = 2,
                        .intermediateSize = 16,
                        .encoderHiddenSize = 8};
    config.encoder.hiddenDim = 8;
    config.windowSize = 4;
    config.downsampleRate = 2; // two queries a window
    config.audioTokenIndex = kAudio;
    return config;
}

/// A world in which the sound says which token is right: clip i sounds like vector i, and the
/// answer to it is the token i + 2.
struct TinyBase {
    GraniteConfig model = tinyModel();
    Decoder decoder = testing_support::tinyDecoder(model.text, 1);
    QFormerProjector projector{model};
    std::vector<BaseClip> clips;
    std::vector<BaseItem> items;
    WorkerPool pool;
    BaseTrainConfig config;
    std::unique_ptr<BaseTrainer> trainer;

    explicit TinyBase(int workers) : pool(workers) {
        Rng rng(4, "base-test");
        const torch::NoGradGuard noGrad;
        for (const auto& item : projector->named_parameters()) {
            auto parameter = item.value();
            const bool isNorm = item.key().find("orm.weight") != std::string::npos;
            for (std::int64_t i = 0; i < parameter.numel(); ++i)
                parameter.view({-1})[i] =
                    parameter.dim() == 1 ? (isNorm ? 1.0 : 0.0) : rng.normal() * 0.3;
        }
        for (std::int64_t sound = 0; sound < kSounds; ++sound) {
            BaseClip clip;
            for (const std::int64_t frames : {3, 5}) {
                auto values = torch::zeros({frames, 8});
                values.select(1, sound).fill_(2.0);
                values.select(1, 7).fill_(0.1 * static_cast<double>(frames));
                clip.variants.push_back(values.to(torch::kHalf));
            }
            clips.push_back(clip);
            items.push_back(
                {static_cast<std::size_t>(sound), "asr", {4, kAudio, 5}, {{sound + 2, 1}}});
        }
        config.steps = 120;
        config.warmupSteps = 5;
        config.batch = 6;
        config.learningRate = 1e-2;
        config.mix = {{"asr", 1.0}};
        trainer = std::make_unique<BaseTrainer>(decoder, projector, clips, items, describe(model),
                                                config, pool);
    }
};

TEST(BaseTrainer, LearnsWhatTheSoundSays) {
    TinyBase base(2);
    const double first = base.trainer->step().loss;
    double last = 0;
    while (base.trainer->stepsDone() < 120)
        last = base.trainer->step().loss;
    EXPECT_GT(first, 1.0);
    EXPECT_LT(last, 0.2); // without the sound at least ln 4 / 2 would remain
}

TEST(BaseTrainer, TheNumberOfWorkersChangesNothingButRounding) {
    TinyBase one(1);
    TinyBase two(2);
    for (int i = 0; i < 3; ++i) {
        const auto a = one.trainer->step();
        const auto b = two.trainer->step();
        EXPECT_NEAR(a.loss, b.loss, 1e-4);
        EXPECT_NEAR(a.gradNorm, b.gradNorm, 1e-3);
        EXPECT_EQ(a.tokens, b.tokens);
    }
}

TEST(BaseTrainer, TrainsEveryParameterOfProjectorAndDecoder) {
    TinyBase base(1);
    std::vector<std::pair<std::string, torch::Tensor>> before;
    const auto remember = [&](const torch::nn::Module& module) {
        for (const auto& item : module.named_parameters())
            before.emplace_back(item.key(), item.value().detach().clone());
    };
    remember(*base.projector);
    remember(*base.decoder);
    (void)base.trainer->step();
    std::size_t index = 0;
    const auto compare = [&](const torch::nn::Module& module) {
        for (const auto& item : module.named_parameters()) {
            const auto& [name, old] = before[index++];
            // The softmax does not see what all keys share.
            if (name.ends_with("key.bias"))
                continue;
            EXPECT_GT((item.value().detach() - old).abs().max().item<double>(), 0.0) << name;
        }
    };
    compare(*base.projector);
    compare(*base.decoder);
}

TEST(BaseTrainer, GoesOnBitForBitFromItsFile) {
    const auto file = std::filesystem::temp_directory_path() /
                      ("viva_base_" + std::to_string(getpid()) + ".safetensors");
    TinyBase straight(2);
    for (int i = 0; i < 3; ++i)
        (void)straight.trainer->step();
    straight.trainer->save(file);
    TinyBase resumed(2);
    resumed.trainer->load(file);
    EXPECT_EQ(resumed.trainer->stepsDone(), 3);
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(straight.trainer->step().loss, resumed.trainer->step().loss);
    std::filesystem::remove(file);
}

TEST(BaseTrainer, RefusesItemsWithoutClipOrTarget) {
    TinyBase base(1);
    auto items = base.items;
    items[0].clip = 99;
    EXPECT_THROW(BaseTrainer(base.decoder, base.projector, base.clips, items, describe(base.model),
                             base.config, base.pool),
                 Error);
    items = base.items;
    items[1].targets.clear();
    EXPECT_THROW(BaseTrainer(base.decoder, base.projector, base.clips, items, describe(base.model),
                             base.config, base.pool),
                 Error);
}

} // namespace
} // namespace viva
