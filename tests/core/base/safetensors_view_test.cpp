// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/safetensors_view.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>

namespace viva {
namespace {

namespace fs = std::filesystem;

class SafetensorsViewTest : public testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::temp_directory_path() /
                   fmt::format("viva-safetensors-{}-{}", ::getpid(),
                               testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(m_folder);
    }
    void TearDown() override { fs::remove_all(m_folder); }

    fs::path write(const std::string& bytes) {
        const fs::path path = m_folder / "x.safetensors";
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }
    fs::path writeTensors(const std::string& header, const std::string& data,
                          std::optional<std::uint64_t> saidLength = {}) {
        const std::uint64_t length = saidLength.value_or(header.size());
        std::string bytes(8, '\0');
        std::memcpy(bytes.data(), &length, 8);
        return write(bytes + header + data);
    }
    std::string refusal(const fs::path& path, ErrorCode expected = ErrorCode::Format) {
        try {
            const SafetensorsView view(path);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), expected) << error.what();
            EXPECT_THAT(error.what(), testing::HasSubstr(path.string()));
            return error.what();
        }
        ADD_FAILURE() << "was accepted";
        return {};
    }

    fs::path m_folder;
};

template<typename T>
std::string raw(std::initializer_list<T> values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    std::memcpy(bytes.data(), values.begin(), bytes.size());
    return bytes;
}

TEST_F(SafetensorsViewTest, ReadsNamesShapesValuesAndMetadata) {
    const SafetensorsView view(writeTensors(
        R"({"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[2],"data_offsets":[24,40]},)"
        R"("a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
        R"("none":{"dtype":"F32","shape":[0,7],"data_offsets":[24,24]}}   )",
        raw({1.F, -2.F, 3.5F, 4.F, 5.F, 6.F}) + raw<std::int64_t>({7, -8})));
    EXPECT_THAT(view.names(), testing::ElementsAre("a", "b", "none"));
    EXPECT_EQ(view.metadata().at("format"), "pt");
    const TensorView& a = view.get("a");
    EXPECT_THAT(a.shape, testing::ElementsAre(2, 3));
    EXPECT_THAT(toFloats(a), testing::ElementsAre(1.F, -2.F, 3.5F, 4.F, 5.F, 6.F));
    EXPECT_THAT(toFloats(view.get("b")), testing::ElementsAre(7.F, -8.F));
    EXPECT_EQ(view.get("none").elements(), 0);
    EXPECT_EQ(view.find("c"), nullptr);
    EXPECT_THROW((void)view.get("c"), Error);
}

TEST_F(SafetensorsViewTest, WidensHalfBfloatDoubleAndIntegers) {
    const SafetensorsView view(writeTensors(
        R"({"h":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},)"
        R"("bf":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},)"
        R"("d":{"dtype":"F64","shape":[],"data_offsets":[16,24]},)"
        R"("i":{"dtype":"I16","shape":[1],"data_offsets":[24,26]},)"
        R"("u":{"dtype":"U8","shape":[2],"data_offsets":[26,28]},)"
        R"("t":{"dtype":"BOOL","shape":[2],"data_offsets":[28,30]}})",
        raw<std::uint16_t>({0x3C00, 0xC000, 0x0001, 0x7BFF, 0x8000, 0xFC00}) +
            raw<std::uint16_t>({0x3FC0, 0xC2C8}) + raw({0.1}) + raw<std::int16_t>({-300}) +
            raw<std::uint8_t>({200, 255}) + raw<std::uint8_t>({1, 0})));
    const std::vector<float> half = toFloats(view.get("h"));
    EXPECT_EQ(half[0], 1.F);
    EXPECT_EQ(half[1], -2.F);
    EXPECT_EQ(half[2], 0x1p-24F);
    EXPECT_EQ(half[3], 65504.F);
    EXPECT_TRUE(half[4] == 0.F && std::signbit(half[4]));
    EXPECT_EQ(half[5], -std::numeric_limits<float>::infinity());
    EXPECT_THAT(toFloats(view.get("bf")), testing::ElementsAre(1.5F, -100.F));
    EXPECT_THAT(toFloats(view.get("d")), testing::ElementsAre(0.1F));
    EXPECT_THAT(toFloats(view.get("i")), testing::ElementsAre(-300.F));
    EXPECT_THAT(toFloats(view.get("u")), testing::ElementsAre(200.F, 255.F));
    EXPECT_THAT(toFloats(view.get("t")), testing::ElementsAre(1.F, 0.F));
}

