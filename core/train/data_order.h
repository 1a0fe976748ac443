// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace viva {

/// Which examples a step takes: every epoch is a shuffle of its own that follows from seed and
/// epoch alone, so that the number of examples taken so far is the whole state.
class DataOrder {
public:
    /// @throws Error(InvalidArgument) for no examples.
    DataOrder(std::size_t examples, std::uint64_t seed);

    /// The next `count` examples after `consumed`; an epoch's end is crossed without a gap.
    [[nodiscard]] std::vector<std::size_t> indices(std::int64_t consumed, std::size_t count);
    /// How many times the data were gone through.
    [[nodiscard]] double epochsAt(std::int64_t consumed) const;

private:
    void shuffleFor(std::int64_t epoch);

    std::uint64_t m_seed;
    std::int64_t m_epoch = -1;
    std::vector<std::size_t> m_order; ///< of m_epoch
};

} // namespace viva
