// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/sound/sound_scan.h"

#include <algorithm>

namespace viva {

void SoundScan::run() {
    constexpr std::int64_t kBlock = 1 << 17;
    std::vector<float> block(kBlock);
    const std::int64_t count = m_source->sampleCount();
    for (std::int64_t at = 0; at < count && !m_stop; at += kBlock) {
        const std::span<float> part(block.data(),
                                    static_cast<std::size_t>(std::min(kBlock, count - at)));
        m_source->read(at, part);
        const std::lock_guard lock(m_mutex);
        m_pyramid.append(part);
    }
    if (m_stop)
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_pyramid.finish();
    }
    m_finished = true;
}

std::vector<WaveformColumn> SoundScan::columns(double first, double last, int count) const {
    const std::lock_guard lock(m_mutex);
    return m_pyramid.columns(first, last, count);
}

} // namespace viva
