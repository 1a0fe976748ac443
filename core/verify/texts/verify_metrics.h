// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <filesystem>
#include <functional>

namespace viva {

/// Adds the lines of one bertscore*.jsonl to a report.
using BertScoreVerifier = std::function<void(const std::filesystem::path& file, VerifySet& set)>;

/// Whether a file is a golden list of a text metric, by its name and its first line.
[[nodiscard]] bool isMetricFile(const std::filesystem::path& path);
/// Whether a folder holds at least one such file.
[[nodiscard]] bool isMetricSet(const std::filesystem::path& folder);

/// Computes every metric file of a folder again: BLEU, chrF, TER, ROUGE, METEOR with its parts,
/// WER, and BERTScore by `bertScore`. What cannot be read becomes a problem; what needs data that
/// are not installed (WordNet, Punkt, a model) a note.
[[nodiscard]] VerifySet verifyMetrics(const std::filesystem::path& folder,
                                      const BertScoreVerifier& bertScore = {});

} // namespace viva
