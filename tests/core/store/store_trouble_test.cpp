// SPDX-License-Identifier: GPL-3.0-or-later
// What happens when the place or the file is not as it should be.
#include "core/base/atomic_file.h"
#include "core/store/project_store.h"
#include "tests/support/temp_dir.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace viva {
namespace {

namespace fs = std::filesystem;
using test::TempDir;

ErrorInfo troubleOf(const std::function<void()>& body) {
    try {
        body();
    } catch (const Error& error) {
        return error.info();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "not an Error: " << error.what();
        return {};
    }
    ADD_FAILURE() << "no error";
    return {};
}

void expectTrouble(const fs::path& folder, ErrorCode code) {
    const ErrorInfo trouble = troubleOf([&] { static_cast<void>(ProjectStore::open(folder)); });
    EXPECT_EQ(trouble.code, code) << trouble.message;
    EXPECT_NE(trouble.message.find(folder.filename().string()), std::string::npos)
        << trouble.message;
    EXPECT_NE(trouble.message.find(';'), std::string::npos) << "no cure: " << trouble.message;
}

fs::path madeProject(const fs::path& folder) {
    auto store = ProjectStore::open(folder);
    const RunId run = store->createRun("run", "{}");
    std::vector<TrainingEvent> events;
    for (std::int64_t step = 1; step <= 400; ++step) {
        StepEvent event;
        event.step = step;
        event.metrics = {{"reward", 0.5}};
        events.emplace_back(event);
    }
    store->appendEvents(run, events);
    return folder / ProjectStore::kFileName;
}

TEST(StoreTrouble, AMissingParentFolderIsNamed) {
    TempDir dir;
    expectTrouble(dir / "nowhere" / "a.viva", ErrorCode::Io);
    EXPECT_FALSE(fs::exists(dir / "nowhere"));
}

TEST(StoreTrouble, AFileWhereAFolderShouldBe) {
    TempDir dir;
    writeFileAtomically(dir / "a.viva", "text");
    expectTrouble(dir / "a.viva", ErrorCode::Io);
    EXPECT_EQ(readFile(dir / "a.viva"), "text");
}

TEST(StoreTrouble, AFolderWhereTheDatabaseShouldBe) {
    TempDir dir;
    fs::create_directories(dir / "a.viva" / "project.sqlite");
    expectTrouble(dir / "a.viva", ErrorCode::Io);
}

TEST(StoreTrouble, AFileThatIsNoDatabaseStaysAsItIs) {
    TempDir dir;
    fs::create_directories(dir / "a.viva");
    const std::string text(5000, 'x');
    writeFileAtomically(dir / "a.viva" / "project.sqlite", text);
    expectTrouble(dir / "a.viva", ErrorCode::Database);
    EXPECT_EQ(readFile(dir / "a.viva" / "project.sqlite"), text);
}

TEST(StoreTrouble, ADatabaseOfAnotherProgramStaysAsItIs) {
    TempDir dir;
    fs::create_directories(dir / "a.viva");
    const fs::path file = dir / "a.viva" / "project.sqlite";
    {
        SQLite::Database other(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        other.exec("CREATE TABLE theirs (x)");
    }
    const std::string before = readFile(file);
    expectTrouble(dir / "a.viva", ErrorCode::Database);
    EXPECT_EQ(readFile(file), before);
}

TEST(StoreTrouble, AProjectFromTheFutureStaysAsItIs) {
    TempDir dir;
    const fs::path file = madeProject(dir / "a.viva");
    {
        SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
        database.exec("PRAGMA user_version = 99");
    }
    const std::string before = readFile(file);
    expectTrouble(dir / "a.viva", ErrorCode::Database);
    const ErrorInfo reading =
        troubleOf([&] { static_cast<void>(ProjectStore::openReadOnly(dir / "a.viva")); });
    EXPECT_EQ(reading.code, ErrorCode::Database);
    EXPECT_NE(reading.message.find("99"), std::string::npos) << reading.message;
    EXPECT_EQ(readFile(file), before);
}

TEST(StoreTrouble, ATruncatedDatabaseIsRefusedAndStaysAsItIs) {
    TempDir dir;
    const fs::path file = madeProject(dir / "a.viva");
    const std::string whole = readFile(file);
    for (const std::size_t size :
         {std::size_t{50}, std::size_t{4096}, whole.size() / 2, whole.size() - 1}) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
        expectTrouble(dir / "a.viva", ErrorCode::Database);
        EXPECT_EQ(readFile(file), whole.substr(0, size)) << size;
    }
}

TEST(StoreTrouble, ScribbledPagesAreFound) {
    TempDir dir;
    const fs::path file = madeProject(dir / "a.viva");
    std::string bytes = readFile(file);
    for (std::size_t at = 4096; at < bytes.size(); at += 4096)
        bytes.replace(at, 64, 64, '\x5a');
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
    expectTrouble(dir / "a.viva", ErrorCode::Database);
}

TEST(StoreTrouble, AnEmptyFileIsANewProject) {
    TempDir dir;
    fs::create_directories(dir / "a.viva");
    writeFileAtomically(dir / "a.viva" / "project.sqlite", "");
    EXPECT_TRUE(ProjectStore::open(dir / "a.viva")->runs().empty());
}

TEST(StoreTrouble, ReadingNeedsAProject) {
    TempDir dir;
    EXPECT_EQ(troubleOf([&] { static_cast<void>(ProjectStore::openReadOnly(dir.path())); }).code,
              ErrorCode::NotFound);
    EXPECT_TRUE(fs::is_empty(dir.path()));
}

/// Becomes a user without rights while it lives, as the tests may run as root.
class Nobody {
public:
    explicit Nobody(const fs::path& home) : m_root(::geteuid() == 0) {
        if (m_root) {
            ::chmod(home.c_str(), 0755);
            m_changed = ::seteuid(65534) == 0;
        }
    }
    ~Nobody() {
        if (m_changed)
            static_cast<void>(!::seteuid(0));
    }
    Nobody(const Nobody&) = delete;
    Nobody& operator=(const Nobody&) = delete;
    [[nodiscard]] bool works() const { return !m_root || m_changed; }

private:
    bool m_root;
    bool m_changed = false;
};

TEST(StoreTrouble, AReadOnlyFolderIsSaidForWritingAndReadable) {
    TempDir dir;
    const fs::path file = madeProject(dir / "a.viva");
    const std::string before = readFile(file);
    ::chmod(file.c_str(), 0444);
    ::chmod((dir / "a.viva").c_str(), 0555);
    ::chmod(dir.path().c_str(), 0555);
    {
        const Nobody nobody(dir.path());
        if (!nobody.works())
            GTEST_SKIP() << "cannot become a user without rights";
        expectTrouble(dir / "a.viva", ErrorCode::Io);
        expectTrouble(dir / "b.viva", ErrorCode::Io);
        const auto reader = ProjectStore::openReadOnly(dir / "a.viva");
        EXPECT_EQ(reader->series(1, "reward").size(), 400U);
    }
    ::chmod(dir.path().c_str(), 0755);
    ::chmod((dir / "a.viva").c_str(), 0755);
    EXPECT_EQ(readFile(file), before);
}

TEST(StoreTrouble, AFullDiskIsSaidAndWhatWasThereStays) {
    TempDir dir;
    const fs::path place = dir / "small";
    fs::create_directory(place);
    if (::mount("tmpfs", place.c_str(), "tmpfs", 0, "size=400k") != 0)
        GTEST_SKIP() << "no right to mount a small disk here";
    {
        const auto store = ProjectStore::open(place / "a.viva");
        const RunId run = store->createRun("run", "{}");
        StepEvent event;
        event.metrics = {{"reward", 0.5}};
        const ErrorInfo trouble = troubleOf([&] {
            for (event.step = 1; event.step < 100000; ++event.step)
                store->appendEvents(run, std::vector<TrainingEvent>{event});
        });
        EXPECT_EQ(trouble.code, ErrorCode::Io);
        EXPECT_NE(trouble.message.find("full"), std::string::npos) << trouble.message;
        const auto points = ProjectStore::openReadOnly(place / "a.viva")->series(run, "reward");
        EXPECT_EQ(static_cast<std::int64_t>(points.size()), event.step - 1);
    }
    ::umount2(place.c_str(), MNT_DETACH);
}

} // namespace
} // namespace viva
