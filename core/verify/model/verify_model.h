// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <filesystem>

namespace viva {

/// Whether a folder is a golden model (expect.json and expect.safetensors beside a checkpoint).
[[nodiscard]] bool isModelSet(const std::filesystem::path& folder);

/// Opens the checkpoint with the production loader, computes everything expect.json and
/// expect.safetensors state, and compares: features, encoder, projector, merged embeddings,
/// decoder, logits, losses, greedy answers, gradients, adapters folded in, a batch of two, another
/// stop token, tokenizer, decoding and prompt layout. Numbers are compared twice: each part fed
/// with the stored input ("stage"), and everything from the sound file ("whole"). Which clips,
/// states and sizes there are is read from the set.
///
/// What cannot be read or compared becomes a problem of the report; nothing is thrown for it.
[[nodiscard]] VerifySet verifyModel(const std::filesystem::path& folder);

} // namespace viva
