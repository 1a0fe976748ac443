// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <vector>

namespace viva {
namespace {

template<typename Thrown>
ErrorInfo infoOf(const Thrown& thrown) {
    try {
        throw thrown;
    } catch (...) {
        return currentErrorInfo();
    }
}

TEST(Error, CarriesCodeMessageAndContext) {
    try {
        try {
            throw Error(ErrorCode::Format, "header is cut off");
        } catch (Error& error) {
            error.addContext("reading a.safetensors").addContext("loading the model");
            throw;
        }
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        EXPECT_STREQ(error.what(), "header is cut off");
        EXPECT_THAT(error.context(),
                    testing::ElementsAre("reading a.safetensors", "loading the model"));
        EXPECT_EQ(error.info().text(),
                  "header is cut off [reading a.safetensors] [loading the model]");
    }
}

TEST(Error, AnythingThrownBecomesAnInfo) {
    EXPECT_EQ(infoOf(Error(ErrorCode::Database, "x")).code, ErrorCode::Database);
    EXPECT_EQ(infoOf(std::bad_alloc()).code, ErrorCode::OutOfMemory);
    EXPECT_EQ(infoOf(std::runtime_error("odd")).code, ErrorCode::Internal);
    EXPECT_EQ(infoOf(std::runtime_error("odd")).message, "odd");
    EXPECT_EQ(infoOf(3).code, ErrorCode::Internal);
}

TEST(Error, EveryCodeHasItsOwnName) {
    std::vector<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::Internal); ++code)
        names.push_back(toString(static_cast<ErrorCode>(code)));
    EXPECT_THAT(names, testing::SizeIs(10));
    for (const std::string_view name : names)
        EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
}

TEST(Error, AFailedAssertionThrowsInEveryBuild) {
    try {
        VIVA_ASSERT(1 + 1 == 3);
        ADD_FAILURE() << "went on";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Internal);
        EXPECT_THAT(error.what(), testing::HasSubstr("1 + 1 == 3"));
    }
}

} // namespace
} // namespace viva
