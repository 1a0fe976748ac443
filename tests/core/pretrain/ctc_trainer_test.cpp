// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/ctc_run.h"
#include "core/pretrain/ctc_trainer.h"

#include "core/base/error.h"
#include "core/families/granite/random_init.h"

#include <gtest/gtest.h>

#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

EncoderConfig tinyEncoder() {
    EncoderConfig config;
    config.inputDim = 16;
    config.numLayers = 2;
    config.hiddenDim = 24;
    config.feedforwardMult = 2;
    config.numHeads = 2;
    config.dimHead = 8;
    config.outputDim = 6;
    config.contextSize = 10;
    config.maxPosEmb = 10;
    config.convKernelSize = 5;
    return config;
}

ConformerEncoder freshEncoder(std::uint64_t seed = 1) {
    GraniteConfig config;
    config.encoder = tinyEncoder();
    ConformerEncoder encoder(config.encoder);
    fillRandomly(*encoder, "encoder.", config, seed);
    for (const auto& parameter : encoder->parameters())
        torch::Tensor(parameter).requires_grad_(false);
    return encoder;
}

/// Each letter is a tone of its own for four frames, with a pause behind it.
std::vector<CtcClip> toyClips(std::size_t count, std::uint64_t seed) {
    Rng rng(seed, "toy");
    const std::string letters = "abcd";
    std::vector<CtcClip> clips;
    for (std::size_t i = 0; i < count; ++i) {
        CtcClip clip;
        clip.id = "toy" + std::to_string(i);
        std::vector<torch::Tensor> parts;
        const std::size_t length = 2 + rng.below(4);
        for (std::size_t k = 0; k < length; ++k) {
            const std::size_t letter = rng.below(letters.size());
            clip.text += letters[letter];
            torch::Tensor tone = torch::zeros({6, 16});
            tone.narrow(0, 0, 4).narrow(1, static_cast<std::int64_t>(letter) * 4, 4).fill_(2.0);
            for (std::int64_t n = 0; n < tone.numel(); ++n)
                tone.data_ptr<float>()[n] += static_cast<float>(0.2 * rng.normal());
            parts.push_back(tone);
        }
        clip.variants.push_back(torch::cat(parts));
        clips.push_back(std::move(clip));
    }
    return clips;
}

CtcTrainConfig toyConfig() {
    CtcTrainConfig config;
    config.steps = 150;
    config.warmupSteps = 10;
    config.batch = 8;
    config.learningRate = 5e-3;
    config.masking.fromStep = 3;
    config.masking.maxTimeFrames = 2;
    config.masking.maxMelBins = 1;
    return config;
}

TEST(CtcLabels, WritesWhatItReads) {
    const CtcLabels labels;
    EXPECT_EQ(labels.count(), 28);
    EXPECT_EQ(labels.normalize("  Tom's RED  book, 3! "), "tom s red book");
    EXPECT_EQ(labels.encode("ab z"), (std::vector<std::int64_t>{2, 3, 1, 27}));
    EXPECT_TRUE(labels.encode("?!").empty());
}

TEST(CtcLabels, MergesRepeatsAndDropsBlanks) {
    const CtcLabels labels("abc");
    // a a blank a b b blank, and a label beyond the set
    const torch::Tensor best = torch::tensor({1, 1, 0, 1, 2, 2, 0, 4}, torch::kInt64);
    EXPECT_EQ(labels.decode(torch::one_hot(best, 6).to(torch::kFloat32)), "aab");
}

