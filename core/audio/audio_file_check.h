// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace viva {

inline constexpr std::string_view kUnknownSoundKind =
    "is not a sound file of a known kind; convert it to WAV, FLAC, Ogg Vorbis, Opus, MP3 or AIFF";

/// What libsndfile does not tell: how a RIFF, Ogg or MP3 file is damaged ("is cut short: it holds
/// 100 of 200 bytes of sound; copy it again"), or nothing when it looks whole. Looks at headers
/// alone; files of unknown length (streams) look whole.
[[nodiscard]] std::string describeDamage(const std::filesystem::path& path);

/// Whether an ID3 tag or the header of an MPEG audio frame stands near the start.
[[nodiscard]] bool hasMpegFrame(const std::filesystem::path& path);

} // namespace viva
