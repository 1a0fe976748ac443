// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/rng.h"
#include "tests/support/audio_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

namespace viva {
namespace {

class AudioFileBadInput : public TempFolderTest {
protected:
    /// Reads, expects a refusal and returns its sentence.
    static std::string refusal(const std::filesystem::path& path, ErrorCode expected,
                               const AudioReadOptions& options = {}) {
        try {
            const AudioBuffer buffer = readAudioFile(path, options);
            ADD_FAILURE() << path << " was read: " << buffer.samples.size() << " samples";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), expected) << error.what();
            EXPECT_THAT(error.what(), testing::HasSubstr(path.filename().string()));
            return error.what();
        }
        return {};
    }

    std::filesystem::path sound(AudioEncoding encoding, std::size_t count = 16000) const {
        Rng rng(1, "bad input");
        AudioBuffer buffer{std::vector<float>(count), 16000};
        for (float& sample : buffer.samples)
            sample = 0.2F * static_cast<float>(rng.normal());
        writeAudioFile(folder / "whole", buffer, encoding);
        return folder / "whole";
    }

    void patch(const std::filesystem::path& path, std::size_t at, std::uint32_t value) const {
        std::string bytes = readFile(path);
        std::memcpy(bytes.data() + at, &value, sizeof(value));
        write(path.filename(), bytes);
    }
};

TEST_F(AudioFileBadInput, MissingFolderAndEmpty) {
    refusal(folder / "none.wav", ErrorCode::NotFound);
    refusal(folder, ErrorCode::Io);
    EXPECT_THAT(refusal(write("empty.wav", ""), ErrorCode::Format), testing::HasSubstr("empty"));
    refusal("/dev/null", ErrorCode::Io);
}

TEST_F(AudioFileBadInput, UnknownKindsSayWhatIsRead) {
    Rng rng(4, "junk");
    std::string junk(5000, '\0');
    for (char& c : junk)
        c = static_cast<char>(rng.next());
    EXPECT_THAT(refusal(write("junk.bin", junk), ErrorCode::Format), testing::HasSubstr("FLAC"));
    refusal(write("text.wav", "this is no sound, only a sentence in a file"), ErrorCode::Format);
    refusal(write("zeros.wav", std::string(4096, '\0')), ErrorCode::Format);
    EXPECT_THROW((void)probeAudioFile(folder / "junk.bin"), Error);
}

TEST_F(AudioFileBadInput, TruncatedFilesOfEveryKindAreNoticed) {
    for (const AudioEncoding encoding : {AudioEncoding::Wav16, AudioEncoding::WavFloat,
                                         AudioEncoding::Flac16, AudioEncoding::Opus}) {
        const std::string whole = readFile(sound(encoding));
        for (const double share : {0.02, 0.3, 0.6, 0.97}) {
            const auto cut = static_cast<std::size_t>(share * static_cast<double>(whole.size()));
            refusal(write("cut.snd", whole.substr(0, cut)), ErrorCode::Format);
        }
        refusal(write("cut.snd", whole.substr(0, whole.size() - 1)), ErrorCode::Format);
        refusal(write("cut.snd", whole.substr(0, 20)), ErrorCode::Format);
    }
}

TEST_F(AudioFileBadInput, ALookAtTheHeaderFindsACutFlac) {
    const std::string whole = readFile(sound(AudioEncoding::Flac16));
    EXPECT_EQ(probeAudioFile(folder / "whole").frames, 16000);
    for (const double share : {0.5, 0.97})
        EXPECT_THROW(
            (void)probeAudioFile(
                write("cut.flac", whole.substr(0, static_cast<std::size_t>(
                                                      share * static_cast<double>(whole.size()))))),
            Error);
}

TEST_F(AudioFileBadInput, AnMp3ThatSaysItsLengthIsFoundCut) {
    // A frame of MPEG 1 layer III at 48 kHz whose tag promises 100000 bytes.
    std::string bytes(20000, '\0');
    bytes.replace(0, 4, "\xFF\xFB\x94\xC0");
    bytes.replace(21, 16, std::string("Info\0\0\0\3\0\0\0\x50\0\1\x86\xA0", 16));
    EXPECT_THAT(refusal(write("cut.mp3", bytes), ErrorCode::Format),
                testing::HasSubstr("20000 of 100000 bytes"));
    EXPECT_THAT(refusal(write("tagged.mp3",
                              std::string("ID3\4\0\0\0\0\1\0", 10) + std::string(128, 'x') + bytes),
                        ErrorCode::Format),
                testing::HasSubstr("20000 of 100000 bytes"));
}

