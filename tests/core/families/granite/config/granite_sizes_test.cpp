// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/parameter_count.h"
#include "core/families/granite/config/granite_shapes.h"

#include "core/base/error.h"
#include "core/base/safetensors_view.h"
#include "core/base/weight_files.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace viva {
namespace {

struct Published {
    const char* name;
    std::int64_t encoder, projector, decoder;
};

SpeechModelConfig shapeOf(const std::string& name) {
    return describe(graniteShape({name}).value());
}

class PublishedShape : public testing::TestWithParam<Published> {};

TEST_P(PublishedShape, HasTheParametersOfTheTable) {
    const ParameterCount count = countParameters(shapeOf(GetParam().name));
    EXPECT_EQ(count.encoder, GetParam().encoder);
    EXPECT_EQ(count.projector, GetParam().projector);
    EXPECT_EQ(count.decoder, GetParam().decoder);
}

// Granite specification section 15.
INSTANTIATE_TEST_SUITE_P(
    All, PublishedShape,
    testing::Values(Published{"granite-speech-3.3-2b", 440045824, 35697664, 2533541888},
                    Published{"granite-speech-3.3-8b", 440045824, 37796864, 8170868736},
                    Published{"granite-4.0-1b-speech", 440234332, 35697664, 1837275136},
                    Published{"granite-speech-4.1-2b", 440234332, 35697664, 1837275136},
                    Published{"plus", 440234332, 39891968, 1631752192}));

TEST(ParameterCount, AdaptersOfThePublishedRanks) {
    const std::vector<std::string> two{"q_proj", "v_proj"};
    const std::vector<std::string> seven{"q_proj",    "k_proj",  "v_proj",   "o_proj",
                                         "gate_proj", "up_proj", "down_proj"};
    EXPECT_EQ(adapterParameters(shapeOf("3.3-2b").text, 64, two), 17039360);
    EXPECT_EQ(adapterParameters(shapeOf("3.3-8b").text, 64, two), 34078720);
    EXPECT_NEAR(static_cast<double>(adapterParameters(shapeOf("3.3-2b").text, 16, seven)), 28.2e6,
                0.05e6);
}

TEST(ParameterCount, UnknownShapesAreOfAnotherFamily) {
    EXPECT_FALSE(graniteShape({"granite-speech-9"}));
    for (const std::string& name : graniteShapeNames())
        EXPECT_TRUE(graniteShape({name})) << name;
}

TEST(GraniteShape, FewerLayersNarrowTheProjector) {
    const GraniteConfig model = graniteShape({"plus", 2, 2}).value();
    EXPECT_EQ(model.text.numHiddenLayers, 2);
    // The handed-on block 3 is gone with the blocks, and the projector's input is narrower.
    EXPECT_TRUE(model.encoder.catHiddenLayers.empty());
    EXPECT_EQ(model.projector.encoderHiddenSize, 1024);
    EXPECT_THROW((void)graniteShape({"plus", 41}), Error);
}

class StoredModel : public testing::TestWithParam<const char*> {};

TEST_P(StoredModel, HoldsAsManyValuesAsItsConfigurationSays) {
    const auto folder = std::filesystem::path(VIVA_GOLDEN_DIR) / "models" / GetParam();
    SpeechModelConfig config = describe(readGraniteConfig(folder));
    std::int64_t stored = 0;
    bool head = false;
    for (const WeightFile& file : findWeightFiles(folder)) {
        const SafetensorsView view(file.path);
        for (const std::string& name : file.everyTensor ? view.names() : file.names) {
            head = head || name == "language_model.lm_head.weight";
            if (view.get(name).dtype != TensorDtype::I64)
                stored += view.get(name).elements();
        }
    }
    config.text.tieWordEmbeddings = !head;
    EXPECT_EQ(countParameters(config).total(), stored);
}

INSTANTIATE_TEST_SUITE_P(All, StoredModel,
                         testing::Values("g33-tied", "g33-sharded", "g41-untied", "plus"));

} // namespace
} // namespace viva
