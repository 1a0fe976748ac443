// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/spsc_ring.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

namespace viva {
namespace {

TEST(SpscRing, TakesAllOrNothing) {
    SpscRing<int> ring(4);
    const std::array<int, 3> three{1, 2, 3};
    EXPECT_TRUE(ring.write(three));
    EXPECT_FALSE(ring.write(three));
    std::array<int, 8> out{};
    EXPECT_EQ(ring.read(out), 3u);
    EXPECT_EQ(ring.read(out), 0u);
    const std::array<int, 4> four{4, 5, 6, 7};
    EXPECT_TRUE(ring.write(four)) << "its whole capacity, round the end";
    EXPECT_EQ(ring.read(std::span(out).first(3)), 3u);
    EXPECT_EQ(out[0], 4);
    EXPECT_EQ(out[2], 6);
    EXPECT_EQ(ring.read(out), 1u);
    EXPECT_EQ(out[0], 7);
}

TEST(SpscRing, KeepsOrderBetweenTwoThreads) {
    SpscRing<std::uint32_t> ring(64);
    constexpr std::uint32_t kCount = 200000;
    std::jthread writer([&] {
        std::uint32_t next = 0;
        while (next < kCount) {
            std::array<std::uint32_t, 7> block{};
            for (std::uint32_t i = 0; i < block.size(); ++i)
                block[i] = next + i;
            const auto count = std::min<std::size_t>(block.size(), kCount - next);
            if (ring.write(std::span(block).first(count)))
                next += static_cast<std::uint32_t>(count);
            else
                std::this_thread::yield();
        }
    });
    std::uint32_t expected = 0;
    std::array<std::uint32_t, 5> out{};
    while (expected < kCount) {
        const std::size_t got = ring.read(out);
        for (std::size_t i = 0; i < got; ++i)
            ASSERT_EQ(out[i], expected++);
        if (got == 0)
            std::this_thread::yield();
    }
}

} // namespace
} // namespace viva
