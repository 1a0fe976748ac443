// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/features/verify_features.h"

#include "core/base/atomic_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace viva {
namespace {

namespace fs = std::filesystem;

class VerifyFeatures : public testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::temp_directory_path() /
                   fmt::format("viva-verify-{}-{}", ::getpid(),
                               testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::remove_all(m_folder);
        fs::copy(fs::path(VIVA_GOLDEN_DIR) / "features", m_folder, fs::copy_options::recursive);
    }
    void TearDown() override { fs::remove_all(m_folder); }

    void overwrite(const fs::path& name, const std::string& bytes) {
        std::ofstream(m_folder / name, std::ios::binary | std::ios::trunc) << bytes;
    }
    static const VerifyLine* line(const VerifySet& set, const std::string& quantity) {
        for (const VerifyLine& found : set.lines)
            if (found.quantity == quantity)
                return &found;
        ADD_FAILURE() << "no line " << quantity;
        static const VerifyLine none;
        return &none;
    }

    fs::path m_folder;
};

TEST_F(VerifyFeatures, TheGoldenSetPassesInEveryQuantity) {
    EXPECT_TRUE(isFeatureSet(m_folder));
    const VerifySet set = verifyFeatures(m_folder);
    EXPECT_THAT(set.problems, testing::IsEmpty());
    EXPECT_EQ(set.kind, "features");
    for (const VerifyLine& found : set.lines)
        EXPECT_TRUE(found.ok()) << found.quantity << ": " << found.worst << " of "
                                << found.tolerance << " in " << found.worstCase;
    EXPECT_EQ(line(set, "features")->cases, 33);
    EXPECT_EQ(line(set, "features against double precision")->cases, 34);
    EXPECT_EQ(line(set, "features of a padded batch")->cases, 1);
    EXPECT_EQ(line(set, "silence is -1.5")->cases, 1);
    EXPECT_GT(line(set, "frames and tokens by length")->cases, 100);
    EXPECT_EQ(line(set, "resampling: chirps")->cases, 3);
    EXPECT_EQ(line(set, "resampling: gain error (dB)")->cases, 5);
    EXPECT_EQ(line(set, "resampling: left of the stop band (amplitude)")->cases, 3);
}

TEST_F(VerifyFeatures, OneChangedValueIsFound) {
    std::string bytes = readFile(m_folder / "features.safetensors");
    const float wrong = 9.0F;
    std::memcpy(bytes.data() + bytes.size() - 400, &wrong, sizeof(wrong));
    overwrite("features.safetensors", bytes);
    const VerifySet set = verifyFeatures(m_folder);
    EXPECT_FALSE(set.ok());
    EXPECT_EQ(line(set, "features")->failed + line(set, "features of a padded batch")->failed, 1);
}

TEST_F(VerifyFeatures, WrongCountsAreFound) {
    std::string text = readFile(m_folder / "lengths.jsonl");
    const std::size_t at = text.find("\"audio_tokens\":3}");
    text[at + 15] = '4';
    overwrite("lengths.jsonl", text);
    const VerifySet set = verifyFeatures(m_folder);
    EXPECT_EQ(line(set, "frames and tokens by length")->failed, 1);
    EXPECT_EQ(line(set, "frames and tokens by length")->worstCase, "257 samples");
}

TEST_F(VerifyFeatures, WorksWithoutTheOptionalFiles) {
    fs::remove(m_folder / "features_float64.safetensors");
    fs::remove(m_folder / "filters.safetensors");
    fs::remove(m_folder / "lengths.jsonl");
    fs::remove_all(m_folder / "resample");
    const VerifySet set = verifyFeatures(m_folder);
    EXPECT_TRUE(set.ok());
    EXPECT_EQ(line(set, "features")->cases, 33);
}

TEST_F(VerifyFeatures, WhatCannotBeReadIsAProblemAndTheRestGoesOn) {
    fs::remove(m_folder / "wav/chirp.wav");
    overwrite("cases.jsonl", readFile(m_folder / "cases.jsonl") + "{\"id\":\"broken\n");
    overwrite("resample/quality.json", "[");
    const VerifySet set = verifyFeatures(m_folder);
    EXPECT_EQ(set.problems.size(), 3u);
    EXPECT_THAT(set.problems, testing::Contains(testing::HasSubstr("chirp.wav")));
    EXPECT_EQ(line(set, "features")->cases, 32);
    EXPECT_FALSE(set.ok());
}

TEST_F(VerifyFeatures, ABrokenTensorFileIsAProblem) {
    overwrite("features.safetensors", readFile(m_folder / "features.safetensors").substr(0, 1000));
    const VerifySet set = verifyFeatures(m_folder);
    ASSERT_FALSE(set.problems.empty());
    EXPECT_THAT(set.problems[0], testing::HasSubstr("features.safetensors"));
    EXPECT_FALSE(set.ok());
    fs::remove(m_folder / "features.safetensors");
    EXPECT_FALSE(isFeatureSet(m_folder));
    EXPECT_FALSE(isFeatureSet(m_folder / "missing"));
}

} // namespace
} // namespace viva
