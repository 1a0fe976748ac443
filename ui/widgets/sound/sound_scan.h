// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/sound_source.h"
#include "core/features/waveform_pyramid.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

namespace viva {

/// Builds the waveform of a clip on a thread of somebody's while the window draws what is there.
class SoundScan {
public:
    explicit SoundScan(std::shared_ptr<const SoundSource> source) : m_source(std::move(source)) {}

    void run(); ///< blocks until all is read or stop(); once
    void stop() { m_stop = true; }
    [[nodiscard]] bool finished() const { return m_finished; }
    /// As WaveformPyramid; waits at most for a block of sound to be added.
    [[nodiscard]] std::vector<WaveformColumn> columns(double first, double last, int count) const;

private:
    std::shared_ptr<const SoundSource> m_source;
    std::atomic<bool> m_stop{false};
    std::atomic<bool> m_finished{false};
    mutable std::mutex m_mutex;
    WaveformPyramid m_pyramid;
};

} // namespace viva
