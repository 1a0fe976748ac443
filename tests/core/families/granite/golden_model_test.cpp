// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/model/verify_model.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

fs::path goldenFolder(const std::string& name) {
    return fs::path(VIVA_GOLDEN_DIR) / "models" / name;
}

class GoldenModel : public testing::TestWithParam<std::string> {};

TEST_P(GoldenModel, ComputesWhatTransformersComputes) {
    const VerifySet report = verifyModel(goldenFolder(GetParam()));
    for (const auto& problem : report.problems)
        ADD_FAILURE() << problem;
    for (const auto& line : report.lines)
        EXPECT_TRUE(line.ok()) << line.quantity << ": " << line.failed << " of " << line.cases
                               << " failed, worst " << line.worst << " over " << line.tolerance
                               << " at " << line.worstCase;
    EXPECT_GE(report.lines.size(), 30U);
}

INSTANTIATE_TEST_SUITE_P(All, GoldenModel,
                         testing::Values("g33-tied", "g33-sharded", "g41-untied", "plus"));

/// A copy of a golden folder that a test may spoil.
class SpoiltFolder {
public:
    explicit SpoiltFolder(const std::string& name)
        : m_folder(fs::temp_directory_path() /
                   ("viva_verify_" + std::to_string(::getpid()) + "_" + name)) {
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
        fs::copy(goldenFolder(name), m_folder / name, fs::copy_options::recursive);
        fs::copy(goldenFolder("clips"), m_folder / "clips", fs::copy_options::recursive);
        m_model = m_folder / name;
    }
    ~SpoiltFolder() { fs::remove_all(m_folder); }
    SpoiltFolder(const SpoiltFolder&) = delete;
    SpoiltFolder& operator=(const SpoiltFolder&) = delete;

    [[nodiscard]] const fs::path& model() const { return m_model; }
    void replace(const std::string& file, const std::string& from, const std::string& to) const {
        std::ifstream in(m_model / file);
        std::string text((std::istreambuf_iterator<char>(in)), {});
        const auto at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
        std::ofstream(m_model / file) << text;
    }

private:
    fs::path m_folder;
    fs::path m_model;
};

TEST(VerifyModel, SeesAWrongMultiplier) {
    const SpoiltFolder folder("g33-tied");
    folder.replace("config.json", "\"residual_multiplier\": 0.22", "\"residual_multiplier\": 0.23");
    const VerifySet report = verifyModel(folder.model());
    EXPECT_FALSE(report.ok());
    EXPECT_TRUE(report.problems.empty());
}

TEST(VerifyModel, SeesAWrongContextSize) {
    const SpoiltFolder folder("g33-tied");
    folder.replace("config.json", "\"context_size\": 8", "\"context_size\": 9");
    EXPECT_FALSE(verifyModel(folder.model()).ok());
}

TEST(VerifyModel, SaysWhenTheCheckpointCannotBeOpened) {
    const SpoiltFolder folder("g33-tied");
    fs::remove(folder.model() / "model.safetensors");
    const VerifySet report = verifyModel(folder.model());
    ASSERT_EQ(report.problems.size(), 1U);
    EXPECT_NE(report.problems.front().find("model.safetensors"), std::string::npos);
}

} // namespace
} // namespace viva
