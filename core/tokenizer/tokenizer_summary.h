// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace viva {

/// What a tokenizer.json is, in words; for people who look at a model.
struct TokenizerSummary {
    std::string model;        ///< "BPE"
    std::string preTokenizer; ///< "Digits, ByteLevel with words"; "none"
    std::size_t vocabulary = 0;
    std::size_t merges = 0;
    std::size_t addedTokens = 0;
};

/// Reads the file without building a tokenizer. @throws Error(NotFound | Io | Format).
[[nodiscard]] TokenizerSummary summariseTokenizer(const std::filesystem::path& tokenizerJson);

} // namespace viva
