// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace viva {

/// canonicalWeightName, and the legacy encoder of 3.2 ("rnn_tr") under today's names.
/// @source Granite specification section 7.5.
[[nodiscard]] std::string graniteWeightName(std::string_view stored);

} // namespace viva
