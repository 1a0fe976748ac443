// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace viva {
namespace {

std::uint64_t splitmix(std::uint64_t& x) {
    x += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = x;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325ull;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
    return hash;
}

} // namespace

Rng::Rng(std::uint64_t seed, std::string_view stream) {
    std::uint64_t x = seed ^ (stream.empty() ? 0 : fnv1a(stream));
    for (std::uint64_t& word : m_state)
        word = splitmix(x);
}

std::uint64_t Rng::next() {
    const std::uint64_t result = std::rotl(m_state[1] * 5, 7) * 9;
    const std::uint64_t t = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= t;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
}

double Rng::uniform() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double Rng::uniform(double low, double high) {
    return low + (high - low) * uniform();
}

std::uint64_t Rng::below(std::uint64_t count) {
    const std::uint64_t limit = -count % count;
    while (true) {
        const std::uint64_t value = next();
        if (value >= limit)
            return value % count;
    }
}

double Rng::normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

Rng Rng::fork(std::uint64_t number) const {
    Rng child(0);
    std::uint64_t x = m_state[0] ^ std::rotl(m_state[2], 17) ^ (number * 0xD1342543DE82EF95ull);
    for (std::uint64_t& word : child.m_state)
        word = splitmix(x);
    return child;
}

} // namespace viva
