// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace viva {

/// What stands before a decoder's "layers.N..." in a checkpoint's names. Adapter files have no
/// config.json beside them, so every family calls its decoder as transformers does.
inline constexpr std::string_view kDecoderPrefix = "language_model.model.";

/// The name a stored tensor has in the modules' own naming, whatever the family: the prefixes of
/// PartNames, the decoder "language_model.".
///
/// Understands PEFT's prefix "base_model.model." and infixes ".base_layer" and ".default", and the
/// layout of transformers 5 ("model.projector.*", "model.language_model.*", "lm_head.weight").
/// A family's own older spellings are SpeechModelConfig::weightName's.
[[nodiscard]] std::string canonicalWeightName(std::string_view stored);

} // namespace viva
