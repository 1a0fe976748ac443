// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/data_order.h"

#include "core/base/error.h"
#include "core/base/rng.h"

#include <numeric>

namespace viva {

DataOrder::DataOrder(std::size_t examples, std::uint64_t seed) : m_seed(seed), m_order(examples) {
    if (examples == 0)
        throw Error(ErrorCode::InvalidArgument,
                    "there is no example to train on; choose another split, task or manifest");
}

void DataOrder::shuffleFor(std::int64_t epoch) {
    if (epoch == m_epoch)
        return;
    std::iota(m_order.begin(), m_order.end(), std::size_t{0});
    Rng rng = Rng(m_seed, "data").fork(static_cast<std::uint64_t>(epoch));
    rng.shuffle(m_order);
    m_epoch = epoch;
}

std::vector<std::size_t> DataOrder::indices(std::int64_t consumed, std::size_t count) {
    const auto size = static_cast<std::int64_t>(m_order.size());
    std::vector<std::size_t> result;
    result.reserve(count);
    for (auto next = consumed; result.size() < count; ++next) {
        shuffleFor(next / size);
        result.push_back(m_order[static_cast<std::size_t>(next % size)]);
    }
    return result;
}

double DataOrder::epochsAt(std::int64_t consumed) const {
    return static_cast<double>(consumed) / static_cast<double>(m_order.size());
}

} // namespace viva
