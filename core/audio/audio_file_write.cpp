// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace viva {
namespace {

/// A file in memory that libsndfile writes into, so that the disk sees only the finished one.
struct MemoryFile {
    std::string bytes;
    std::size_t at = 0;

    static sf_count_t length(void* self) {
        return static_cast<sf_count_t>(static_cast<MemoryFile*>(self)->bytes.size());
    }
    static sf_count_t seek(sf_count_t offset, int whence, void* self) {
        auto& file = *static_cast<MemoryFile*>(self);
        const auto base = whence == SEEK_SET   ? sf_count_t{0}
                          : whence == SEEK_CUR ? static_cast<sf_count_t>(file.at)
                                               : static_cast<sf_count_t>(file.bytes.size());
        file.at = static_cast<std::size_t>(std::max<sf_count_t>(0, base + offset));
        return static_cast<sf_count_t>(file.at);
    }
    static sf_count_t read(void* out, sf_count_t count, void* self) {
        auto& file = *static_cast<MemoryFile*>(self);
        const std::size_t left = file.bytes.size() - std::min(file.at, file.bytes.size());
        const std::size_t got = std::min(left, static_cast<std::size_t>(count));
        std::memcpy(out, file.bytes.data() + file.at, got);
        file.at += got;
        return static_cast<sf_count_t>(got);
    }
    static sf_count_t write(const void* in, sf_count_t count, void* self) {
        auto& file = *static_cast<MemoryFile*>(self);
        const auto size = static_cast<std::size_t>(count);
        if (file.bytes.size() < file.at + size)
            file.bytes.resize(file.at + size);
        std::memcpy(file.bytes.data() + file.at, in, size);
        file.at += size;
        return count;
    }
    static sf_count_t tell(void* self) {
        return static_cast<sf_count_t>(static_cast<MemoryFile*>(self)->at);
    }
};

int formatOf(AudioEncoding encoding) {
    switch (encoding) {
    case AudioEncoding::Wav16:
        return SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    case AudioEncoding::WavFloat:
        return SF_FORMAT_WAV | SF_FORMAT_FLOAT;
    case AudioEncoding::Flac16:
        return SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
    case AudioEncoding::Opus:
        return SF_FORMAT_OGG | SF_FORMAT_OPUS;
    }
    return 0;
}

void checkBuffer(const std::filesystem::path& path, const AudioBuffer& buffer,
                 AudioEncoding encoding, const AudioWriteOptions& options) {
    const auto refuse = [&](const std::string& what) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("writeAudioFile: {}: {}", path.string(), what));
    };
    if (buffer.samples.empty())
        refuse("there are no samples to write");
    if (!std::all_of(buffer.samples.begin(), buffer.samples.end(),
                     [](float value) { return std::isfinite(value); }))
        refuse("a sample is not a finite number");
    const int rate = buffer.sampleRateHz;
    if (rate < 1000 || rate > (encoding == AudioEncoding::Flac16 ? 655350 : 768000))
        refuse(fmt::format("{} Hz is not a rate this encoding has; resample first", rate));
    if (encoding != AudioEncoding::Opus)
        return;
    constexpr int kOpusRates[] = {8000, 12000, 16000, 24000, 48000};
    if (std::find(std::begin(kOpusRates), std::end(kOpusRates), rate) == std::end(kOpusRates))
        refuse(fmt::format("Opus stores 8, 12, 16, 24 or 48 kHz, not {} Hz; resample first", rate));
    if (options.opusBitsPerSec < 6000 || options.opusBitsPerSec > 256000)
        refuse(
            fmt::format("{} bits per second is not from 6000 to 256000", options.opusBitsPerSec));
}

/// 16-bit values are written by us: libsndfile's own scaling by 32767 would not come back exactly.
std::vector<short> toSixteenBits(const std::vector<float>& samples) {
    std::vector<short> values(samples.size());
    std::transform(samples.begin(), samples.end(), values.begin(), [](float sample) {
        return static_cast<short>(
            std::clamp(std::nearbyint(sample * 32768.0F), -32768.0F, 32767.0F));
    });
    return values;
}

std::string encode(const AudioBuffer& buffer, AudioEncoding encoding,
                   const AudioWriteOptions& options) {
    MemoryFile memory;
    SF_VIRTUAL_IO io{MemoryFile::length, MemoryFile::seek, MemoryFile::read, MemoryFile::write,
                     MemoryFile::tell};
    SF_INFO info{};
    info.samplerate = buffer.sampleRateHz;
    info.channels = 1;
    info.format = formatOf(encoding);
    SNDFILE* file = sf_open_virtual(&io, SFM_WRITE, &info, &memory);
    if (file == nullptr)
        throw Error(ErrorCode::Audio, fmt::format("this build of libsndfile cannot write {}: {}",
                                                  encoding == AudioEncoding::Opus ? "Opus" : "it",
                                                  sf_strerror(nullptr)));
    // A peak chunk carries the time of day: the same sound would give other bytes.
    sf_command(file, SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    const auto count = static_cast<sf_count_t>(buffer.samples.size());
    sf_count_t written = 0;
    if (encoding == AudioEncoding::Wav16 || encoding == AudioEncoding::Flac16) {
        const std::vector<short> values = toSixteenBits(buffer.samples);
        written = sf_writef_short(file, values.data(), count);
    } else {
        if (encoding == AudioEncoding::Opus) {
            // libsndfile maps a level of 0 to 256 kbit/s and one of 1 to 6 kbit/s.
            double level = 1.0 - (options.opusBitsPerSec - 6000) / 250000.0;
            sf_command(file, SFC_SET_COMPRESSION_LEVEL, &level, sizeof(level));
        }
        written = sf_writef_float(file, buffer.samples.data(), count);
    }
    const std::string reason = sf_strerror(file);
    const int closed = sf_close(file);
    if (written != count || closed != 0)
        throw Error(ErrorCode::Audio, fmt::format("encoding stopped after {} of {} samples: {}",
                                                  written, count, reason));
    return std::move(memory.bytes);
}

} // namespace

void writeAudioFile(const std::filesystem::path& path, const AudioBuffer& buffer,
                    AudioEncoding encoding, const AudioWriteOptions& options) {
    checkBuffer(path, buffer, encoding, options);
    writeFileAtomically(path, encode(buffer, encoding, options));
}

} // namespace viva
