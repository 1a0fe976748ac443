// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file.h"

#include "core/audio/audio_file_check.h"
#include "core/audio/resampler.h"
#include "core/base/error.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sndfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr int kMinRateHz = 1000;
constexpr int kMaxRateHz = 768000;
constexpr int kMaxChannels = 32;
constexpr std::int64_t kBlockFrames = 16384;

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
    OpenFile file;
    file.handle.reset(sf_open(path.c_str(), SFM_READ, &file.info));
    if (!file.handle) {
        const int reason = sf_error(nullptr);
        if (reason == SF_ERR_UNRECOGNISED_FORMAT || reason == SF_ERR_UNSUPPORTED_ENCODING)
            fail(ErrorCode::Format, path,
                 "is not a sound file of a known kind; convert it to WAV, FLAC, Ogg Vorbis, Opus, "
                 "MP3 or AIFF");
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
    if (const std::string cut = describeTruncation(path); !cut.empty())
        fail(ErrorCode::Format, path, fmt::format("is cut short: it {}; copy it again", cut));
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

/// Appends the mean over the channels.
void mixDown(const std::vector<float>& block, std::int64_t frames, int channels,
             std::vector<float>& out) {
    for (std::int64_t frame = 0; frame < frames; ++frame) {
        double sum = 0.0;
        for (int channel = 0; channel < channels; ++channel)
            sum += static_cast<double>(block[static_cast<std::size_t>(frame * channels + channel)]);
        out.push_back(static_cast<float>(sum / channels));
    }
}

void checkLength(const fs::path& path, std::int64_t frames, int rateHz, double maxSec) {
    const double sec = static_cast<double>(frames) / rateHz;
    if (sec > maxSec)
        fail(ErrorCode::InvalidArgument, path,
             fmt::format("is {:.1f} s long; at most {:.1f} s are read, cut it first", sec, maxSec));
}

[[noreturn]] void failCut(const fs::path& path, std::int64_t got, std::int64_t wanted, int rateHz) {
    fail(ErrorCode::Format, path,
         fmt::format("is cut short or damaged: {} of {} samples could be decoded ({:.2f} s); "
                     "copy it again",
                     got, wanted, static_cast<double>(got) / rateHz));
}

/// `before` samples come before these in the file.
void checkFinite(const fs::path& path, const std::vector<float>& samples, std::int64_t before,
                 int rateHz) {
    const auto odd = std::find_if_not(samples.begin(), samples.end(),
                                      [](float value) { return std::isfinite(value); });
    if (odd != samples.end())
        fail(ErrorCode::Format, path,
             fmt::format("holds a value that is not a finite number at {:.4f} s; export it again",
                         static_cast<double>(before + (odd - samples.begin())) / rateHz));
}

/// Appends up to `frames` mixed samples from where the file is; fewer where decoding ends.
void decode(const OpenFile& file, std::int64_t frames, std::vector<float>& block,
            std::vector<float>& out) {
    block.resize(static_cast<std::size_t>(kBlockFrames * file.info.channels));
    while (frames > 0) {
        const sf_count_t got =
            sf_readf_float(file.handle.get(), block.data(), std::min(frames, kBlockFrames));
        if (got <= 0)
            return;
        mixDown(block, got, file.info.channels, out);
        frames -= got;
    }
}

} // namespace

AudioFileInfo probeAudioFile(const fs::path& path) {
    return describe(openAudioFile(path).info);
}

AudioBuffer readAudioFile(const fs::path& path, const AudioReadOptions& options) {
    const OpenFile file = openAudioFile(path);
    const SF_INFO& info = file.info;
    checkLength(path, info.frames, info.samplerate, options.maxDurationSec);
    AudioBuffer buffer{{}, info.samplerate};
    // A header may promise more than the file holds: memory follows what is really decoded.
    buffer.samples.reserve(static_cast<std::size_t>(std::min<std::int64_t>(info.frames, 1 << 22)));
    std::vector<float> block(static_cast<std::size_t>(kBlockFrames * info.channels));
    while (true) {
        const sf_count_t got = sf_readf_float(file.handle.get(), block.data(), kBlockFrames);
        if (got <= 0)
            break;
        mixDown(block, got, info.channels, buffer.samples);
        checkLength(path, static_cast<std::int64_t>(buffer.samples.size()), info.samplerate,
                    options.maxDurationSec);
    }
    const auto frames = static_cast<std::int64_t>(buffer.samples.size());
    if (sf_error(file.handle.get()) != SF_ERR_NO_ERROR || frames < info.frames)
        failCut(path, frames, info.frames, info.samplerate);
    checkFinite(path, buffer.samples, 0, info.samplerate);
    return buffer;
}

AudioBuffer readAudioRange(const fs::path& path, double startSec, double lengthSec) {
    const OpenFile file = openAudioFile(path);
    const SF_INFO& info = file.info;
    const double total = static_cast<double>(info.frames) / info.samplerate;
    const auto begin = std::llround(startSec * info.samplerate);
    const auto frames =
        std::min<std::int64_t>(std::llround(lengthSec * info.samplerate), info.frames - begin);
    if (!(startSec >= 0) || !(lengthSec > 0) || frames <= 0)
        fail(ErrorCode::InvalidArgument, path,
             fmt::format("lasts {:.2f} s; {:.2f} s from {:.2f} s do not lie in it", total,
                         lengthSec, startSec));
    checkLength(path, frames, info.samplerate, AudioReadOptions{}.maxDurationSec);
    if (sf_seek(file.handle.get(), begin, SEEK_SET) != begin)
        failCut(path, 0, frames, info.samplerate);
    AudioBuffer buffer{{}, info.samplerate};
    buffer.samples.reserve(static_cast<std::size_t>(std::min<std::int64_t>(frames, 1 << 22)));
    std::vector<float> block;
    decode(file, frames, block, buffer.samples);
    const auto got = static_cast<std::int64_t>(buffer.samples.size());
    if (got < frames)
        failCut(path, got, frames, info.samplerate);
    checkFinite(path, buffer.samples, begin, info.samplerate);
    return buffer;
}

void verifyAudioFile(const fs::path& path) {
    const OpenFile file = openAudioFile(path);
    std::vector<float> block;
    std::vector<float> piece;
    std::int64_t done = 0;
    while (done < file.info.frames) {
        piece.clear();
        decode(file, kBlockFrames, block, piece);
        if (piece.empty())
            failCut(path, done, file.info.frames, file.info.samplerate);
        checkFinite(path, piece, done, file.info.samplerate);
        done += static_cast<std::int64_t>(piece.size());
    }
}

AudioBuffer readAudioForModel(const fs::path& path, int rateHz, const AudioReadOptions& options) {
    return resample(readAudioFile(path, options), rateHz);
}

} // namespace viva
