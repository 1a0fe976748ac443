// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace viva {

/// Logits that are held at once while log-probs are computed: 64 MB of float32.
inline constexpr std::int64_t kChunkLogits = 16LL << 20U;

/// Linear layers of the decoder up to this size together are folded with their adapters.
inline constexpr std::int64_t kFoldLimitBytes = 256LL << 20U;

} // namespace viva