TEST_F(SafetensorsViewTest, AnEmptyHeaderIsAFileWithoutTensors) {
    EXPECT_EQ(SafetensorsView(writeTensors("{}", "")).size(), 0u);
}

TEST_F(SafetensorsViewTest, RefusesWhatIsNotAFile) {
    refusal(m_folder / "missing.safetensors", ErrorCode::NotFound);
    refusal(m_folder, ErrorCode::Io);
    EXPECT_THAT(refusal(write("")), testing::HasSubstr("empty"));
    EXPECT_THAT(refusal(write("abc")), testing::HasSubstr("3 bytes"));
}

TEST_F(SafetensorsViewTest, SaysWhatAForeignFileIs) {
    EXPECT_THAT(refusal(write("PK\x03\x04 and so on, long enough")), testing::HasSubstr("zip"));
    EXPECT_THAT(refusal(write(std::string("\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c", 12))),
                testing::HasSubstr("pickle"));
    EXPECT_THAT(refusal(write("version https://git-lfs.github.com/spec/v1\n")),
                testing::HasSubstr("git lfs pull"));
    EXPECT_THAT(refusal(write("GGUF0123456789")), testing::HasSubstr("GGUF"));
}

TEST_F(SafetensorsViewTest, AHeaderLengthLikeAPickleIsNoPickle) {
    const std::string header(0x0280, ' ');
    EXPECT_EQ(SafetensorsView(writeTensors("{}" + header.substr(2), "")).size(), 0u);
}

TEST_F(SafetensorsViewTest, RefusesImpossibleHeaderLengths) {
    for (const std::uint64_t length :
         {std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{0} - 7, std::uint64_t{3}})
        refusal(writeTensors("{}", "", length));
    refusal(writeTensors("", "", 0));
    refusal(writeTensors("[]", ""));
    refusal(writeTensors("{\"a\"", ""));
    refusal(writeTensors("{} {}", ""));
    refusal(writeTensors("{\"\xff\xfe\":{}}", ""));
}

struct BadHeader {
    std::string name;
    std::string header;
    std::size_t dataBytes;
    std::string says;
};

class SafetensorsViewBadHeader : public SafetensorsViewTest,
                                 public testing::WithParamInterface<BadHeader> {};

TEST_P(SafetensorsViewBadHeader, IsRefusedByName) {
    const BadHeader& bad = GetParam();
    EXPECT_THAT(refusal(writeTensors(bad.header, std::string(bad.dataBytes, '\0'))),
                testing::HasSubstr(bad.says));
}

std::string entry(const std::string& shape, const std::string& offsets,
                  const std::string& dtype = "F32") {
    return fmt::format(R"({{"dtype":"{}","shape":{},"data_offsets":{}}})", dtype, shape, offsets);
}

