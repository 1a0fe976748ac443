// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"

#include "core/base/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace viva {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void failIo(const fs::path& path, const char* doing, int reason) {
    std::string cure;
    if (reason == ENOSPC)
        cure = "; free some space on this disk and try again";
    else if (reason == EACCES || reason == EROFS)
        cure = "; choose a folder you may write to";
    throw Error(ErrorCode::Io, fmt::format("cannot {} {}: {}{}", doing, path.string(),
                                           std::strerror(reason), cure));
}

void syncPath(const fs::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ::fsync(fd);
    ::close(fd);
}

} // namespace

void writeFileAtomically(const fs::path& path, const std::function<void(std::ostream&)>& write) {
    static std::atomic<unsigned> counter{0};
    if (path.has_parent_path()) {
        std::error_code failure;
        fs::create_directories(path.parent_path(), failure);
        if (failure)
            failIo(path.parent_path(), "make the folder", failure.value());
    }
    const fs::path beside =
        path.string() + fmt::format(".{}-{}.part", ::getpid(), counter.fetch_add(1));
    const auto giveUp = [&](const char* doing, int reason) {
        std::error_code ignored;
        fs::remove(beside, ignored);
        failIo(path, doing, reason);
    };
    try {
        errno = 0;
        std::ofstream out(beside, std::ios::binary | std::ios::trunc);
        if (!out)
            giveUp("write", errno ? errno : EIO);
        write(out);
        out.close();
        if (out.fail())
            giveUp("write", errno ? errno : EIO);
    } catch (...) {
        std::error_code ignored;
        fs::remove(beside, ignored);
        throw;
    }
    syncPath(beside);
    std::error_code failure;
    fs::rename(beside, path, failure);
    if (failure)
        giveUp("replace", failure.value());
    syncPath(path.has_parent_path() ? path.parent_path() : fs::path("."));
}

void writeFileAtomically(const fs::path& path, std::string_view bytes) {
    writeFileAtomically(path, [&](std::ostream& out) {
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    });
}

std::string readFile(const fs::path& path, std::uint64_t limit) {
    std::error_code failure;
    const fs::file_status status = fs::status(path, failure);
    if (!fs::exists(status))
        throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", path.string()));
    if (fs::is_directory(status))
        throw Error(ErrorCode::Io,
                    fmt::format("{} is a folder where a file is expected", path.string()));
    if (!fs::is_regular_file(status))
        throw Error(ErrorCode::Io, fmt::format("{} is not a plain file", path.string()));
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in)
        failIo(path, "read", errno ? errno : EIO);
    const std::uint64_t size = fs::file_size(path, failure);
    if (size > limit)
        throw Error(ErrorCode::Io, fmt::format("{} has {} bytes; at most {} are read",
                                               path.string(), size, limit));
    std::string bytes(size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    bytes.resize(static_cast<std::size_t>(in.gcount()));
    if (bytes.size() != size)
        failIo(path, "read", EIO);
    return bytes;
}

} // namespace viva
