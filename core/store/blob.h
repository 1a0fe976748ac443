// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace viva {

using Blob = std::vector<std::uint8_t>;

/// Per-token values as they lie in the answer table, little-endian: float32 one after the other.
[[nodiscard]] Blob packFloats(std::span<const float> values);
/// Token ids as int32 one after the other. @throws Error(InvalidArgument) beyond int32.
[[nodiscard]] Blob packIds(std::span<const std::int64_t> values);
/// Texts of any bytes: a uint16 length and the bytes, one after the other; longer ones are cut.
[[nodiscard]] Blob packTexts(std::span<const std::string> values);

/// The inverses. @throws Error(Database) when a blob does not end where it should.
[[nodiscard]] std::vector<float> unpackFloats(const Blob& blob);
[[nodiscard]] std::vector<std::int64_t> unpackIds(const Blob& blob);
[[nodiscard]] std::vector<std::string> unpackTexts(const Blob& blob);

} // namespace viva
