// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace viva {

/// What stands before the weights of a part in the names that canonicalWeightName() gives.
inline constexpr std::string_view kDecoderPrefix = "language_model.model.";
inline constexpr std::string_view kProjectorPrefix = "projector.";

/// The name a stored tensor has in the checkpoint layout of granite-speech 3.3 to 4.1, which is
/// what the modules are called by: "encoder.*", "projector.*", "language_model.*".
///
/// Understands the prefix "base_model.model.", the infixes ".base_layer" and ".default", the layout
/// of transformers 5 ("model.encoder.*", "lm_head.weight") and the legacy encoder of 3.2
/// ("rnn_tr").
/// @source Granite specification section 7.5.
[[nodiscard]] std::string canonicalWeightName(std::string_view stored);

} // namespace viva