TEST_F(AudioFileBadInput, StreamsOfUnknownLengthAreRead) {
    const auto path = sound(AudioEncoding::Wav16);
    patch(path, 40, 0xFFFFFFFFU);
    EXPECT_EQ(readAudioFile(path).samples.size(), 16000u);
}

TEST_F(AudioFileBadInput, NoSamplesAbsurdRatesAndTooManyChannels) {
    const auto path = sound(AudioEncoding::Wav16);
    const std::string whole = readFile(path);
    const auto patched = [&](std::size_t at, std::uint32_t value) {
        write("whole", whole);
        patch(path, at, value);
        return path;
    };
    EXPECT_THAT(refusal(patched(24, 999), ErrorCode::Format), testing::HasSubstr("999 Hz"));
    EXPECT_THAT(refusal(patched(24, 4000000), ErrorCode::Format), testing::HasSubstr("4000000"));
    EXPECT_THAT(refusal(patched(24, 0), ErrorCode::Format), testing::HasSubstr("0 Hz"));
    refusal(patched(24, 0x80000000U), ErrorCode::Format);
    refusal(patched(22, 33U | (16000U << 16)), ErrorCode::Format);
    refusal(patched(22, 16000U << 16), ErrorCode::Format);

    std::string none = whole.substr(0, 44);
    none[40] = none[41] = none[42] = none[43] = '\0';
    EXPECT_THAT(refusal(write("none.wav", none), ErrorCode::Format),
                testing::HasSubstr("no samples"));
}

TEST_F(AudioFileBadInput, TooLongFilesAreRefusedByTheirHeader) {
    const auto path = sound(AudioEncoding::Flac16, 32000);
    const std::string text = refusal(path, ErrorCode::InvalidArgument, {1.5});
    EXPECT_THAT(text, testing::HasSubstr("2.0 s"));
    EXPECT_THAT(text, testing::HasSubstr("1.5 s"));
    EXPECT_EQ(readAudioFile(path, {2.0}).samples.size(), 32000u);
}

TEST_F(AudioFileBadInput, HeadersThatPromiseTooMuchCostNothing) {
    const auto path = sound(AudioEncoding::Wav16);
    patch(path, 40, 0x7FFE0000U);
    refusal(path, ErrorCode::Format);
}

TEST_F(AudioFileBadInput, ValuesThatAreNotNumbersAreRefused) {
    const auto path = sound(AudioEncoding::WavFloat);
    const std::string whole = readFile(path);
    const std::size_t data = whole.find("data") + 8;
    for (const float bad : {NAN, INFINITY}) {
        std::string bytes = whole;
        std::memcpy(bytes.data() + data + 4 * 8000, &bad, sizeof(bad));
        EXPECT_THAT(refusal(write("odd.wav", bytes), ErrorCode::Format),
                    testing::HasSubstr("0.5000 s"));
    }
}

TEST_F(AudioFileBadInput, FlippedBytesNeverCrash) {
    Rng rng(9, "flips");
    for (const AudioEncoding encoding : {AudioEncoding::Wav16, AudioEncoding::WavFloat,
                                         AudioEncoding::Flac16, AudioEncoding::Opus}) {
        const std::string whole = readFile(sound(encoding, 4000));
        for (int round = 0; round < 150; ++round) {
            std::string bytes = whole;
            for (int flip = 0; flip < 4; ++flip)
                bytes[rng.below(round % 2 == 0 ? 100 : bytes.size())] =
                    static_cast<char>(rng.next());
            try {
                const AudioBuffer buffer = readAudioFile(write("flip", bytes), {60.0});
                EXPECT_FALSE(buffer.samples.empty());
            } catch (const Error& error) {
                EXPECT_NE(error.code(), ErrorCode::Internal) << error.what();
            }
        }
    }
}

} // namespace
} // namespace viva
