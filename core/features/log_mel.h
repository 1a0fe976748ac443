// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace viva {

/// The front end's sizes; the defaults are those of Granite Speech.
struct FeatureParams {
    int sampleRateHz = 16000; ///< filters reach from 0 to half of it
    int fftSize = 512;        ///< samples, even
    int windowSamples = 400;  ///< Hann window, centred in fftSize
    int hopSamples = 160;     ///< from one mel frame to the next
    int melBins = 80;
};

/// What the encoder takes: [frames, width] row-major, float32.
struct Features {
    std::vector<float> values;
    int frames = 0;
    int width = 0;
};

/// Log-mel features of mono sound, as the model was trained on.
///
/// Reflect padding of fftSize / 2 on both sides, Hann window, power spectrum |X|^2, triangular HTK
/// filters, log10 with a floor of 1e-10. With m the largest value of the whole clip:
///     x = max(x, m - 8) / 4 + 1
/// Silence is exactly -1.5. m is taken before an odd last mel frame is dropped. All float32; the
/// result does not depend on threads or runs. compute() may be called from several threads at once.
/// @source torchaudio MelSpectrogram and GraniteSpeechFeatureExtractor of transformers.
class LogMel {
public:
    /// @throws Error(InvalidArgument) naming the parameter that makes no sense.
    explicit LogMel(FeatureParams params = {});
    ~LogMel();
    LogMel(LogMel&&) noexcept;
    LogMel& operator=(LogMel&&) noexcept;
    LogMel(const LogMel&) = delete;
    LogMel& operator=(const LogMel&) = delete;

    [[nodiscard]] const FeatureParams& params() const noexcept;
    /// The shortest clip: more than fftSize / 2 (257 samples by default), and two mel frames.
    [[nodiscard]] std::size_t minSamples() const noexcept;
    /// 1 + samples / hop. An encoder frame is two of them.
    [[nodiscard]] std::size_t melFrames(std::size_t samples) const noexcept;

    /// Stacked features [melFrames / 2, 2 * melBins]: the earlier mel frame first in each row.
    /// @throws Error(InvalidArgument) for a clip under minSamples(), or samples that are not finite
    /// or too large to square.
    [[nodiscard]] Features compute(std::span<const float> samples) const;

    /// The same before stacking, odd last frame included: [melFrames, melBins], for pictures.
    /// @throws Error(InvalidArgument) as compute().
    [[nodiscard]] Features computeMelFrames(std::span<const float> samples) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
