// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/weight_files.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/inside_folder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <functional>

namespace viva {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class StrangersFolder : public testing::Test {
protected:
    void SetUp() override {
        m_root = fs::temp_directory_path() /
                 fmt::format("viva-strangers-{}-{}", ::getpid(),
                             testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(m_root / "model" / "sub");
        writeFileAtomically(m_root / "secret.json", "{\"secret\": 1}");
        writeFileAtomically(model() / "own.json", "{}");
    }
    void TearDown() override { fs::remove_all(m_root); }

    [[nodiscard]] fs::path model() const { return m_root / "model"; }
    void index(const std::string& map) const {
        writeFileAtomically(model() / "model.safetensors.index.json",
                            "{\"metadata\": {}, \"weight_map\": " + map + "}");
    }
    static std::string refusal(ErrorCode expected, const std::function<void()>& call) {
        try {
            call();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), expected) << error.what();
            return error.what();
        }
        ADD_FAILURE() << "was accepted";
        return {};
    }
    std::string refusedName(std::string_view name) const {
        return refusal(ErrorCode::Format, [&] { (void)fileInside(model(), name, "index"); });
    }

    fs::path m_root;
};

TEST_F(StrangersFolder, NamesInsideAreGiven) {
    EXPECT_EQ(fileInside(model(), "own.json"), model() / "own.json");
    EXPECT_EQ(fileInside(model(), "sub/../own.json"), model() / "own.json");
    EXPECT_EQ(fileInside(model(), "sub/missing"), model() / "sub" / "missing");
    EXPECT_TRUE(existsInside(model(), "own.json"));
    EXPECT_FALSE(existsInside(model(), "missing"));
}

TEST_F(StrangersFolder, NamesThatLeadOutAreRefused) {
    for (const char* name : {"../secret.json", "sub/../../secret.json", "..", "", "/etc/passwd"})
        EXPECT_THAT(refusedName(name), HasSubstr("not inside")) << name;
    EXPECT_THAT(refusedName(std::string_view("own.json\0x", 10)), HasSubstr("not inside"));
    // The name alone would pass: a folder beside ours begins with the same letters.
    fs::create_directories(m_root / "model2");
    EXPECT_THAT(refusedName("../model2/x"), HasSubstr("not inside"));
}

TEST_F(StrangersFolder, LinksThatLeadOutAreRefused) {
    fs::create_symlink("../secret.json", model() / "link.json");
    EXPECT_THAT(refusedName("link.json"), HasSubstr("secret.json"));
    fs::create_directory_symlink(m_root, model() / "up");
    refusedName("up/secret.json");
    fs::create_symlink("own.json", model() / "alias.json");
    EXPECT_EQ(fileInside(model(), "alias.json"), model() / "alias.json");
    fs::create_symlink("circle", model() / "circle");
    refusal(ErrorCode::Io, [&] { (void)fileInside(model(), "circle"); });
}

TEST_F(StrangersFolder, AFolderThatIsALinkItselfIsFine) {
    fs::create_directory_symlink(model(), m_root / "alias");
    EXPECT_EQ(fileInside(m_root / "alias", "own.json"), m_root / "alias" / "own.json");
}

TEST_F(StrangersFolder, TheBlobsOfAHuggingFaceCacheBelongToIt) {
    const fs::path repository = m_root / "models--ibm-granite--x";
    const fs::path snapshot = repository / "snapshots" / "abc";
    fs::create_directories(snapshot);
    fs::create_directories(repository / "blobs");
    writeFileAtomically(repository / "blobs" / "123", "{}");
    fs::create_symlink("../../blobs/123", snapshot / "config.json");
    EXPECT_TRUE(existsInside(snapshot, "config.json"));
    fs::create_symlink("../../../secret.json", snapshot / "other.json");
    refusal(ErrorCode::Format, [&] { (void)fileInside(snapshot, "other.json"); });
}

TEST_F(StrangersFolder, TheIndexNamesFilesAndTheirTensors) {
    index(R"({"b": "two.safetensors", "a": "one.safetensors", "c": "one.safetensors"})");
    const auto files = findWeightFiles(model());
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(files[0].path, model() / "one.safetensors");
    EXPECT_THAT(files[0].names, testing::ElementsAre("a", "c"));
    EXPECT_FALSE(files[0].everyTensor);
}

TEST_F(StrangersFolder, AnIndexThatPointsOutIsRefused) {
    for (const char* path : {"../secret.json", "/etc/passwd", "x/../../secret.json"}) {
        index(fmt::format(R"({{"a": "{}"}})", path));
        EXPECT_THAT(refusal(ErrorCode::Format, [&] { (void)findWeightFiles(model()); }),
                    HasSubstr("not inside"));
    }
    fs::create_symlink("../secret.json", model() / "weights.safetensors");
    index(R"({"a": "weights.safetensors"})");
    EXPECT_THAT(refusal(ErrorCode::Format, [&] { (void)findWeightFiles(model()); }),
                HasSubstr("link"));
}

TEST_F(StrangersFolder, ADamagedIndexIsRefused) {
    for (const char* map : {"[]", "{}", "{\"a\": 3}", "{\"a\": {\"b\": 1}}", "null"}) {
        index(map);
        refusal(ErrorCode::Format, [&] { (void)findWeightFiles(model()); });
    }
    index(R"({"a": "one.safetensors", "a": "two.safetensors"})");
    EXPECT_THAT(refusal(ErrorCode::Format, [&] { (void)findWeightFiles(model()); }),
                HasSubstr("twice"));
    const auto start = std::chrono::steady_clock::now();
    std::string many = "{";
    for (int i = 0; i < 1'000'000; ++i)
        many += fmt::format("{}\"t{}\":\"x\"", i ? "," : "", i);
    index(many + "}");
    EXPECT_THAT(refusal(ErrorCode::Format, [&] { (void)findWeightFiles(model()); }),
                HasSubstr("1000000"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST_F(StrangersFolder, AFolderWithoutSafetensorsSaysWhatItHasInstead) {
    EXPECT_THAT(refusal(ErrorCode::NotFound, [&] { (void)findWeightFiles(model()); }),
                HasSubstr("not a model's folder"));
    writeFileAtomically(model() / "config.json", "{}");
    EXPECT_THAT(refusal(ErrorCode::NotFound, [&] { (void)findWeightFiles(model()); }),
                HasSubstr("missing"));
    writeFileAtomically(model() / "pytorch_model.bin", "PK");
    EXPECT_THAT(refusal(ErrorCode::NotFound, [&] { (void)findWeightFiles(model()); }),
                HasSubstr("pickle"));
}

TEST_F(StrangersFolder, APipeIsNotReadAsAFile) {
    ASSERT_EQ(::mkfifo((model() / "pipe.json").c_str(), 0600), 0);
    refusal(ErrorCode::Io, [&] { (void)readFile(model() / "pipe.json"); });
}

} // namespace
} // namespace viva
