// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/wav_stream.h"

#include "core/base/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kSampleBytes = 3;
constexpr std::uint64_t kMostBytes = 0xFFFFFFFFULL - kHeaderBytes;

using Header = std::array<unsigned char, kHeaderBytes>;

[[noreturn]] void fail(const fs::path& path, const char* what) {
    throw Error(ErrorCode::Io, fmt::format("{} {}: {}; choose a project on a disk that works and "
                                           "that you may write to",
                                           path.string(), what, std::strerror(errno)));
}

void put(Header& header, std::size_t at, std::uint32_t value, int bytes) {
    for (int byte = 0; byte < bytes; ++byte)
        header[at + static_cast<std::size_t>(byte)] =
            static_cast<unsigned char>(value >> (8 * byte) & 0xFFU);
}

std::uint32_t get(const Header& header, std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int byte = 0; byte < bytes; ++byte)
        value |= static_cast<std::uint32_t>(header[at + static_cast<std::size_t>(byte)])
                 << (8 * byte);
    return value;
}

/// @source RIFF: "Multimedia Programming Interface and Data Specifications 1.0", chapter WAVE
Header makeHeader(int rateHz, int channels, std::uint64_t dataBytes) {
    Header header{};
    const auto frameBytes = static_cast<std::uint32_t>(kSampleBytes) * //
                            static_cast<std::uint32_t>(channels);
    std::memcpy(header.data(), "RIFF", 4);
    // A chunk of odd length is followed by a byte that its size does not count.
    put(header, 4, static_cast<std::uint32_t>(kHeaderBytes - 8 + dataBytes + dataBytes % 2), 4);
    std::memcpy(header.data() + 8, "WAVEfmt ", 8);
    put(header, 16, 16, 4);
    put(header, 20, 1, 2); // PCM
    put(header, 22, static_cast<std::uint32_t>(channels), 2);
    put(header, 24, static_cast<std::uint32_t>(rateHz), 4);
    put(header, 28, static_cast<std::uint32_t>(rateHz) * frameBytes, 4);
    put(header, 32, frameBytes, 2);
    put(header, 34, 8 * kSampleBytes, 2);
    std::memcpy(header.data() + 36, "data", 4);
    put(header, 40, static_cast<std::uint32_t>(dataBytes), 4);
    return header;
}

bool writeHeader(int descriptor, const Header& header) {
    return ::pwrite(descriptor, header.data(), header.size(), 0) ==
           static_cast<ssize_t>(header.size());
}

} // namespace

WavStream::WavStream(const fs::path& path, int rateHz, int channels)
    : m_path(path), m_rateHz(rateHz), m_channels(channels) {
    m_descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (m_descriptor < 0)
        fail(path, "cannot be made for recording");
    ::flock(m_descriptor, LOCK_EX | LOCK_NB);
    if (!writeHeader(m_descriptor, makeHeader(rateHz, channels, 0))) {
        const int reason = errno;
        ::close(m_descriptor);
        ::unlink(path.c_str());
        errno = reason;
        fail(path, "cannot be written");
    }
    ::lseek(m_descriptor, kHeaderBytes, SEEK_SET);
}

WavStream::~WavStream() {
    if (m_descriptor < 0)
        return;
    update(false);
    ::close(m_descriptor);
}

std::int64_t WavStream::frames() const {
    return static_cast<std::int64_t>(m_bytes / kSampleBytes) / m_channels;
}

std::int64_t WavStream::framesLeft() const {
    return static_cast<std::int64_t>((kMostBytes - m_bytes) / kSampleBytes) / m_channels;
}

WavStream::Result WavStream::write(std::span<const float> samples) {
    const auto fits = static_cast<std::size_t>(framesLeft()) * static_cast<std::size_t>(m_channels);
    const std::span<const float> taken = samples.first(std::min(fits, samples.size()));
    m_block.resize(taken.size() * kSampleBytes);
    unsigned char* out = m_block.data();
    for (const float sample : taken) {
        const auto value = static_cast<std::int32_t>(
            std::clamp(std::nearbyint(sample * 8388608.0F), -8388608.0F, 8388607.0F));
        for (std::size_t byte = 0; byte < kSampleBytes; ++byte)
            *out++ = static_cast<unsigned char>(static_cast<std::uint32_t>(value) >> (8 * byte));
    }
    std::size_t done = 0;
    while (done < m_block.size()) {
        const ssize_t got = ::write(m_descriptor, m_block.data() + done, m_block.size() - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got > 0) {
            done += static_cast<std::size_t>(got);
            continue;
        }
        if (got < 0 && errno != ENOSPC && errno != EDQUOT && errno != EFBIG)
            fail(m_path, "cannot be written");
        const std::size_t frameBytes = kSampleBytes * static_cast<std::size_t>(m_channels);
        m_bytes += done / frameBytes * frameBytes;
        return Result::DiskFull;
    }
    m_bytes += done;
    return taken.size() == samples.size() ? Result::Ok : Result::SizeLimit;
}

void WavStream::update(bool toDisk) {
    // The header's block is on the disk already, so this works on a full one too.
    static_cast<void>(writeHeader(m_descriptor, makeHeader(m_rateHz, m_channels, m_bytes)));
    if (toDisk)
        ::fdatasync(m_descriptor);
}

void WavStream::finish() {
    if (m_descriptor < 0)
        return;
    const bool whole = ::ftruncate(m_descriptor, static_cast<off_t>(kHeaderBytes + m_bytes)) == 0 &&
                       writeHeader(m_descriptor, makeHeader(m_rateHz, m_channels, m_bytes));
    if (m_bytes % 2 == 1) { // a full disk has no room for the odd byte; readers do without
        const char zero = 0;
        static_cast<void>(
            !::pwrite(m_descriptor, &zero, 1, static_cast<off_t>(kHeaderBytes + m_bytes)));
    }
    const bool synced = ::fsync(m_descriptor) == 0;
    ::close(m_descriptor);
    m_descriptor = -1;
    if (!whole || !synced)
        fail(m_path, "could not be finished");
}

std::int64_t repairWavStream(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0)
        fail(path, "cannot be opened");
    const auto done = [descriptor](std::int64_t frames) {
        ::close(descriptor);
        return frames;
    };
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return done(0);
    Header header{};
    struct stat status {};
    const ssize_t got = ::pread(descriptor, header.data(), header.size(), 0);
    ::fstat(descriptor, &status);
    const auto channels = static_cast<int>(get(header, 22, 2));
    const auto rateHz = static_cast<int>(get(header, 24, 4));
    if (got != static_cast<ssize_t>(header.size()) || std::memcmp(header.data(), "RIFF", 4) != 0 ||
        get(header, 34, 2) != 8 * kSampleBytes || channels < 1 || rateHz < 1) {
        done(0);
        throw Error(ErrorCode::Format, path.string() + " is no recording of this program, or its "
                                                       "beginning is damaged; delete it");
    }
    const std::uint64_t frameBytes = kSampleBytes * static_cast<std::uint64_t>(channels);
    const std::uint64_t bytes =
        (static_cast<std::uint64_t>(status.st_size) - kHeaderBytes) / frameBytes * frameBytes;
    const auto frames = static_cast<std::int64_t>(bytes / frameBytes);
    if (!writeHeader(descriptor, makeHeader(rateHz, channels, bytes)) ||
        ::ftruncate(descriptor, static_cast<off_t>(kHeaderBytes + bytes)) != 0) {
        const int reason = errno;
        done(0);
        errno = reason;
        fail(path, "cannot be mended");
    }
    return done(frames);
}

bool isBeingWritten(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return held;
}

} // namespace viva
