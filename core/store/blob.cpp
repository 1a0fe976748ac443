// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/blob.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace viva {
namespace {

void append(Blob& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint32_t take(const Blob& blob, std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < bytes; ++i)
        value |= static_cast<std::uint32_t>(blob[at + static_cast<std::size_t>(i)]) << (8 * i);
    return value;
}

[[noreturn]] void failShape(const char* what, std::size_t size) {
    throw Error(
        ErrorCode::Database,
        fmt::format("an answer's {} of {} bytes is cut off; the project file is damaged, put "
                    "back a copy of it",
                    what, size));
}

void requireWords(const Blob& blob, const char* what) {
    if (blob.size() % 4 != 0)
        failShape(what, blob.size());
}

} // namespace

Blob packFloats(std::span<const float> values) {
    Blob out;
    out.reserve(values.size() * 4);
    for (const float value : values)
        append(out, std::bit_cast<std::uint32_t>(value), 4);
    return out;
}

Blob packIds(std::span<const std::int64_t> values) {
    Blob out;
    out.reserve(values.size() * 4);
    for (const std::int64_t value : values) {
        if (value < std::numeric_limits<std::int32_t>::min() ||
            value > std::numeric_limits<std::int32_t>::max())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("packIds: token id {} is beyond 32 bits", value));
        append(out, static_cast<std::uint32_t>(static_cast<std::int32_t>(value)), 4);
    }
    return out;
}

Blob packTexts(std::span<const std::string> values) {
    Blob out;
    for (const std::string& value : values) {
        const auto size = std::min<std::size_t>(value.size(), 0xffff);
        append(out, static_cast<std::uint32_t>(size), 2);
        out.insert(out.end(), value.begin(), value.begin() + static_cast<std::ptrdiff_t>(size));
    }
    return out;
}

std::vector<float> unpackFloats(const Blob& blob) {
    requireWords(blob, "list of log-probs");
    std::vector<float> out;
    out.reserve(blob.size() / 4);
    for (std::size_t at = 0; at < blob.size(); at += 4)
        out.push_back(std::bit_cast<float>(take(blob, at, 4)));
    return out;
}

std::vector<std::int64_t> unpackIds(const Blob& blob) {
    requireWords(blob, "list of token ids");
    std::vector<std::int64_t> out;
    out.reserve(blob.size() / 4);
    for (std::size_t at = 0; at < blob.size(); at += 4)
        out.push_back(static_cast<std::int32_t>(take(blob, at, 4)));
    return out;
}

std::vector<std::string> unpackTexts(const Blob& blob) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < blob.size();) {
        if (blob.size() - at < 2)
            failShape("list of token texts", blob.size());
        const std::size_t size = take(blob, at, 2);
        at += 2;
        if (blob.size() - at < size)
            failShape("list of token texts", blob.size());
        const auto begin = blob.begin() + static_cast<std::ptrdiff_t>(at);
        out.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
    return out;
}

} // namespace viva
