// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/session/verify/verify_report.h"

#include <filesystem>

namespace viva {

/// Whether a file is a golden list of a text metric, by its name and its first line.
[[nodiscard]] bool isMetricFile(const std::filesystem::path& path);
/// Whether a folder holds at least one such file.
[[nodiscard]] bool isMetricSet(const std::filesystem::path& folder);

/// Computes every metric file of a folder again: bleu, bleu_corpus, bleu_tokens, bleu_hf and wer.
/// Files of metrics the program does not compute, and what cannot be read, become problems.
[[nodiscard]] VerifySet verifyMetrics(const std::filesystem::path& folder);

} // namespace viva
