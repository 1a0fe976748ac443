// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/sha256.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <vector>

namespace viva {
namespace {

__extension__ using Wide = unsigned __int128;

/// The first `bits` fractional bits of the n-th root of p, by integer search: root(p << shift).
/// FIPS 180-4 defines the constants so; computing them leaves no table to mistype.
std::uint32_t rootFraction(unsigned prime, int degree) {
    // Largest x with x^degree <= prime * 2^(32 * degree); its low 32 bits are the fraction.
    Wide low = 0;
    Wide high = static_cast<Wide>(1) << 37;
    const auto tooBig = [&](Wide x) {
        // Compared step by step so that nothing exceeds 128 bits.
        if (degree == 2)
            return x * x > static_cast<Wide>(prime) << 64;
        const Wide square = x * x;
        const Wide limit = static_cast<Wide>(prime) << 96;
        return square > limit / x;
    };
    while (high - low > 1) {
        const Wide middle = (low + high) / 2;
        (tooBig(middle) ? high : low) = middle;
    }
    return static_cast<std::uint32_t>(low);
}

struct Constants {
    std::array<std::uint32_t, 8> start{};
    std::array<std::uint32_t, 64> round{};
};

const Constants& constants() {
    static const Constants values = [] {
        Constants made;
        std::size_t count = 0;
        for (unsigned candidate = 2; count < made.round.size(); ++candidate) {
            bool prime = true;
            for (unsigned divisor = 2; divisor * divisor <= candidate; ++divisor)
                prime = prime && candidate % divisor != 0;
            if (!prime)
                continue;
            if (count < made.start.size())
                made.start[count] = rootFraction(candidate, 2);
            made.round[count++] = rootFraction(candidate, 3);
        }
        return made;
    }();
    return values;
}

} // namespace

Sha256::Sha256() : m_state(constants().start) {}

void Sha256::compress(const unsigned char* block) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t t = 0; t < 16; ++t)
        w[t] = std::uint32_t{block[4 * t]} << 24 | std::uint32_t{block[4 * t + 1]} << 16 |
               std::uint32_t{block[4 * t + 2]} << 8 | std::uint32_t{block[4 * t + 3]};
    for (std::size_t t = 16; t < 64; ++t) {
        const std::uint32_t s0 =
            std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
        const std::uint32_t s1 =
            std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
        w[t] = s1 + w[t - 7] + s0 + w[t - 16];
    }
    auto [a, b, c, d, e, f, g, h] = m_state;
    for (std::size_t t = 0; t < 64; ++t) {
        const std::uint32_t sum1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t choice = (e & f) ^ (~e & g);
        const std::uint32_t t1 = h + sum1 + choice + constants().round[t] + w[t];
        const std::uint32_t sum0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + sum0 + majority;
    }
    const std::array<std::uint32_t, 8> worked{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < worked.size(); ++i)
        m_state[i] += worked[i];
}

void Sha256::update(std::string_view bytes) {
    m_bytes += bytes.size();
    while (!bytes.empty()) {
        const std::size_t take = std::min(bytes.size(), m_block.size() - m_filled);
        std::copy_n(bytes.begin(), take, m_block.begin() + static_cast<std::ptrdiff_t>(m_filled));
        m_filled += take;
        bytes.remove_prefix(take);
        if (m_filled == m_block.size()) {
            compress(m_block.data());
            m_filled = 0;
        }
    }
}

std::string Sha256::finish() {
    const std::uint64_t bits = m_bytes * 8;
    update(std::string_view("\x80", 1));
    while (m_filled != 56)
        update(std::string_view("\0", 1));
    std::string length(8, '\0');
    for (int i = 0; i < 8; ++i)
        length[static_cast<std::size_t>(i)] = static_cast<char>(bits >> (56 - 8 * i));
    update(length);
    std::string text;
    for (const std::uint32_t word : m_state)
        text += fmt::format("{:08x}", word);
    return text;
}

std::string sha256(std::string_view bytes) {
    Sha256 hash;
    hash.update(bytes);
    return hash.finish();
}

std::string sha256OfFile(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored))
        throw Error(ErrorCode::NotFound, fmt::format("{}: there is no such file", path.string()));
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path, ignored))
        throw Error(
            ErrorCode::Io,
            fmt::format("{}: cannot be read as a file; check its permissions", path.string()));
    Sha256 hash;
    std::vector<char> buffer(std::size_t{1} << 16);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        hash.update(std::string_view(buffer.data(), static_cast<std::size_t>(file.gcount())));
    }
    if (file.bad())
        throw Error(ErrorCode::Io, fmt::format("{}: reading stopped half-way", path.string()));
    return hash.finish();
}

} // namespace viva
