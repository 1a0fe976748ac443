// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/conformer_encoder.h"

#include "core/base/error.h"
#include "core/families/granite/qformer_projector.h"

#include <gtest/gtest.h>

#include "tests/support/golden_model.h"

namespace viva {
namespace {

using test::fillFrom;
using test::goldenModel;
using test::maxDifference;

constexpr double kEncoderTolerance = 1e-4;
constexpr double kProjectorTolerance = 2e-5;

struct Parts {
    explicit Parts(const std::string& name)
        : config(readGraniteConfig(goldenModel(name))), encoder(config.encoder), projector(config),
          expected(goldenModel(name) / "expect.safetensors") {
        const CheckpointWeights weights(goldenModel(name));
        fillFrom(weights, *encoder, "encoder.");
        fillFrom(weights, *projector, "projector.");
    }

    GraniteConfig config;
    ConformerEncoder encoder;
    QFormerProjector projector;
    SafetensorsFile expected;
};

class GoldenParts : public testing::TestWithParam<std::string> {};

TEST_P(GoldenParts, EveryStageEqualsTheReference) {
    const torch::NoGradGuard noGrad;
    const Parts parts(GetParam());
    for (const std::string clip : {"chirp31", "cards"}) {
        const torch::Tensor features = parts.expected.tensor(clip + "/features");
        const ClipRows rows{{features.size(0)}};
        EncoderTrace trace;
        EncoderOptions options;
        options.trace = &trace;
        const auto output = parts.encoder->forward(features, rows, options);
        const auto near = [&](const torch::Tensor& value, const std::string& name, double limit) {
            EXPECT_LE(maxDifference(value, parts.expected.tensor(clip + "/" + name)), limit)
                << clip << "/" << name;
        };
        near(trace.inputLinear, "encoder/input_linear", kEncoderTolerance);
        for (std::size_t i = 0; i < trace.blocks.size(); ++i)
            near(trace.blocks[i], "encoder/block" + std::to_string(i), kEncoderTolerance);
        near(trace.mid, "encoder/mid", kEncoderTolerance);
        near(output.frames, "encoder/final", kEncoderTolerance);
        std::vector<torch::Tensor> layers;
        const auto tokens = parts.projector->forward(output.frames, rows, &layers);
        for (std::size_t i = 0; i < layers.size(); ++i)
            near(layers[i], "projector/qformer_layer" + std::to_string(i), kProjectorTolerance);
        near(tokens, "projector/out", kProjectorTolerance);
    }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenParts,
                         testing::Values("g33-tied", "g33-sharded", "g41-untied", "plus"));

TEST(ConformerEncoder, ClipsInABatchEqualClipsAlone) {
    const torch::NoGradGuard noGrad;
    const Parts parts("g33-tied");
    torch::manual_seed(3);
    const std::int64_t context = parts.config.encoder.contextSize;
    const ClipRows rows{{1, context - 1, context, context + 1, 3 * context, 5 * context + 3}};
    const torch::Tensor features = torch::randn({rows.frames(), 160});
    const torch::Tensor together = parts.encoder->forward(features, rows).frames;
    const torch::Tensor tokens = parts.projector->forward(together, rows);
    std::int64_t start = 0;
    std::int64_t token = 0;
    for (const auto length : rows.lengths) {
        const torch::Tensor own = features.narrow(0, start, length);
        const torch::Tensor alone = parts.encoder->forward(own, ClipRows{{length}}).frames;
        EXPECT_LE(maxDifference(together.narrow(0, start, length), alone), 2e-5) << length;
        const torch::Tensor ownTokens = parts.projector->forward(alone, ClipRows{{length}});
        EXPECT_EQ(ownTokens.size(0), audioTokenCount(length, describe(parts.config)));
        EXPECT_LE(maxDifference(tokens.narrow(0, token, ownTokens.size(0)), ownTokens), 2e-5);
        start += length;
        token += ownTokens.size(0);
    }
}

TEST(ConformerEncoder, BatchStatisticsLeaveTheRunningOnesAlone) {
    const Parts parts("g33-tied");
    const ClipRows rows{{9, 14}};
    const torch::Tensor features = torch::randn({23, 160});
    auto& norm = *parts.encoder->block(0).conv->batch_norm;
    const torch::Tensor before = norm.running_mean.clone();
    std::vector<BatchStatistics> collected;
    EncoderOptions options;
    options.norm = {true, &collected};
    const auto trained = parts.encoder->forward(features, rows, options).frames;
    EXPECT_TRUE(torch::equal(before, norm.running_mean));
    ASSERT_EQ(collected.size(), 4U);
    EXPECT_EQ(collected[0].frames, 23);
    EXPECT_GT(
        maxDifference(trained.detach(), parts.encoder->forward(features, rows).frames.detach()),
        1e-2);
}

TEST(ConformerEncoder, CollectedStatisticsAreMeanAndBiasedVariance) {
    FrameNorm norm(3);
    const torch::NoGradGuard noGrad;
    norm->weight.fill_(1);
    norm->bias.fill_(0);
    const torch::Tensor x = torch::randn({50, 3}) * 2 + 1;
    std::vector<BatchStatistics> collected;
    const torch::Tensor y = norm->forward(x, {true, &collected});
    ASSERT_EQ(collected.size(), 1U);
    EXPECT_LE(maxDifference(collected[0].mean, x.mean(0)), 1e-6);
    EXPECT_LE(maxDifference(collected[0].variance, x.var(0, false)), 1e-5);
    norm->running_mean.copy_(collected[0].mean);
    norm->running_var.copy_(collected[0].variance);
    EXPECT_LE(maxDifference(norm->forward(x, {}), y), 1e-5);
}

TEST(DepthwiseConv, EvenKernelLooksOneFrameFurtherBack) {
    const torch::NoGradGuard noGrad;
    DepthwiseConv conv(1, 4);
    conv->weight.copy_(torch::tensor({1.0F, 10.0F, 100.0F, 1000.0F}).view({1, 1, 4}));
    const torch::Tensor x = torch::tensor({1.0F, 2.0F, 3.0F}).view({3, 1});
    const torch::Tensor y = conv->forward(x, ClipRows{{3}});
    // Padded (2, 1): frame t sees t-2, t-1, t, t+1.
    EXPECT_TRUE(torch::equal(y.view({3}), torch::tensor({2100.0F, 3210.0F, 321.0F})));
}

TEST(ConformerEncoder, FeaturesThatDoNotFitTheRowsAreRefused) {
    const Parts parts("g33-tied");
    try {
        (void)parts.encoder->forward(torch::zeros({5, 160}), ClipRows{{4}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    }
    try {
        (void)parts.encoder->forward(torch::zeros({4, 160}), ClipRows{{4, 0}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

} // namespace
} // namespace viva
