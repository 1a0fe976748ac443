// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/verify/verify_report.h"

#include <filesystem>

namespace viva {

/// Whether a folder is a golden set of a tokenizer (tokenizer.json and cases.jsonl).
[[nodiscard]] bool isTokenizerSet(const std::filesystem::path& folder);

/// Encodes and decodes every line of cases.jsonl and decode.jsonl; ids and texts must be equal.
/// What cannot be read becomes a problem of the report; nothing is thrown for it.
[[nodiscard]] VerifySet verifyTokenizer(const std::filesystem::path& folder);

} // namespace viva
