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

/// Counts what config.json describes, without any weights.
/// @source Granite specification sections 7.1 to 7.3; its section 15 has the totals.
[[nodiscard]] ParameterCount countParameters(const SpeechModelConfig& config);

/// Values of one decoder layer.
[[nodiscard]] std::int64_t decoderLayerParameters(const TextConfig& text);

/// Values of a LoRA of this rank over these linear layers ("q_proj", ...) of every decoder layer.
[[nodiscard]] std::int64_t adapterParameters(const TextConfig& text, std::int64_t rank,
                                             const std::vector<std::string>& targets);

/// The published shapes a random model can be made in: "granite-speech-3.3-2b" and others.
[[nodiscard]] const std::vector<std::string_view>& modelShapeNames();
/// "4.1-plus" and "plus" are the same. @throws Error(InvalidArgument) listing the names.
/// @source Granite specification section 2
[[nodiscard]] SpeechModelConfig modelShape(std::string_view name);

} // namespace viva