TEST(CtcLabels, ACharacterThatComesTwiceIsRefused) {
    for (const char* set : {"aba", "aA", "a\tb"}) {
        try {
            const CtcLabels labels{std::string(set)};
            FAIL() << set;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
    }
}

TEST(CtcTrainer, LearnsToReadTones) {
    const auto train = toyClips(64, 1);
    const auto heldOut = toyClips(32, 2);
    WorkerPool pool(2);
    const ConformerEncoder encoder = freshEncoder();
    CtcTrainer trainer(encoder, train, CtcLabels("abcd"), toyConfig(), pool);
    const double before = trainer.evaluate(heldOut).characterErrorRate;
    double first = 0;
    double last = 0;
    for (int i = 0; i < 150; ++i) {
        last = trainer.step().loss;
        if (i == 0)
            first = last;
    }
    const CtcScore score = trainer.evaluate(heldOut);
    EXPECT_GT(before, 0.6);
    EXPECT_LT(last, 0.3 * first);
    EXPECT_LT(score.characterErrorRate, 0.1);
    EXPECT_EQ(score.clips, 32);
    trainer.finish();
    for (const auto& parameter : encoder->parameters())
        EXPECT_FALSE(parameter.requires_grad());
}

TEST(CtcTrainer, SameSeedSameWeights) {
    const auto clips = toyClips(20, 1);
    WorkerPool pool(2);
    const ConformerEncoder a = freshEncoder();
    const ConformerEncoder b = freshEncoder();
    CtcTrainer first(a, clips, CtcLabels("abcd"), toyConfig(), pool);
    CtcTrainer second(b, clips, CtcLabels("abcd"), toyConfig(), pool);
    for (int i = 0; i < 6; ++i)
        EXPECT_EQ(first.step().loss, second.step().loss);
    EXPECT_TRUE(torch::equal(a->out->weight, b->out->weight));
    EXPECT_TRUE(torch::equal(a->block(1).conv->batch_norm->running_var,
                             b->block(1).conv->batch_norm->running_var));
}

TEST(CtcTrainer, ContinuesBitForBit) {
    const auto clips = toyClips(20, 1);
    const fs::path file =
        fs::temp_directory_path() / ("viva_ctc_" + std::to_string(::getpid()) + ".safetensors");
    WorkerPool pool(2);
    const ConformerEncoder whole = freshEncoder();
    CtcTrainer unbroken(whole, clips, CtcLabels("abcd"), toyConfig(), pool);
    for (int i = 0; i < 4; ++i)
        (void)unbroken.step();
    unbroken.save(file);
    const ConformerEncoder part = freshEncoder(9);
    CtcTrainer resumed(part, clips, CtcLabels("abcd"), toyConfig(), pool);
    resumed.load(file);
    EXPECT_EQ(resumed.stepsDone(), 4);
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(resumed.step().loss, unbroken.step().loss);
    for (const auto& entry : whole->named_parameters())
        EXPECT_TRUE(torch::equal(entry.value(), part->named_parameters()[entry.key()]))
            << entry.key();
    fs::remove(file);
}

TEST(CtcTrainer, RunStopsAndGoesOn) {
    const auto clips = toyClips(20, 1);
    const fs::path file =
        fs::temp_directory_path() / ("viva_ctcrun_" + std::to_string(::getpid()) + ".safetensors");
    fs::remove(file);
    WorkerPool pool(1);
    std::stop_source source;
    CtcRunOptions options;
    options.checkpoint = file;
    options.evalEvery = 0;
    options.totalSteps = 6;
    options.stop = source.get_token();
    options.onStep = [&](const CtcStepResult& result) {
        if (result.step == 2)
            source.request_stop();
    };
    CtcTrainer first(freshEncoder(), clips, CtcLabels("abcd"), toyConfig(), pool);
    EXPECT_FALSE(runCtcTraining(first, 150, options));
    EXPECT_EQ(first.stepsDone(), 2);
    std::vector<std::int64_t> steps;
    options.stop = {};
    options.onStep = [&](const CtcStepResult& result) { steps.push_back(result.step); };
    CtcTrainer second(freshEncoder(3), clips, CtcLabels("abcd"), toyConfig(), pool);
    EXPECT_TRUE(runCtcTraining(second, 150, options));
    EXPECT_EQ(steps, (std::vector<std::int64_t>{3, 4, 5, 6}));
    fs::remove(file);
}

TEST(CtcTrainer, WhatCannotBeTrainedIsRefused) {
    WorkerPool pool(1);
    const auto expectRefused = [&](const std::vector<CtcClip>& clips, const CtcLabels& labels) {
        try {
            const CtcTrainer trainer(freshEncoder(), clips, labels, toyConfig(), pool);
            ADD_FAILURE() << "nothing was thrown";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
    };
    expectRefused({}, CtcLabels("abcd"));
    expectRefused(toyClips(2, 1), CtcLabels()); // 28 labels, a head of 6
    auto silent = toyClips(2, 1);
    silent[1].text = "?";
    expectRefused(silent, CtcLabels("abcd"));
}

} // namespace
} // namespace viva
