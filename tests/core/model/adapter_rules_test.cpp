// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/adapter_rules.h"

#include "core/base/error.h"
#include "core/model/lora_adapter.h"
#include "tests/core/model/decoder_fixture.h"

#include <unistd.h>

namespace viva::test {
namespace {

AdapterConfig eightOverFour() {
    AdapterConfig config;
    config.rank = 4;
    config.alpha = 8;
    return config;
}

TEST(AdapterRules, ScaleIsAlphaOverTheRankOrItsRoot) {
    AdapterConfig config = eightOverFour();
    EXPECT_DOUBLE_EQ(AdapterRules(config).scaleOf("layers.0.self_attn.q_proj"), 2.0);
    config.rslora = true;
    EXPECT_DOUBLE_EQ(AdapterRules(config).scaleOf("layers.0.self_attn.q_proj"), 4.0);
}

TEST(AdapterRules, PatternsNameTheEndOfAModulesName) {
    AdapterConfig config = eightOverFour();
    config.rankPattern = {{"q_proj", 2}, {"layers.1.self_attn.v_proj", 16}};
    config.alphaPattern = {{"^model.language_model.layers.0.mlp.up_proj", 1.0}};
    const AdapterRules rules(config);
    EXPECT_EQ(rules.rankOf("layers.7.self_attn.q_proj"), 2);
    EXPECT_EQ(rules.rankOf("layers.1.self_attn.v_proj"), 16);
    EXPECT_EQ(rules.rankOf("layers.11.self_attn.v_proj"), 4);
    EXPECT_EQ(rules.rankOf("layers.0.self_attn.k_proj"), 4);
    EXPECT_DOUBLE_EQ(rules.scaleOf("layers.0.mlp.up_proj"), 0.25);
    EXPECT_DOUBLE_EQ(rules.scaleOf("layers.1.mlp.up_proj"), 2.0);
    EXPECT_DOUBLE_EQ(rules.scaleOf("layers.7.self_attn.q_proj"), 4.0);
}

TEST(AdapterRules, PatternsThatContradictEachOtherAreRefused) {
    AdapterConfig config = eightOverFour();
    config.rankPattern = {{"q_proj", 2}, {"layers.1.self_attn.q_proj", 16}};
    const AdapterRules rules(config);
    EXPECT_EQ(rules.rankOf("layers.0.self_attn.q_proj"), 2);
    EXPECT_THROW((void)rules.rankOf("layers.1.self_attn.q_proj"), Error);
    config.rankPattern = {{"((", 2}};
    EXPECT_THROW(AdapterRules{config}, Error);
}

TEST(AdapterRules, TargetExpressionMatchesWhatItWasMadeOf) {
    const std::vector<std::string> chosen{"layers.1.self_attn.q_proj", "layers.3.self_attn.q_proj",
                                          "layers.1.mlp.up_proj"};
    AdapterConfig config;
    config.targetRegex = targetExpression(chosen);
    const AdapterRules rules(config);
    for (int layer = 0; layer < 14; ++layer)
        for (const char* module : {"self_attn.q_proj", "self_attn.k_proj", "mlp.up_proj"}) {
            const std::string name = "layers." + std::to_string(layer) + "." + module;
            EXPECT_EQ(rules.isTarget(name), std::ranges::count(chosen, name) == 1) << name;
        }
}

TEST(AdapterRules, AnAdapterOfManyRanksIsWrittenAndReadBack) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("viva-rules-" + std::to_string(::getpid()));
    Decoder decoder = randomDecoder(tinyConfig());
    AdapterConfig config = eightOverFour();
    config.targetModules = {"all-linear"};
    config.chosenByFile = true;
    config.rslora = true;
    config.rankPattern = {{"up_proj", 2}};
    config.alphaPattern = {{"q_proj", 3.0}};
    const LoraAdapter adapter =
        LoraAdapter::attach(decoder, config, AdapterSlot::Trained, Rng(3, "lora"));
    saveAdapter(adapter, folder, AdapterKeyStyle::Peft);
    Decoder fresh = randomDecoder(tinyConfig());
    const LoraAdapter again = loadAdapter(fresh, folder, AdapterSlot::Trained);
    EXPECT_EQ(again.names(), adapter.names());
    EXPECT_TRUE(again.config().rslora);
    const auto scaleOf = [](const auto& linear) {
        return linear->adapter(AdapterSlot::Trained)->scale;
    };
    EXPECT_DOUBLE_EQ(scaleOf(fresh->block(1).self_attn->q_proj), 1.5);
    EXPECT_DOUBLE_EQ(scaleOf(fresh->block(1).mlp->up_proj), 8 / std::sqrt(2.0));
    EXPECT_EQ(fresh->block(1).mlp->up_proj->adapter(AdapterSlot::Trained)->a.size(0), 2);
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace viva::test
