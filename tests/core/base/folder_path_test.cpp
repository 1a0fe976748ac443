// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/folder_path.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

TEST(FolderPath, HasANameWithAndWithoutAClosingSlash) {
    EXPECT_EQ(folderPath("/a/b/"), fs::path("/a/b"));
    EXPECT_EQ(folderPath("/a/b"), fs::path("/a/b"));
    EXPECT_EQ(folderPath("/a/b//"), fs::path("/a/b"));
    EXPECT_EQ(folderPath("/a/b/.").filename(), "b");
}

TEST(FolderPath, IsAbsoluteAndHasNoDots) {
    EXPECT_EQ(folderPath("c/../d/"), fs::current_path() / "d");
    EXPECT_EQ(folderPath("."), fs::current_path());
}

TEST(FolderPath, LeavesTheRootAsItIs) {
    EXPECT_EQ(folderPath("/"), fs::path("/"));
    EXPECT_EQ(folderPath("/a/.."), fs::path("/"));
}

} // namespace
} // namespace viva
