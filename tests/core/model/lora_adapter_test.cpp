// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/lora_adapter.h"
#include "tests/core/model/decoder_fixture.h"

#include <unistd.h>

namespace viva::test {
namespace {

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("viva-adapter-" + std::to_string(::getpid()));
    ~Folder() { std::filesystem::remove_all(path); }
};

template<typename Action>
ErrorCode codeOf(Action action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal;
}

TEST(LoraAdapter, StartsWithoutEffectAndTheSameForOneSeed) {
    Decoder decoder = randomDecoder(tinyConfig());
    const torch::Tensor x = randomPrompts(decoder->config(), {5}).embeddings;
    const torch::NoGradGuard guard;
    const torch::Tensor before = decoder->hidden(x, {5}, {});
    AdapterConfig config;
    config.rank = 3;
    config.targetModules = {"q_proj", "down_proj"};
    const LoraAdapter first =
        LoraAdapter::attach(decoder, config, AdapterSlot::Trained, Rng(4, "lora"));
    EXPECT_TRUE(torch::equal(decoder->hidden(x, {5}, {}), before));
    const LoraAdapter second =
        LoraAdapter::attach(decoder, config, AdapterSlot::Trained, Rng(4, "lora"));
    ASSERT_EQ(first.parameters().size(), 12U);
    EXPECT_EQ(first.names()[0], "layers.0.self_attn.q_proj.lora_A");
    EXPECT_EQ(first.names()[3], "layers.0.mlp.down_proj.lora_B");
    EXPECT_EQ(first.parameterCount(), 3 * (3 * (24 + 24) + 3 * (40 + 24)));
    for (std::size_t i = 0; i < 12; ++i)
        EXPECT_TRUE(torch::equal(first.parameters()[i], second.parameters()[i]));
    const double bound = 1.0 / std::sqrt(24.0);
    const double largest = first.parameters()[0].abs().max().item<double>();
    EXPECT_LE(largest, bound);
    EXPECT_GT(largest, bound * 0.8);
}

TEST(LoraAdapter, BothSlotsAddUpAndSwitchSeparately) {
    Decoder decoder = randomDecoder(tinyConfig());
    const LoraAdapter bundled = randomAdapter(decoder, AdapterSlot::Bundled, 1);
    const LoraAdapter trained = randomAdapter(decoder, AdapterSlot::Trained, 2);
    const torch::NoGradGuard guard;
    const LoraLinear& q = decoder->block(0).self_attn->q_proj;
    Rng rng(1, "x");
    const torch::Tensor x = randomTensor({5, 24}, 1.0, rng);
    const auto delta = [&](const LoraAdapter& adapter) {
        return x.mm(adapter.parameters()[0].t()).mm(adapter.parameters()[1].t()) * 1.5;
    };
    const torch::Tensor base = x.mm(q->weight.t());
    EXPECT_LT(maxDifference(q->forward(x, {false, false}), base), 1e-6);
    EXPECT_LT(maxDifference(q->forward(x, {true, false}), base + delta(bundled)), 1e-5);
    EXPECT_LT(maxDifference(q->forward(x, {false, true}), base + delta(trained)), 1e-5);
    EXPECT_LT(maxDifference(q->forward(x, {true, true}), base + delta(bundled) + delta(trained)),
              1e-5);
}

TEST(LoraAdapter, SavedInBothStylesItLoadsTheSame) {
    Decoder decoder = randomDecoder(tinyConfig());
    const LoraAdapter adapter = randomAdapter(decoder, AdapterSlot::Trained, 2);
    for (const AdapterKeyStyle style : {AdapterKeyStyle::Checkpoint, AdapterKeyStyle::Peft}) {
        const Folder folder;
        saveAdapter(adapter, folder.path, style);
        Decoder other = randomDecoder(tinyConfig());
        const LoraAdapter loaded = loadAdapter(other, folder.path, AdapterSlot::Trained);
        EXPECT_EQ(loaded.names(), adapter.names());
        EXPECT_EQ(loaded.config().rank, 4);
        EXPECT_EQ(loaded.config().alpha, 6.0);
        for (std::size_t i = 0; i < loaded.parameters().size(); ++i)
            EXPECT_TRUE(torch::equal(loaded.parameters()[i], adapter.parameters()[i]));
        const SafetensorsFile file(folder.path / "adapter_model.safetensors");
        EXPECT_TRUE(file.has(
            style == AdapterKeyStyle::Checkpoint
                ? "language_model.model.layers.2.self_attn.v_proj.lora_B.weight"
                : "base_model.model.model.language_model.layers.2.self_attn.v_proj.lora_B.weight"));
        // what was written as targets picks the same layers again
        const LoraAdapter fresh =
            LoraAdapter::attach(other, loaded.config(), AdapterSlot::Bundled, Rng(1, "y"));
        EXPECT_EQ(fresh.names(), adapter.names());
    }
}

TEST(LoraAdapter, ATrainedProjectorLiesBesideTheFactors) {
    Decoder decoder = randomDecoder(tinyConfig());
    const LoraAdapter adapter = randomAdapter(decoder, AdapterSlot::Trained, 2);
    const torch::nn::Linear projector(3, 2), other(3, 2), wrong(2, 2);
    for (const AdapterKeyStyle style : {AdapterKeyStyle::Checkpoint, AdapterKeyStyle::Peft}) {
        const Folder folder;
        saveAdapter(adapter, folder.path, style,
                    {{"projector.weight", projector->weight}, {"projector.bias", projector->bias}});
        EXPECT_TRUE(readAdapterConfig(folder.path / "adapter_config.json").withProjector);
        Decoder fresh = randomDecoder(tinyConfig());
        (void)loadAdapter(fresh, folder.path, AdapterSlot::Trained, {"projector.", other.get()});
        EXPECT_TRUE(torch::equal(other->weight, projector->weight));
        EXPECT_TRUE(torch::equal(other->bias, projector->bias));
        EXPECT_THROW((void)loadAdapter(fresh, folder.path, AdapterSlot::Trained), Error);
        EXPECT_THROW((void)loadAdapter(fresh, folder.path, AdapterSlot::Trained,
                                       {"projector.", wrong.get()}),
                     Error);
    }
}

TEST(LoraAdapter, RefusesFilesThatDoNotFit) {
    Decoder decoder = randomDecoder(tinyConfig());
    const LoraAdapter adapter = randomAdapter(decoder, AdapterSlot::Trained, 2);
    const auto attach = [&](const NamedTensors& tensors) {
        return codeOf([&] {
            (void)LoraAdapter::attach(decoder, adapter.config(), AdapterSlot::Bundled, tensors);
        });
    };
    NamedTensors tensors = adapter.toFileTensors(AdapterKeyStyle::Checkpoint);
    EXPECT_EQ(attach({}), ErrorCode::Format);
    NamedTensors half(tensors.begin() + 1, tensors.end());
    EXPECT_EQ(attach(half), ErrorCode::Format);
    NamedTensors strange = tensors;
    strange[0].first = "language_model.model.layers.9.self_attn.q_proj.lora_A.weight";
    EXPECT_EQ(attach(strange), ErrorCode::Format);
    NamedTensors misshaped = tensors;
    misshaped[1].second = torch::zeros({7, 4});
    EXPECT_EQ(attach(misshaped), ErrorCode::ShapeMismatch);
    NamedTensors otherRank = tensors;
    otherRank[0].second = torch::zeros({5, 24});
    EXPECT_EQ(attach(otherRank), ErrorCode::ShapeMismatch);
}

TEST(LoraAdapter, RefusesTargetsThatMatchNothing) {
    Decoder decoder = randomDecoder(tinyConfig());
    AdapterConfig config;
    config.targetModules = {"query"};
    const auto attach = [&] {
        return codeOf(
            [&] { (void)LoraAdapter::attach(decoder, config, AdapterSlot::Trained, Rng(1)); });
    };
    EXPECT_EQ(attach(), ErrorCode::InvalidArgument);
    config.targetRegex = ".*((";
    EXPECT_EQ(attach(), ErrorCode::InvalidArgument);
    config.targetRegex = ".*language_model\\.layers\\.1\\.self_attn\\.q_proj";
    const LoraAdapter one = LoraAdapter::attach(decoder, config, AdapterSlot::Trained, Rng(1));
    EXPECT_EQ(one.parameters().size(), 2U);
    config.targetRegex.clear();
    config.rank = 0;
    EXPECT_EQ(attach(), ErrorCode::InvalidArgument);
}

TEST(LoraAdapter, StaysFloat32WhenTheDecoderIsCast) {
    Decoder decoder = randomDecoder(tinyConfig());
    const LoraAdapter adapter = randomAdapter(decoder, AdapterSlot::Trained, 2);
    decoder->to(torch::kBFloat16);
    decoder->pack();
    EXPECT_EQ(adapter.parameters()[0].scalar_type(), torch::kFloat32);
    const PromptBatch prompts = randomPrompts(decoder->config(), {5, 3});
    const PromptCache cache =
        decoder->prefill({prompts.embeddings.to(torch::kBFloat16), prompts.lengths}, {true, true});
    const AnswerScores scores = answerLogProbs(
        decoder, cache, randomAnswers(decoder->config(), {3, 2}, {0, 1}), {true, true}, 1.0);
    const auto gradients = torch::autograd::grad({scores.logProbs.sum()}, adapter.parameters());
    EXPECT_EQ(gradients[0].scalar_type(), torch::kFloat32);
    Decoder wide = randomDecoder(tinyConfig());
    const LoraAdapter same = randomAdapter(wide, AdapterSlot::Trained, 2);
    const AnswerScores exact =
        answerLogProbs(wide, wide->prefill(prompts, {true, true}),
                       randomAnswers(decoder->config(), {3, 2}, {0, 1}), {true, true}, 1.0);
    EXPECT_LT(maxDifference(scores.logProbs.detach(), exact.logProbs.detach()), 0.3);
}

} // namespace
} // namespace viva::test
