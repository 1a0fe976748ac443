// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace viva {
namespace {

// The examples of FIPS 180-2, appendix B, and of NIST's "SHA256ShortMsg" (empty message).
TEST(Sha256, AgreesWithThePublishedExamples) {
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesGiveTheSameAsTheWhole) {
    const std::string text(1000, 'x');
    for (const std::size_t size : {1u, 7u, 63u, 64u, 65u, 999u}) {
        Sha256 hash;
        for (std::size_t at = 0; at < text.size(); at += size)
            hash.update(std::string_view(text).substr(at, size));
        EXPECT_EQ(hash.finish(), sha256(text)) << size;
    }
}

TEST(Sha256, ReadsFilesAndSaysWhenItCannot) {
    const auto path = std::filesystem::temp_directory_path() / "viva-sha256-test.bin";
    const std::string bytes(200'000, '\x7F');
    writeFileAtomically(path, bytes);
    EXPECT_EQ(sha256OfFile(path), sha256(bytes));
    std::filesystem::remove(path);
    try {
        (void)sha256OfFile(path);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
    try {
        (void)sha256OfFile(std::filesystem::temp_directory_path());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Io);
    }
}

} // namespace
} // namespace viva
