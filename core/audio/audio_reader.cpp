// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_reader.h"

#include "core/audio/audio_file_check.h"
#include "core/base/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr int kMinRateHz = 1000;
constexpr int kMaxRateHz = 768000;
constexpr int kMaxChannels = 32;
constexpr std::size_t kBlockFrames = 16384;

struct SndFileClose {
    void operator()(SNDFILE* file) const { sf_close(file); }
};

[[noreturn]] void fail(ErrorCode code, const fs::path& path, const std::string& what) {
    throw Error(code, fmt::format("{} {}", path.string(), what));
}

/// A sound file that is open, checked and not yet decoded.
struct OpenFile {
    std::unique_ptr<SNDFILE, SndFileClose> handle;
    SF_INFO info{};
};

void checkPlainFile(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            fail(ErrorCode::NotFound, path, "does not exist");
        fail(ErrorCode::Io, path, fmt::format("cannot be read: {}", std::strerror(errno)));
    }
    if (S_ISDIR(status.st_mode))
        fail(ErrorCode::Io, path, "is a folder where a sound file is expected");
    if (!S_ISREG(status.st_mode))
        fail(ErrorCode::Io, path, "is not a plain file");
    if (::access(path.c_str(), R_OK) != 0)
        fail(ErrorCode::Io, path,
             fmt::format("cannot be read: {}; ask for the right to read it", std::strerror(errno)));
    if (status.st_size == 0)
        fail(ErrorCode::Format, path, "is empty; record or copy it again");
}

OpenFile openAudioFile(const fs::path& path) {
    checkPlainFile(path);
    if (const std::string damage = describeDamage(path); !damage.empty())
        fail(ErrorCode::Format, path, damage);
    OpenFile file;
    // What it holds decides, not its name: a file called "mp3" would be searched to its end by a
    // decoder that complains on the terminal. An MP3 may begin with other things, though.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    file.handle.reset(sf_open_fd(descriptor, SFM_READ, &file.info, SF_TRUE));
    if (!file.handle && sf_error(nullptr) == SF_ERR_UNRECOGNISED_FORMAT && hasMpegFrame(path)) {
        file.info = {};
        file.handle.reset(sf_open(path.c_str(), SFM_READ, &file.info));
    }
    if (!file.handle) {
        const int reason = sf_error(nullptr);
        if (reason == SF_ERR_UNRECOGNISED_FORMAT || reason == SF_ERR_UNSUPPORTED_ENCODING)
            fail(ErrorCode::Format, path, std::string(kUnknownSoundKind));
        fail(ErrorCode::Format, path,
             fmt::format("is broken or cut short and cannot be opened ({}); export it again",
                         sf_strerror(nullptr)));
    }
    const SF_INFO& info = file.info;
    if (info.samplerate < kMinRateHz || info.samplerate > kMaxRateHz)
        fail(ErrorCode::Format, path,
             fmt::format("says a rate of {} Hz; {} to {} Hz are read, so its header is probably "
                         "broken: export it again",
                         info.samplerate, kMinRateHz, kMaxRateHz));
    if (info.channels < 1 || info.channels > kMaxChannels)
        fail(ErrorCode::Format, path,
             fmt::format("has {} channels; 1 to {} are read, mix it down first", info.channels,
                         kMaxChannels));
    if (info.frames <= 0)
        fail(ErrorCode::Format, path, "holds no samples; record or export it again");
    return file;
}

std::string formatName(int format) {
    const auto nameOf = [](int code) {
        SF_FORMAT_INFO info{};
        info.format = code;
        const int failure = sf_command(nullptr, SFC_GET_FORMAT_INFO, &info, sizeof(info));
        return std::string(failure == 0 && info.name != nullptr ? info.name : "unknown");
    };
    return nameOf(format & SF_FORMAT_TYPEMASK) + ", " + nameOf(format & SF_FORMAT_SUBMASK);
}

AudioFileInfo describe(const SF_INFO& info) {
    return {info.frames, info.samplerate, info.channels, formatName(info.format),
            static_cast<double>(info.frames) / info.samplerate};
}

} // namespace

struct AudioReader::Impl {
    OpenFile file;
    AudioFileInfo info;
    std::vector<float> block;
};

AudioReader::AudioReader(const fs::path& path) : m_impl(std::make_unique<Impl>()) {
    m_impl->file = openAudioFile(path);
    m_impl->info = describe(m_impl->file.info);
}

AudioReader::~AudioReader() = default;
AudioReader::AudioReader(AudioReader&&) noexcept = default;
AudioReader& AudioReader::operator=(AudioReader&&) noexcept = default;

const AudioFileInfo& AudioReader::info() const {
    return m_impl->info;
}

std::size_t AudioReader::read(std::span<float> samples) {
    SNDFILE* handle = m_impl->file.handle.get();
    const int channels = m_impl->info.channels;
    if (channels == 1)
        return static_cast<std::size_t>(std::max<sf_count_t>(
            0, sf_readf_float(handle, samples.data(), static_cast<sf_count_t>(samples.size()))));
    const auto width = static_cast<std::size_t>(channels);
    m_impl->block.resize(std::min(kBlockFrames, samples.size()) * width);
    std::size_t done = 0;
    while (done < samples.size()) {
        const std::size_t want = std::min(kBlockFrames, samples.size() - done);
        const sf_count_t got =
            sf_readf_float(handle, m_impl->block.data(), static_cast<sf_count_t>(want));
        if (got <= 0)
            break;
        const float* in = m_impl->block.data();
        for (sf_count_t frame = 0; frame < got; ++frame) {
            double sum = 0.0;
            for (std::size_t channel = 0; channel < width; ++channel)
                sum += static_cast<double>(*in++);
            samples[done++] = static_cast<float>(sum / channels);
        }
    }
    return done;
}

bool AudioReader::seek(std::int64_t sample) {
    return sf_seek(m_impl->file.handle.get(), sample, SEEK_SET) == sample;
}

bool AudioReader::broken() const {
    return sf_error(m_impl->file.handle.get()) != SF_ERR_NO_ERROR;
}

} // namespace viva
