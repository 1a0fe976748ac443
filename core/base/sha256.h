// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace viva {

/// SHA-256 of bytes that arrive piece by piece.
/// @source FIPS 180-4, sections 4.1.2, 5.1.1, 5.3.3 and 6.2.2
class Sha256 {
public:
    Sha256();

    void update(std::string_view bytes);
    /// 64 lower-case hexadecimal digits; ends the calculation.
    [[nodiscard]] std::string finish();

private:
    void compress(const unsigned char* block);

    std::array<std::uint32_t, 8> m_state;
    std::array<unsigned char, 64> m_block{};
    std::size_t m_filled = 0;
    std::uint64_t m_bytes = 0;
};

[[nodiscard]] std::string sha256(std::string_view bytes);

/// Of a whole file, read in pieces. @throws Error(NotFound | Io) naming the file.
[[nodiscard]] std::string sha256OfFile(const std::filesystem::path& path);

} // namespace viva
