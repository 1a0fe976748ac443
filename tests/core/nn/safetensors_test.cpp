// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/safetensors.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace viva {
namespace {

namespace fs = std::filesystem;

class SafetensorsTest : public testing::Test {
protected:
    SafetensorsTest()
        : m_file(fs::temp_directory_path() /
                 ("viva_safetensors_" + std::to_string(::getpid()) + ".safetensors")) {}
    ~SafetensorsTest() override { fs::remove(m_file); }

    fs::path m_file;
};

TEST_F(SafetensorsTest, WhatIsWrittenComesBack) {
    const torch::Tensor floats = torch::randn({3, 5});
    const torch::Tensor halves = torch::randn({7}).to(torch::kFloat16);
    const torch::Tensor brains = torch::randn({2, 2}).to(torch::kBFloat16);
    const torch::Tensor count = torch::scalar_tensor(42, torch::kInt64);
    saveSafetensors(m_file, {{"a", floats}, {"b", halves}, {"c", brains}, {"d", count}},
                    {{"step", "7"}});
    const SafetensorsFile file(m_file);
    EXPECT_TRUE(torch::equal(file.tensor("a"), floats));
    EXPECT_TRUE(torch::equal(file.tensor("b"), halves));
    EXPECT_TRUE(torch::equal(file.tensor("c"), brains));
    EXPECT_EQ(file.tensor("d").item<std::int64_t>(), 42);
    EXPECT_EQ(file.tensor("d").dim(), 0);
    EXPECT_EQ(file.metadata().at("step"), "7");
}

TEST_F(SafetensorsTest, ConvertsFloatsButNotIntegers) {
    const torch::Tensor value = torch::tensor({1.0F, 2.5F, -3.0F});
    saveSafetensors(m_file, {{"x", value}, {"n", torch::tensor({7}, torch::kInt64)}}, {},
                    torch::kFloat16);
    const SafetensorsFile file(m_file);
    EXPECT_EQ(file.tensor("x").scalar_type(), torch::kFloat16);
    EXPECT_TRUE(torch::equal(file.tensor("x").to(torch::kFloat32), value));
    EXPECT_EQ(file.tensor("n").scalar_type(), torch::kInt64);
}

TEST_F(SafetensorsTest, TensorsOutliveTheFileObject) {
    const torch::Tensor value = torch::randn({1000});
    saveSafetensors(m_file, {{"x", value}});
    torch::Tensor kept;
    {
        const SafetensorsFile file(m_file);
        kept = file.tensor("x");
    }
    fs::remove(m_file);
    EXPECT_TRUE(torch::equal(kept, value));
}

TEST_F(SafetensorsTest, SlicesAreWrittenAsTheyLook) {
    const torch::Tensor whole = torch::arange(12, torch::kFloat32).view({3, 4});
    saveSafetensors(m_file, {{"column", whole.select(1, 1)}, {"turned", whole.t()}});
    const SafetensorsFile file(m_file);
    EXPECT_TRUE(torch::equal(file.tensor("column"), whole.select(1, 1)));
    EXPECT_TRUE(torch::equal(file.tensor("turned"), whole.t()));
}

TEST_F(SafetensorsTest, TheOrderGivenDoesNotChangeTheBytes) {
    const torch::Tensor a = torch::randn({4});
    const torch::Tensor b = torch::randn({3}).to(torch::kFloat16);
    saveSafetensors(m_file, {{"a", a}, {"b", b}});
    const std::string first = readFile(m_file);
    saveSafetensors(m_file, {{"b", b}, {"a", a}});
    EXPECT_EQ(readFile(m_file), first);
}

TEST_F(SafetensorsTest, ANameThatComesTwiceIsRefusedAndTheOldFileStays) {
    saveSafetensors(m_file, {{"x", torch::ones({2})}});
    const std::string before = readFile(m_file);
    try {
        saveSafetensors(m_file, {{"x", torch::ones({2})}, {"x", torch::ones({2})}});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
    EXPECT_EQ(readFile(m_file), before);
}

TEST_F(SafetensorsTest, ATruncatedFileIsRefused) {
    saveSafetensors(m_file, {{"x", torch::ones({100})}});
    const std::string bytes = readFile(m_file);
    writeFileAtomically(m_file, std::string_view(bytes).substr(0, bytes.size() - 4));
    try {
        const SafetensorsFile file(m_file);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
    }
}

TEST_F(SafetensorsTest, AMissingTensorIsNamed) {
    saveSafetensors(m_file, {{"x", torch::ones({1})}});
    try {
        (void)SafetensorsFile(m_file).tensor("encoder.out.bias");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
        EXPECT_NE(std::string(error.what()).find("encoder.out.bias"), std::string::npos);
    }
}

} // namespace
} // namespace viva
