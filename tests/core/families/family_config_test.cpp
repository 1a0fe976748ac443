// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family_config.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

class FamilyConfigs : public testing::Test {
protected:
    FamilyConfigs() { fs::create_directories(m_folder); }
    ~FamilyConfigs() override { fs::remove_all(m_folder); }

    /// The message of the error for a folder with this config.json.
    [[nodiscard]] std::string failure(const std::string& json, ErrorCode code) const {
        writeFileAtomically(m_folder / "config.json", json);
        try {
            (void)readModelConfig(m_folder);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code) << error.what();
            return error.what();
        }
        ADD_FAILURE() << "nothing was thrown";
        return {};
    }

    fs::path m_folder = fs::temp_directory_path() / ("viva_families_" + std::to_string(::getpid()));
};

TEST_F(FamilyConfigs, AFolderOfNoFamilyIsRefusedWithWhatCanBeOpened) {
    EXPECT_EQ(failure(R"({"model_type": "whisper"})", ErrorCode::InvalidArgument),
              (m_folder / "config.json").string() +
                  ": model_type is \"whisper\", but only \"granite_speech\" and "
                  "\"granite_speech_plus\" can be opened");
    EXPECT_NE(failure("{}", ErrorCode::Format).find("model_type"), std::string::npos);
    EXPECT_THROW((void)readModelConfig(m_folder / "nowhere"), Error);
}

TEST_F(FamilyConfigs, NoTypeAndNoShapeBelongsToTwoFamilies) {
    std::set<std::string> types, shapes;
    for (const FamilyConfig& family : familyConfigs()) {
        for (const std::string& type : family.modelTypes)
            EXPECT_TRUE(types.insert(type).second) << type;
        for (const std::string& shape : family.shapes) {
            EXPECT_TRUE(shapes.insert(shape).second) << shape;
            EXPECT_GT(modelShape({shape}).encoder.parameters, 0) << shape;
        }
    }
    EXPECT_THROW((void)modelShape({"granite-speech-9"}), Error);
}

TEST_F(FamilyConfigs, EveryNetworkHasItsNames) {
    const auto config = readModelConfig(fs::path(VIVA_GOLDEN_DIR) / "models" / "plus");
    for (const ModelStage stage : {ModelStage::Encoder, ModelStage::Projector, ModelStage::Decoder})
        EXPECT_EQ(config.part(stage).stage, stage);
    EXPECT_EQ(config.part(ModelStage::Decoder).prefix, "language_model.");
    EXPECT_EQ(config.headName(), "language_model.lm_head.weight");
}

} // namespace
} // namespace viva
