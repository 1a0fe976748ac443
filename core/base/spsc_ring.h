// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace viva {

/// A queue of plain values between one thread that writes and one that reads. Neither ever waits,
/// locks or allocates, so a sound callback may stand at either end.
template<typename T>
class SpscRing {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    explicit SpscRing(std::size_t capacity) : m_values(capacity + 1) {}

    /// All of `values` or, where there is no room, none.
    [[nodiscard]] bool write(std::span<const T> values) {
        const std::size_t end = m_end.load(std::memory_order_relaxed);
        const std::size_t begin = m_begin.load(std::memory_order_acquire);
        const std::size_t used = (end + m_values.size() - begin) % m_values.size();
        if (values.size() > m_values.size() - 1 - used)
            return false;
        const std::size_t straight = std::min(values.size(), m_values.size() - end);
        std::copy_n(values.data(), straight, m_values.data() + end);
        std::copy_n(values.data() + straight, values.size() - straight, m_values.data());
        m_end.store((end + values.size()) % m_values.size(), std::memory_order_release);
        return true;
    }

    /// @return how many were taken, at most out.size().
    [[nodiscard]] std::size_t read(std::span<T> out) {
        const std::size_t begin = m_begin.load(std::memory_order_relaxed);
        const std::size_t end = m_end.load(std::memory_order_acquire);
        const std::size_t used = (end + m_values.size() - begin) % m_values.size();
        const std::size_t count = std::min(used, out.size());
        const std::size_t straight = std::min(count, m_values.size() - begin);
        std::copy_n(m_values.data() + begin, straight, out.data());
        std::copy_n(m_values.data(), count - straight, out.data() + straight);
        m_begin.store((begin + count) % m_values.size(), std::memory_order_release);
        return count;
    }

private:
    std::vector<T> m_values; ///< one place stays free: full and empty differ
    std::atomic<std::size_t> m_begin{0};
    std::atomic<std::size_t> m_end{0};
};

} // namespace viva