INSTANTIATE_TEST_SUITE_P(
    All, SafetensorsViewBadHeader,
    testing::Values(
        BadHeader{"CutShort", "{\"a\":" + entry("[4]", "[0,16]") + "}", 12, "cut short"},
        BadHeader{"BytesLeftOver", "{\"a\":" + entry("[4]", "[0,16]") + "}", 20, "20 bytes"},
        BadHeader{"Overlap",
                  "{\"a\":" + entry("[4]", "[0,16]") + ",\"b\":" + entry("[4]", "[8,24]") + "}", 24,
                  "overlapping"},
        BadHeader{"SameBytesTwice",
                  "{\"a\":" + entry("[4]", "[0,16]") + ",\"b\":" + entry("[4]", "[0,16]") + "}", 16,
                  "overlapping"},
        BadHeader{"Gap",
                  "{\"a\":" + entry("[1]", "[0,4]") + ",\"b\":" + entry("[1]", "[8,12]") + "}", 12,
                  "gap"},
        BadHeader{"Backwards", "{\"a\":" + entry("[4]", "[16,0]") + "}", 16, "after its end"},
        BadHeader{"SizeDiffers", "{\"a\":" + entry("[3]", "[0,16]") + "}", 16, "12 bytes"},
        BadHeader{"ProductOverflows", "{\"a\":" + entry("[4294967296,4294967296,4]", "[0,0]") + "}",
                  0, "no memory can hold"},
        BadHeader{"OverflowBehindAZero",
                  "{\"a\":" + entry("[0,9223372036854775807,9]", "[0,0]") + "}", 0,
                  "no memory can hold"},
        BadHeader{"HugeExtent", "{\"a\":" + entry("[18446744073709551615]", "[0,0]") + "}", 0,
                  "no file can hold"},
        BadHeader{"NegativeExtent", "{\"a\":" + entry("[-1]", "[0,0]") + "}", 0, "negative"},
        BadHeader{"FractionExtent", "{\"a\":" + entry("[1.5]", "[0,0]") + "}", 0, "whole number"},
        BadHeader{"BeyondAllIntegers", "{\"a\":" + entry("[1e30]", "[0,0]") + "}", 0,
                  "whole number"},
        BadHeader{"ThreeOffsets", "{\"a\":" + entry("[1]", "[0,4,4]") + "}", 4, "3 data_offsets"},
        BadHeader{"OddDtype", "{\"a\":" + entry("[1]", "[0,4]", "F8_E4M3") + "}", 4, "F8_E4M3"},
        BadHeader{"NoShape", R"({"a":{"dtype":"F32","data_offsets":[0,0]}})", 0, "lacks shape"},
        BadHeader{"ShapeTwice",
                  R"({"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}})", 4,
                  "twice"},
        BadHeader{"NameTwice",
                  "{\"a\":" + entry("[1]", "[0,4]") + ",\"a\":" + entry("[1]", "[4,8]") + "}", 8,
                  "twice"},
        BadHeader{"NumberForTensor", R"({"a":3})", 0, "\"a\""},
        BadHeader{"NullForTensor", R"({"a":null})", 0, "\"a\""},
        BadHeader{"ListForTensor", R"({"a":[]})", 0, "\"a\""},
        BadHeader{"MetadataNotText", R"({"__metadata__":{"a":1}})", 0, "__metadata__"},
        BadHeader{"NestedShape", R"({"a":{"dtype":"F32","shape":[[1]]}})", 0, "list"}),
    [](const auto& bad) { return bad.param.name; });

TEST_F(SafetensorsViewTest, DeepNestingAndAMillionNamesAreRefusedQuickly) {
    const auto start = std::chrono::steady_clock::now();
    const std::string deep = "{\"a\":" + std::string(1'000'000, '[');
    refusal(writeTensors(deep, ""));
    refusal(writeTensors("{\"a\":{\"shape\":" + std::string(1'000'000, '['), ""));
    std::string many = "{";
    for (int i = 0; i < 1'000'000; ++i)
        many += fmt::format("{}\"t{}\":{}", i ? "," : "", i, entry("[0]", "[0,0]"));
    EXPECT_THAT(refusal(writeTensors(many + "}", "")), testing::HasSubstr("200000 tensors"));
    std::string wide = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1";
    for (int i = 0; i < 1'000'000; ++i)
        wide += ",1";
    EXPECT_THAT(refusal(writeTensors(wide + "]}}", "")), testing::HasSubstr("dimensions"));
    // Far above what a slow machine needs; a document tree or a quadratic search takes minutes.
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

} // namespace
} // namespace viva
