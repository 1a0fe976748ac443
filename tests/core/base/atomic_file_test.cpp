// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

namespace viva {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::temp_directory_path() /
                   fmt::format("viva-atomic-{}-{}", ::getpid(),
                               testing::UnitTest::GetInstance()->current_test_info()->name());
        fs::create_directories(m_folder);
    }
    void TearDown() override {
        fs::permissions(m_folder, fs::perms::owner_all);
        fs::remove_all(m_folder);
    }
    [[nodiscard]] long entries() const {
        return std::distance(fs::directory_iterator(m_folder), fs::directory_iterator());
    }

    /// Writes in a child process that `prepare` has limited; the child exits with the error's code,
    /// or with 99 when the write went through.
    int codeInChild(const std::function<void()>& prepare, const fs::path& path,
                    std::size_t bytes) const {
        const pid_t child = ::fork();
        if (child == 0) {
            prepare();
            try {
                writeFileAtomically(path, std::string(bytes, 'x'));
                ::_exit(99);
            } catch (const Error& error) {
                ::_exit(static_cast<int>(error.code()));
            }
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        EXPECT_TRUE(WIFEXITED(status));
        return WEXITSTATUS(status);
    }

    fs::path m_folder;
};

constexpr int kIo = static_cast<int>(ErrorCode::Io);

TEST_F(AtomicFile, WritesReplacesAndMakesFolders) {
    const fs::path path = m_folder / "a/b/c.txt";
    writeFileAtomically(path, std::string_view("first"));
    EXPECT_EQ(readFile(path), "first");
    writeFileAtomically(path, [](std::ostream& out) { out << "second" << '\0' << "x"; });
    EXPECT_EQ(readFile(path), std::string("second\0x", 8));
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, AWriterThatThrowsLeavesTheOldFile) {
    const fs::path path = m_folder / "a.txt";
    writeFileAtomically(path, std::string_view("old"));
    EXPECT_THROW(writeFileAtomically(path,
                                     [](std::ostream& out) {
                                         out << "half";
                                         throw Error(ErrorCode::Audio, "stopped");
                                     }),
                 Error);
    EXPECT_EQ(readFile(path), "old");
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, AFullDiskLeavesTheOldFileAndNothingBeside) {
    const fs::path path = m_folder / "a.txt";
    writeFileAtomically(path, std::string_view("old"));
    const auto limitFileSize = [] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{100'000, 100'000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    };
    EXPECT_EQ(codeInChild(limitFileSize, path, 50'000), 99);
    EXPECT_EQ(fs::file_size(path), 50'000u);
    EXPECT_EQ(codeInChild(limitFileSize, path, 5'000'000), kIo);
    EXPECT_EQ(fs::file_size(path), 50'000u);
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, AReadOnlyFolderIsAnIoError) {
    fs::permissions(m_folder, fs::perms::owner_read | fs::perms::owner_exec |
                                  fs::perms::others_read | fs::perms::others_exec);
    const auto beNobody = [] {
        if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0)
            ::_exit(98);
    };
    EXPECT_EQ(codeInChild(beNobody, m_folder / "a.txt", 10), kIo);
    EXPECT_EQ(codeInChild(beNobody, m_folder / "new/a.txt", 10), kIo);
    EXPECT_EQ(entries(), 0);
}

TEST_F(AtomicFile, AFolderInTheWayIsAnIoError) {
    fs::create_directories(m_folder / "a.txt/inside");
    EXPECT_EQ(codeInChild([] {}, m_folder / "a.txt", 10), kIo);
    EXPECT_EQ(codeInChild([] {}, "/proc/viva/a.txt", 10), kIo);
    EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFile, ReadingRefusesMissingFoldersAndTooLarge) {
    const auto codeOf = [](const fs::path& path, std::uint64_t limit) {
        try {
            (void)readFile(path, limit);
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr(path.string()));
            return error.code();
        }
        return ErrorCode::Internal;
    };
    writeFileAtomically(m_folder / "a.txt", std::string_view("12345"));
    EXPECT_EQ(codeOf(m_folder / "none", 100), ErrorCode::NotFound);
    EXPECT_EQ(codeOf(m_folder, 100), ErrorCode::Io);
    EXPECT_EQ(codeOf(m_folder / "a.txt", 4), ErrorCode::Io);
    EXPECT_EQ(readFile(m_folder / "a.txt", 5), "12345");
}

} // namespace
} // namespace viva
