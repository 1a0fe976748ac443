// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/weight_loader.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/nn/plain_layers.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>

namespace viva {
namespace {

namespace fs = std::filesystem;

class WeightLoader : public testing::Test {
protected:
    WeightLoader()
        : m_folder(fs::temp_directory_path() / ("viva_weights_" + std::to_string(::getpid()))) {
        fs::remove_all(m_folder);
        fs::create_directories(m_folder / "model");
        m_model = m_folder / "model";
    }
    ~WeightLoader() override { fs::remove_all(m_folder); }

    void index(const std::string& map) const {
        writeFileAtomically(m_model / "model.safetensors.index.json",
                            "{\"weight_map\": " + map + "}");
    }
    template<typename Action>
    static std::string failure(ErrorCode code, Action action) {
        try {
            action();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << error.what();
            return error.what();
        }
        ADD_FAILURE() << "nothing was thrown";
        return {};
    }

    fs::path m_folder;
    fs::path m_model;
};

TEST(CanonicalWeightName, KeepsPublishedNames) {
    for (const char* name :
         {"encoder.layers.3.attn.to_kv.weight", "projector.query",
          "language_model.model.layers.0.mlp.up_proj.weight", "language_model.lm_head.weight",
          "encoder.layers.0.conv.depth_conv.conv.weight"})
        EXPECT_EQ(canonicalWeightName(name), name);
}

TEST(CanonicalWeightName, UnderstandsTransformersFive) {
    EXPECT_EQ(canonicalWeightName("model.encoder.out.bias"), "encoder.out.bias");
    EXPECT_EQ(canonicalWeightName("model.projector.linear.bias"), "projector.linear.bias");
    EXPECT_EQ(canonicalWeightName("model.language_model.layers.2.self_attn.q_proj.weight"),
              "language_model.model.layers.2.self_attn.q_proj.weight");
    EXPECT_EQ(canonicalWeightName("model.language_model.norm.weight"),
              "language_model.model.norm.weight");
    EXPECT_EQ(canonicalWeightName("lm_head.weight"), "language_model.lm_head.weight");
}

TEST(CanonicalWeightName, DropsAdapterPrefixesAndInfixes) {
    EXPECT_EQ(
        canonicalWeightName(
            "base_model.model.language_model.model.layers.0.self_attn.q_proj.base_layer.weight"),
        "language_model.model.layers.0.self_attn.q_proj.weight");
    EXPECT_EQ(canonicalWeightName("base_model.model.model.language_model.layers.0.self_attn.v_proj."
                                  "lora_A.default.weight"),
              "language_model.model.layers.0.self_attn.v_proj.lora_A.weight");
}

TEST_F(WeightLoader, FillsAModuleAndConvertsTheDtype) {
    const torch::Tensor weight = torch::randn({2, 3}).to(torch::kBFloat16);
    const torch::Tensor bias = torch::randn({2}).to(torch::kFloat16);
    saveSafetensors(m_model / "model.safetensors", {{"p.weight", weight}, {"p.bias", bias}});
    Affine layer(3, 2);
    std::vector<std::int64_t> done;
    LoadHooks hooks;
    hooks.progress = [&](std::int64_t count, std::int64_t total) {
        EXPECT_EQ(total, 2);
        done.push_back(count);
    };
    EXPECT_TRUE(loadWeights(CheckpointWeights(m_model), weightTargets(*layer, "p."), hooks));
    EXPECT_TRUE(torch::equal(layer->weight, weight.to(torch::kFloat32)));
    EXPECT_TRUE(torch::equal(layer->bias, bias.to(torch::kFloat32)));
    EXPECT_EQ(done, (std::vector<std::int64_t>{1, 2}));
}

TEST_F(WeightLoader, OneErrorNamesEverythingThatDoesNotFit) {
    saveSafetensors(m_model / "model.safetensors",
                    {{"p.weight", torch::ones({3, 2})}, {"p.stranger", torch::ones({1})}});
    Affine layer(3, 2);
    const std::string text = failure(ErrorCode::Format, [&] {
        loadWeights(CheckpointWeights(m_model), weightTargets(*layer, "p."));
    });
    for (const char* part : {"p.bias", "p.stranger", "[3, 2]", "[2, 3]"})
        EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(WeightLoader, ShapesAloneAreAShapeError) {
    saveSafetensors(m_model / "model.safetensors",
                    {{"p.weight", torch::ones({3, 2})}, {"p.bias", torch::ones({2})}});
    Affine layer(3, 2);
    failure(ErrorCode::ShapeMismatch,
            [&] { loadWeights(CheckpointWeights(m_model), weightTargets(*layer, "p.")); });
}

TEST_F(WeightLoader, AValueThatIsNoNumberIsFound) {
    for (const double wrong : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        torch::Tensor weight = torch::ones({2, 3});
        weight[1][2] = wrong;
        saveSafetensors(m_model / "model.safetensors",
                        {{"p.weight", weight.to(torch::kBFloat16)}, {"p.bias", torch::ones({2})}});
        Affine layer(3, 2);
        const std::string text = failure(ErrorCode::Format, [&] {
            loadWeights(CheckpointWeights(m_model), weightTargets(*layer, "p."));
        });
        EXPECT_NE(text.find("p.weight holds values that are not finite"), std::string::npos)
            << text;
    }
}

TEST_F(WeightLoader, NothingIsCopiedWhenSomethingDoesNotFit) {
    saveSafetensors(m_model / "model.safetensors", {{"p.weight", torch::ones({2, 3})}});
    Affine layer(3, 2);
    torch::NoGradGuard noGrad;
    layer->weight.fill_(5);
    failure(ErrorCode::Format,
            [&] { loadWeights(CheckpointWeights(m_model), weightTargets(*layer, "p.")); });
    EXPECT_TRUE(torch::equal(layer->weight, torch::full({2, 3}, 5.0)));
}

TEST_F(WeightLoader, AStopEndsItEarly) {
    saveSafetensors(m_model / "model.safetensors",
                    {{"p.weight", torch::ones({2, 3})}, {"p.bias", torch::ones({2})}});
    Affine layer(3, 2);
    std::stop_source source;
    source.request_stop();
    LoadHooks hooks;
    hooks.stop = source.get_token();
    EXPECT_FALSE(loadWeights(CheckpointWeights(m_model), weightTargets(*layer, "p."), hooks));
}

TEST_F(WeightLoader, TheIndexDecidesWhichFileCounts) {
    saveSafetensors(m_model / "one.safetensors", {{"a", torch::full({1}, 1.0)}});
    saveSafetensors(m_model / "two.safetensors",
                    {{"a", torch::full({1}, 2.0)}, {"b", torch::full({1}, 3.0)}});
    index(R"({"a": "one.safetensors", "b": "two.safetensors"})");
    const CheckpointWeights weights(m_model);
    EXPECT_EQ(weights.names(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(weights.tensor("a").item<float>(), 1.0F);
    EXPECT_EQ(weights.tensor("b").item<float>(), 3.0F);
}

TEST_F(WeightLoader, FilesBesideTheIndexAreNotRead) {
    saveSafetensors(m_model / "one.safetensors", {{"a", torch::ones({1})}});
    writeFileAtomically(m_model / "out_llm.safetensors", "no safetensors file at all");
    index(R"({"a": "one.safetensors"})");
    EXPECT_EQ(CheckpointWeights(m_model).names().size(), 1U);
}

TEST_F(WeightLoader, PathsThatLeaveTheFolderAreRefused) {
    saveSafetensors(m_folder / "secret.safetensors", {{"a", torch::ones({1})}});
    for (const char* path : {"../secret.safetensors", "x/../../secret.safetensors"}) {
        index(std::string("{\"a\": \"") + path + "\"}");
        failure(ErrorCode::Format, [&] { CheckpointWeights weights(m_model); });
    }
    index("{\"a\": \"" + (m_folder / "secret.safetensors").string() + "\"}");
    failure(ErrorCode::Format, [&] { CheckpointWeights weights(m_model); });
}

TEST_F(WeightLoader, ABrokenIndexIsRefused) {
    saveSafetensors(m_model / "one.safetensors", {{"a", torch::ones({1})}});
    index(R"({"missing": "one.safetensors"})");
    const std::string text =
        failure(ErrorCode::Format, [&] { CheckpointWeights weights(m_model); });
    EXPECT_NE(text.find("missing"), std::string::npos);
    index(R"([1, 2])");
    failure(ErrorCode::Format, [&] { CheckpointWeights weights(m_model); });
    index(R"({"a": 5})");
    failure(ErrorCode::Format, [&] { CheckpointWeights weights(m_model); });
    index(R"({"a": "gone.safetensors"})");
    failure(ErrorCode::NotFound, [&] { CheckpointWeights weights(m_model); });
}

TEST_F(WeightLoader, TwoNamesOfOneWeightAreRefused) {
    saveSafetensors(m_model / "model.safetensors", {{"encoder.out.bias", torch::ones({1})},
                                                    {"model.encoder.out.bias", torch::ones({1})}});
    failure(ErrorCode::Format, [&] { CheckpointWeights weights(m_model); });
}

TEST_F(WeightLoader, AFolderWithoutWeightsSaysSo) {
    const std::string text =
        failure(ErrorCode::NotFound, [&] { CheckpointWeights weights(m_model); });
    EXPECT_NE(text.find("model.safetensors"), std::string::npos);
}

} // namespace
} // namespace viva
