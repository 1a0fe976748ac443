// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <filesystem>

namespace viva {

/// Computes one bertscore*.jsonl again: token ids, precision, recall and F of every setting, and
/// the hidden states where the model's folder has hidden.safetensors. The model is the folder its
/// header names, from the file's folder on; or `otherModel` where that is not there. Without either
/// the report gets a note.
void verifyBertScoreFile(const std::filesystem::path& file, const std::filesystem::path& otherModel,
                         VerifySet& set);

} // namespace viva
