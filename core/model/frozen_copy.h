// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder.h"

namespace viva {

/// Every parameter and buffer of `to` becomes a frozen copy of its namesake, in its dtype and on
/// its device.
void copyFrozen(const torch::nn::Module& from, torch::nn::Module& to);

/// A frozen copy of a decoder, packed, with the bundled adapter and without a trained one.
[[nodiscard]] Decoder frozenCopy(const Decoder& decoder);

} // namespace viva
