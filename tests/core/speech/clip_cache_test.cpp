// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/clip_cache.h"

#include "core/audio/audio_file.h"
#include "core/families/speech_family.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(VIVA_GOLDEN_DIR) / "models";

class ClipCacheFiles : public testing::Test {
protected:
    ~ClipCacheFiles() override { fs::remove_all(m_folder); }

    fs::path m_folder = fs::temp_directory_path() / ("viva_cache_" + std::to_string(::getpid()));
    fs::path m_clip = kGolden / "clips" / "cards.wav";
    std::unique_ptr<SpeechModel> m_model = openSpeechModel(kGolden / "g33-tied");
};

TEST_F(ClipCacheFiles, HoldsAClipAsItIsAtEachStage) {
    const torch::NoGradGuard noGrad;
    const auto features = m_model->features(readAudioForModel(m_clip));
    const auto encoded = m_model->encode(features);
    const auto projected = m_model->project(encoded);
    const auto held = [&](AudioStage stage) { return ClipCache(*m_model, {}, stage).get(m_clip); };
    EXPECT_TRUE(torch::equal(held(AudioStage::Features), features));
    EXPECT_TRUE(torch::equal(held(AudioStage::Encoded), encoded));
    EXPECT_TRUE(torch::equal(held(AudioStage::Projected), projected));
    for (const auto& [stage, value] :
         {std::pair(AudioStage::Features, features), std::pair(AudioStage::Encoded, encoded),
          std::pair(AudioStage::Projected, projected)})
        EXPECT_EQ(m_model->audioTokens(value.size(0), stage), projected.size(0));
}

TEST_F(ClipCacheFiles, TakesFromDiskWhatTheSameWeightsMade) {
    ClipCache first(*m_model, m_folder);
    const auto value = first.get(m_clip);
    EXPECT_EQ(first.encodedClips(), 1U);
    ClipCache second(*m_model, m_folder);
    EXPECT_TRUE(torch::equal(second.get(m_clip), value));
    EXPECT_EQ(second.encodedClips(), 0U);
    const torch::NoGradGuard noGrad;
    auto weight = m_model->part(ModelStage::Projector).module->parameters().front();
    weight.add_(1.0);
    ClipCache third(*m_model, m_folder);
    EXPECT_FALSE(torch::equal(third.get(m_clip), value));
    EXPECT_EQ(third.encodedClips(), 1U);
}

} // namespace
} // namespace viva
