// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/file_locks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <map>
#include <mutex>
#include <utility>

namespace viva {
namespace {

/// Which descriptor carries the locks of which file. SQLite counts on all locks of a process being
/// one owner's, so that every descriptor it has of a file goes to the same one.
class LockTable {
public:
    /// F_SETLK or F_GETLK of `descriptor`. @return and errno as fcntl().
    int apply(int descriptor, int command, struct flock* lock) {
        const std::lock_guard guard(m_mutex);
        const int owner = ownerOf(descriptor);
        if (owner < 0)
            return -1;
        struct flock own = *lock;
        own.l_pid = 0; // asked for by the system
        const int result = ::fcntl(owner, command == F_GETLK ? F_OFD_GETLK : F_OFD_SETLK, &own);
        if (result == 0 && command == F_GETLK)
            *lock = own;
        return result;
    }

    /// SQLite is about to close `descriptor`; with the last one of a file its locks go.
    void forget(int descriptor) {
        const std::lock_guard guard(m_mutex);
        const auto known = m_fileOf.find(descriptor);
        if (known == m_fileOf.end())
            return;
        const auto file = m_files.find(known->second);
        m_fileOf.erase(known);
        if (--file->second.users > 0)
            return;
        ::close(file->second.owner);
        m_files.erase(file);
    }

private:
    using FileKey = std::pair<dev_t, ino_t>;
    struct LockedFile {
        int owner = -1;
        int users = 0;
    };

    int ownerOf(int descriptor) {
        if (const auto known = m_fileOf.find(descriptor); known != m_fileOf.end())
            return m_files.at(known->second).owner;
        struct stat facts {};
        if (::fstat(descriptor, &facts) != 0)
            return -1;
        const FileKey key{facts.st_dev, facts.st_ino};
        auto file = m_files.find(key);
        if (file == m_files.end()) {
            const int owner = openAgain(descriptor);
            if (owner < 0)
                return -1;
            file = m_files.emplace(key, LockedFile{owner, 0}).first;
        }
        ++file->second.users;
        m_fileOf.emplace(descriptor, key);
        return file->second.owner;
    }

    /// An open file description of its own where it can be had: the first connection may be a
    /// reading one, and one that writes needs a descriptor that may write.
    static int openAgain(int descriptor) {
        const std::string path = fmt::format("/proc/self/fd/{}", descriptor);
        for (const int mode : {O_RDWR, O_RDONLY})
            if (const int owner = ::open(path.c_str(), mode | O_CLOEXEC); owner >= 0)
                return owner;
        return ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    }

    std::mutex m_mutex;
    std::map<FileKey, LockedFile> m_files;
    std::map<int, FileKey> m_fileOf;
};

/// One for the process, as the locks are; never destroyed, as SQLite may close files at exit.
LockTable& lockTable() {
    static auto* const kTable = new LockTable;
    return *kTable;
}

extern "C" int vivaStoreFcntl(int descriptor, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    int result = 0;
    if (command == F_SETLK || command == F_GETLK)
        result = lockTable().apply(descriptor, command, va_arg(arguments, struct flock*));
    else
        result = ::fcntl(descriptor, command, va_arg(arguments, int));
    va_end(arguments);
    return result;
}

extern "C" int vivaStoreClose(int descriptor) {
    lockTable().forget(descriptor);
    return ::close(descriptor);
}

bool systemHasThem() {
    const int probe = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    struct flock lock {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    lock.l_len = 1;
    const bool has = probe >= 0 && ::fcntl(probe, F_OFD_SETLK, &lock) == 0;
    if (probe >= 0)
        ::close(probe);
    return has;
}

void install() {
    sqlite3_vfs* files = sqlite3_vfs_find("unix");
    if (!files || files->iVersion < 3 || !systemHasThem())
        return;
    files->xSetSystemCall(files, "fcntl", reinterpret_cast<sqlite3_syscall_ptr>(&vivaStoreFcntl));
    files->xSetSystemCall(files, "close", reinterpret_cast<sqlite3_syscall_ptr>(&vivaStoreClose));
}

} // namespace

void lockByOpenFile() {
    static std::once_flag once;
    std::call_once(once, install);
}

} // namespace viva
