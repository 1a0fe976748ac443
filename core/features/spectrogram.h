// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

namespace viva {

/// Spectra of short pieces of sound, for pictures. Hann window of about 30 ms; columns are in dB of
/// a full-scale sine. column() may be called from several threads at once.
class Spectrogram {
public:
    static constexpr float kFloorDb = -120.0F;
    static constexpr double kTopHz = 8000.0; ///< what the model hears ends here

    /// `rows` values a column, evenly from 0 Hz to topHz(); each is the largest of the bins it
    /// covers. @throws Error(InvalidArgument) for a rate under 1 kHz or rows under 1.
    Spectrogram(int sampleRateHz, int rows);
    ~Spectrogram();
    Spectrogram(const Spectrogram&) = delete;
    Spectrogram& operator=(const Spectrogram&) = delete;

    [[nodiscard]] int windowSamples() const;
    [[nodiscard]] int rows() const;
    [[nodiscard]] double topHz() const; ///< kTopHz, or half the rate where that is less

    /// @param window windowSamples() samples
    /// @param decibels rows() values, low frequencies first; each is raised to what is found, so
    /// that several windows can share a column. Begin with kFloorDb.
    void column(std::span<const float> window, std::span<float> decibels) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
