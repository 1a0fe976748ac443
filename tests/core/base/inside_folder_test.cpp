// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/inside_folder.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <array>

namespace viva {
namespace {

namespace fs = std::filesystem;

TEST(InsideFolder, TakesTheNamedFilesThatAreThereAndNoneFromOutside) {
    const test::TempDir dir;
    writeFileAtomically(dir.path() / "from" / "vocab.json", "new");
    writeFileAtomically(dir.path() / "from" / "other.json", "x");
    writeFileAtomically(dir.path() / "to" / "vocab.json", "old");
    constexpr std::array<std::string_view, 2> kNames{"vocab.json", "merges.txt"};
    copyInside(dir.path() / "from", dir.path() / "to", kNames);
    EXPECT_EQ(readFile(dir.path() / "to" / "vocab.json"), "new");
    EXPECT_FALSE(fs::exists(dir.path() / "to" / "merges.txt"));
    EXPECT_FALSE(fs::exists(dir.path() / "to" / "other.json"));
    writeFileAtomically(dir.path() / "secret", "x");
    fs::create_symlink(dir.path() / "secret", dir.path() / "from" / "merges.txt");
    EXPECT_THROW(copyInside(dir.path() / "from", dir.path() / "to", kNames), Error);
}

} // namespace
} // namespace viva
