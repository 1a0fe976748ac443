// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// Values that a model's weights hold, by part; BatchNorm's running statistics are counted, its
/// step counters are not.
struct ParameterCount {
    std::int64_t encoder = 0;
    std::int64_t projector = 0;
    std::int64_t decoder = 0; ///< embedding, layers, norm, head when it is not tied

    [[nodiscard]] std::int64_t total() const { return encoder + projector + decoder; }
};

/// Counts what a configuration describes, without any weights.
[[nodiscard]] ParameterCount countParameters(const SpeechModelConfig& config);

/// Values of a whole decoder, the head counted when it is not tied.
[[nodiscard]] std::int64_t decoderParameters(const TextConfig& text);

/// Values of one decoder layer.
[[nodiscard]] std::int64_t decoderLayerParameters(const TextConfig& text);

/// Values of a LoRA of this rank over these linear layers ("q_proj", ...) of every decoder layer.
[[nodiscard]] std::int64_t adapterParameters(const TextConfig& text, std::int64_t rank,
                                             const std::vector<std::string>& targets);

} // namespace viva
