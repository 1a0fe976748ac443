// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_copy.h"

#include "core/project/clip_names.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/base/sha256.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{256} << 10U;

[[noreturn]] void failWrite(const fs::path& to, const std::string& reason) {
    throw Error(ErrorCode::Io, fmt::format("cannot write {}: {}; make room or choose another place",
                                           to.string(), reason));
}

/// An open file that is closed again.
class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return m_number; }
    /// A full disk may show only now.
    bool close() { return m_number < 0 || ::close(std::exchange(m_number, -1)) == 0; }

private:
    int m_number;
};

/// @return false with `fault` where the original cannot be read. @throws Error(Io).
bool copyBytes(const fs::path& from, const fs::path& to, std::string& fault) {
    const auto failRead = [&] {
        fault = fmt::format("{} cannot be copied: {}", from.string(), std::strerror(errno));
        return false;
    };
    const Descriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.number() < 0)
        return failRead();
    Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (out.number() < 0)
        failWrite(to, std::strerror(errno));
    std::vector<char> piece(kPieceBytes);
    while (true) {
        const ssize_t got = ::read(in.number(), piece.data(), piece.size());
        if (got < 0)
            return failRead();
        if (got == 0)
            break;
        for (ssize_t done = 0; done < got;) {
            const ssize_t put =
                ::write(out.number(), piece.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0)
                failWrite(to, std::strerror(errno));
            done += put;
        }
    }
    if (!out.close())
        failWrite(to, std::strerror(errno));
    return true;
}

} // namespace

void copyAudioFile(const fs::path& from, const fs::path& to, std::string& fault) {
    const fs::path half = fs::path(to).concat(".part");
    std::error_code failure;
    fs::create_directories(to.parent_path(), failure);
    if (failure)
        failWrite(to, failure.message());
    std::error_code ignored;
    try {
        if (!copyBytes(from, half, fault)) {
            fs::remove(half, ignored);
            return;
        }
        fs::rename(half, to, failure);
        if (failure)
            failWrite(to, failure.message());
    } catch (const Error&) {
        fs::remove(half, ignored);
        throw;
    }
}

ClipCopier::ClipCopier(fs::path projectFolder, const std::string& batchName)
    : m_project(std::move(projectFolder)), m_folder(m_project / "clips" / batchName) {}

fs::path ClipCopier::freePath(const CheckedItem& checked) {
    const std::string ending =
        isSegment(checked.item) ? ".flac" : checked.item.audio.extension().string();
    const std::string stem = fileNameOf(checked.item.utterance.id);
    std::error_code ignored;
    fs::path path = m_folder / (stem + ending);
    for (int number = 2; fs::exists(path, ignored); ++number)
        path = m_folder / fmt::format("{}-{}{}", stem, number, ending);
    return path;
}

std::string ClipCopier::bring(CheckedItem& checked) {
    std::string fault;
    const fs::path path = freePath(checked);
    if (isSegment(checked.item))
        extract(checked, path, fault);
    else
        copyAudioFile(checked.item.audio, path, fault);
    if (!fault.empty())
        return fault;
    m_new.push_back(path);
    std::error_code ignored;
    m_bytes += fs::file_size(path, ignored);
    Utterance& utterance = checked.item.utterance;
    utterance.audioPath = path.lexically_relative(m_project).generic_string();
    if (utterance.sha256.empty() || isSegment(checked.item))
        utterance.sha256 = sha256OfFile(path);
    return {};
}

void ClipCopier::extract(CheckedItem& checked, const fs::path& to, std::string& fault) {
    ImportItem& item = checked.item;
    AudioBuffer sound;
    try {
        sound = readAudioRange(item.audio, item.startSec, item.lengthSec);
    } catch (const Error& error) {
        fault = error.what();
        return;
    }
    std::error_code failure;
    fs::create_directories(to.parent_path(), failure);
    if (failure)
        failWrite(to, failure.message());
    writeAudioFile(to, sound, AudioEncoding::Flac16);
    checked.channels = 1;
    item.utterance.durationSec = sound.durationSec();
}

void ClipCopier::drop() {
    std::error_code ignored;
    for (const fs::path& path : m_new)
        fs::remove(path, ignored);
    m_new.clear();
    fs::remove(m_folder, ignored); // only when it is empty
}

} // namespace viva
