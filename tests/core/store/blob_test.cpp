// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blob.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <limits>

namespace viva {
namespace {

template<typename Body>
ErrorCode codeOf(Body body) {
    try {
        body();
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::Internal;
}

TEST(Blob, FloatsAreLittleEndianFloat32) {
    const std::vector<float> values{1.0F, -2.5F};
    EXPECT_EQ(packFloats(values), (Blob{0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0}));
}

TEST(Blob, EverythingComesBackAsItWas) {
    const std::vector<float> floats{0.0F, -0.0F, 1e-38F, -std::numeric_limits<float>::infinity()};
    EXPECT_EQ(unpackFloats(packFloats(floats)), floats);
    const std::vector<std::int64_t> ids{0, 1, 49159, -1, 2147483647};
    EXPECT_EQ(unpackIds(packIds(ids)), ids);
    const std::vector<std::string> texts{"", " der", std::string("\xff\x00x", 3), "größer"};
    EXPECT_EQ(unpackTexts(packTexts(texts)), texts);
    EXPECT_TRUE(unpackTexts({}).empty());
}

TEST(Blob, VeryLongTextsAreCutAndTheRestStays) {
    const auto back =
        unpackTexts(packTexts(std::vector<std::string>{std::string(70000, 'a'), "b"}));
    ASSERT_EQ(back.size(), 2U);
    EXPECT_EQ(back[0].size(), 65535U);
    EXPECT_EQ(back[1], "b");
}

TEST(Blob, CutOffOnesAreRefused) {
    EXPECT_EQ(codeOf([] { static_cast<void>(unpackFloats({1, 2, 3})); }), ErrorCode::Database);
    EXPECT_EQ(codeOf([] { static_cast<void>(unpackIds({1, 2, 3, 4, 5})); }), ErrorCode::Database);
    EXPECT_EQ(codeOf([] { static_cast<void>(unpackTexts({5, 0, 'a'})); }), ErrorCode::Database);
    EXPECT_EQ(codeOf([] { static_cast<void>(unpackTexts({5})); }), ErrorCode::Database);
}

TEST(Blob, IdsBeyond32BitsAreRefused) {
    EXPECT_EQ(codeOf([] {
                  static_cast<void>(packIds(std::vector<std::int64_t>{std::int64_t{1} << 31}));
              }),
              ErrorCode::InvalidArgument);
}

} // namespace
} // namespace viva
