// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/granite_speech.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/nn/weight_loader.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include "tests/support/golden_model.h"

namespace viva {
namespace {

namespace fs = std::filesystem;
using test::goldenModel;
using test::maxDifference;

template<typename Action>
void expectCode(ErrorCode code, Action action) {
    try {
        action();
        ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
    }
}

class GraniteSpeechFiles : public testing::Test {
protected:
    GraniteSpeechFiles()
        : m_folder(fs::temp_directory_path() /
                   ("viva_granite_speech_" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
    }
    ~GraniteSpeechFiles() override { fs::remove_all(m_folder); }

    fs::path m_folder;
};

AudioBuffer chirp() {
    return readAudioFile(goldenModel("clips") / "chirp31.wav");
}

/// The prompt's logits, adapters as they come.
torch::Tensor promptLogits(const SpeechModel& model) {
    const torch::NoGradGuard noGrad;
    const torch::Tensor audio = model.encodeClip(chirp());
    const PromptInput prompt = model.buildPrompt(model.promptText("what?"), audio.size(0));
    const torch::Tensor merged = model.mergeEmbeddings(prompt.ids, audio);
    return model.decoder()->logits(
        model.decoder()->hidden(merged.unsqueeze(0), {merged.size(0)}, {true, false}));
}

TEST(GraniteSpeech, ParameterNamesAreTheCheckpointsNames) {
    for (const char* name : {"g33-tied", "g41-untied", "plus"}) {
        const auto model = GraniteSpeech::load(goldenModel(name));
        std::vector<std::string> own;
        for (const SpeechPart& part : model->parts())
            for (const auto& target : weightTargets(*part.module, part.names.prefix))
                own.push_back(target.name);
        std::sort(own.begin(), own.end());
        EXPECT_EQ(own, SafetensorsFile(goldenModel(name) / "model.safetensors").names()) << name;
    }
}

TEST(GraniteSpeech, EverythingIsFrozenAfterLoading) {
    const auto model = GraniteSpeech::load(goldenModel("g33-tied"));
    for (const auto& parameter : model->encoder()->parameters())
        EXPECT_FALSE(parameter.requires_grad());
    for (const auto& parameter : model->decoder()->parameters())
        EXPECT_FALSE(parameter.requires_grad());
    EXPECT_FALSE(model->encodeClip(chirp()).requires_grad());
}

TEST(GraniteSpeech, ClipsSideBySideGiveTheSameBits) {
    const auto model = GraniteSpeech::load(goldenModel("g33-tied"));
    std::vector<torch::Tensor> features;
    for (const char* clip : {"austen", "chirp05", "cards", "edge01", "chirp16"})
        features.push_back(
            model->features(readAudioFile(goldenModel("clips") / (std::string(clip) + ".wav"))));
    double last = 0;
    const auto together = model->encodeAll(features, 3, [&](double part) {
        EXPECT_GT(part, last);
        last = part;
    });
    EXPECT_EQ(last, 1.0);
    torch::set_num_threads(1);
    for (std::size_t i = 0; i < features.size(); ++i)
        EXPECT_TRUE(torch::equal(together[i], model->encode(features[i]))) << i;
}

TEST(GraniteSpeech, AStopLeavesTheRestEmpty) {
    const auto model = GraniteSpeech::load(goldenModel("g33-tied"));
    std::stop_source source;
    source.request_stop();
    const std::vector<torch::Tensor> features(4, torch::zeros({8, 160}));
    for (const auto& result : model->encodeAll(features, 2, {}, source.get_token()))
        EXPECT_FALSE(result.defined());
    SpeechLoadOptions options;
    options.stop = source.get_token();
    EXPECT_EQ(GraniteSpeech::load(goldenModel("g33-tied"), options), nullptr);
}

TEST(GraniteSpeech, ClipsThatCannotBeHeardAreRefused) {
    const auto model = GraniteSpeech::load(goldenModel("g33-tied"));
    AudioBuffer clip;
    clip.samples.assign(256, 0.1F);
    expectCode(ErrorCode::InvalidArgument, [&] { (void)model->features(clip); });
    clip.samples.assign(16000, 0.1F);
    clip.sampleRateHz = 8000;
    expectCode(ErrorCode::InvalidArgument, [&] { (void)model->features(clip); });
    // 1024 positions: 10 audio tokens a second leave no room for 103 s.
    clip.sampleRateHz = 16000;
    clip.samples.assign(16000 * 103, 0.0F);
    expectCode(ErrorCode::InvalidArgument, [&] { (void)model->features(clip); });
}

TEST(GraniteSpeech, PromptsHoldTheAudioPlaceExactlyOnce) {
    const auto model = GraniteSpeech::load(goldenModel("g33-tied"));
    const auto prompt = model->buildPrompt(model->promptText("why?"), 6);
    EXPECT_EQ(std::count(prompt.ids.begin(), prompt.ids.end(), 511), 6);
    expectCode(ErrorCode::InvalidArgument, [&] { (void)model->buildPrompt("no sound", 3); });
    expectCode(ErrorCode::InvalidArgument,
               [&] { (void)model->buildPrompt("<|audio|> and <|audio|>", 3); });
    expectCode(ErrorCode::InvalidArgument, [&] { (void)model->buildPrompt("<|audio|>", 0); });
    expectCode(ErrorCode::ShapeMismatch, [&] {
        (void)model->mergeEmbeddings(prompt.ids, torch::zeros({5, 64}));
    });
}

TEST(GraniteSpeech, TheAudioTokensOwnRowIsNeverRead) {
    const auto model = GraniteSpeech::load(goldenModel("g33-tied"));
    const torch::NoGradGuard noGrad;
    const auto prompt = model->buildPrompt(model->promptText("why?"), 3);
    const torch::Tensor audio = torch::randn({3, 64});
    const torch::Tensor before = model->mergeEmbeddings(prompt.ids, audio).clone();
    model->decoder()->model->embed_tokens->weight[511].fill_(9.0);
    EXPECT_TRUE(torch::equal(model->mergeEmbeddings(prompt.ids, audio), before));
}

TEST_F(GraniteSpeechFiles, WhatIsSavedLoadsAsTheSameModel) {
    for (const char* name : {"g33-tied", "g41-untied", "plus"}) {
        fs::remove_all(m_folder);
        const auto model = GraniteSpeech::load(goldenModel(name));
        model->save(m_folder, torch::kFloat32);
        const auto again = GraniteSpeech::load(m_folder);
        EXPECT_TRUE(torch::equal(promptLogits(*model), promptLogits(*again))) << name;
        EXPECT_EQ(again->bundledAdapter() != nullptr, model->bundledAdapter() != nullptr);
    }
}

TEST_F(GraniteSpeechFiles, HalfPrecisionIsHalfTheSizeAndNearlyTheSame) {
    const auto model = GraniteSpeech::load(goldenModel("g41-untied"));
    model->save(m_folder, torch::kFloat16);
    EXPECT_LT(fs::file_size(m_folder / "model.safetensors"),
              fs::file_size(goldenModel("g41-untied") / "model.safetensors") * 6 / 10);
    const auto again = GraniteSpeech::load(m_folder);
    EXPECT_LE(maxDifference(promptLogits(*model), promptLogits(*again)), 0.05);
    EXPECT_EQ(SafetensorsFile(m_folder / "model.safetensors")
                  .tensor("encoder.layers.0.conv.batch_norm.num_batches_tracked")
                  .scalar_type(),
              torch::kInt64);
}

TEST_F(GraniteSpeechFiles, ARandomModelIsTheSameForTheSameSeed) {
    const GraniteConfig config = readGraniteConfig(goldenModel("g41-untied"));
    const auto model = GraniteSpeech::create(config, 5, goldenModel("g41-untied"));
    const auto same = GraniteSpeech::create(config, 5, goldenModel("g41-untied"));
    const auto other = GraniteSpeech::create(config, 6, goldenModel("g41-untied"));
    EXPECT_TRUE(torch::equal(promptLogits(*model), promptLogits(*same)));
    EXPECT_FALSE(torch::equal(promptLogits(*model), promptLogits(*other)));
    model->save(m_folder, torch::kFloat32);
    EXPECT_TRUE(torch::equal(promptLogits(*GraniteSpeech::load(m_folder)), promptLogits(*model)));
}

TEST(GraniteSpeech, RandomWeightsFitTheMultipliers) {
    const GraniteConfig config = readGraniteConfig(goldenModel("g33-sharded"));
    const auto model = GraniteSpeech::create(config, 1, goldenModel("g33-sharded"));
    const auto deviation = [](const torch::Tensor& x) { return x.std().item<double>(); };
    const torch::NoGradGuard noGrad;
    const double unit = 1.0 / config.text.embeddingMultiplier;
    EXPECT_NEAR(deviation(model->decoder()->model->embed_tokens->weight) / unit, 1.0, 0.05);
    EXPECT_NEAR(deviation(model->encodeClip(chirp())) / unit, 1.0, 0.4);
    EXPECT_NEAR(deviation(model->encoder()->block(0).ff1->up_proj->weight), 1.0 / 8.0, 0.01);
}

TEST(GraniteSpeech, ACopyKeepsWhatItCopiedAndSharesTheRest) {
    const auto model = GraniteSpeech::load(goldenModel("g33-tied"));
    const torch::Tensor before = promptLogits(*model);
    const auto whole =
        model->copyWith({ModelStage::Encoder, ModelStage::Projector, ModelStage::Decoder});
    const auto withProjector = model->copyWith({ModelStage::Projector});
    const torch::NoGradGuard noGrad;
    const auto scale = [&](ModelStage stage) {
        for (const auto& parameter : model->part(stage).module->parameters())
            torch::Tensor(parameter).mul_(1.1);
    };
    scale(ModelStage::Projector);
    EXPECT_FALSE(torch::equal(promptLogits(*model), before));
    EXPECT_TRUE(torch::equal(promptLogits(*withProjector), before));
    scale(ModelStage::Decoder);
    EXPECT_FALSE(torch::equal(promptLogits(*withProjector), before));
    EXPECT_TRUE(torch::equal(promptLogits(*whole), before)) << "the bundled adapter included";
}

TEST(GraniteSpeech, LoadsInBfloat16) {
    SpeechLoadOptions options;
    options.dtype = torch::kBFloat16;
    double last = 0;
    options.progress = [&](double part) { last = part; };
    const auto model = GraniteSpeech::load(goldenModel("g33-sharded"), options);
    EXPECT_EQ(last, 1.0);
    EXPECT_EQ(model->decoder()->headWeight().scalar_type(), torch::kBFloat16);
    const auto exact = GraniteSpeech::load(goldenModel("g33-sharded"));
    const torch::Tensor rough = model->encodeClip(chirp()).to(torch::kFloat32);
    const torch::Tensor fine = exact->encodeClip(chirp());
    EXPECT_LE((rough - fine).norm().item<double>() / fine.norm().item<double>(), 0.1);
}

} // namespace
} // namespace viva
