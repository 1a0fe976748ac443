// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace viva {

/// Gives every page of an Ogg stream with one logical stream this serial number and a new checksum.
/// Encoders draw the number at random; with a fixed one the same sound gives the same bytes.
/// @throws Error(Format) naming `origin` when the bytes are no whole Ogg pages.
/// @source RFC 3533, section 6 (page layout, CRC with polynomial 0x04c11db7)
void setOggSerial(std::string& bytes, std::uint32_t serial, std::string_view origin);

/// The same in a file, which is replaced as a whole. @throws also as readFile.
void setOggSerial(const std::filesystem::path& path, std::uint32_t serial);

} // namespace viva
