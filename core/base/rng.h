// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace viva {

/// A seeded random stream: xoshiro256** seeded by splitmix64 (Blackman and Vigna, public domain
/// algorithms). The same on every platform, and its state is four words, so that runs resume bit
/// for bit.
///
/// Streams are kept apart by name: Rng(seed, "rollout") and Rng(seed, "data") share nothing.
class Rng {
public:
    using State = std::array<std::uint64_t, 4>;

    explicit Rng(std::uint64_t seed, std::string_view stream = {});

    [[nodiscard]] std::uint64_t next();
    /// Uniform in [0, 1) with 53 bits.
    [[nodiscard]] double uniform();
    /// Uniform in [low, high).
    [[nodiscard]] double uniform(double low, double high);
    /// Uniform integer in [0, count); count > 0. No modulo bias.
    [[nodiscard]] std::uint64_t below(std::uint64_t count);
    /// Standard normal (Box-Muller, one value a call, stateless).
    [[nodiscard]] double normal();

    /// Fisher-Yates, deterministic over platforms (std::shuffle is not).
    template<typename Container>
    void shuffle(Container& values) {
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1], values[below(i)]);
    }

    /// A stream derived from this one's seed words and a number; does not advance this stream.
    [[nodiscard]] Rng fork(std::uint64_t number) const;

    [[nodiscard]] const State& state() const { return m_state; }
    void setState(const State& state) { m_state = state; }

private:
    State m_state{};
};

} // namespace viva
