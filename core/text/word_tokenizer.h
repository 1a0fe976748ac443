// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace viva {

class SentenceSplitter;

/// English words and marks by the improved Treebank rules: "don't" gives "do" and "n't", a final
/// point, quotes, brackets and most marks stand apart, "10-11" stays.
/// @source nltk 3.10.4, tokenize/destructive.py (word_tokenize with preserve_line)
[[nodiscard]] std::vector<std::string> treebankWords(std::string_view text);

/// The same sentence by sentence, so that every sentence's last point stands apart.
/// @source nltk 3.10.4, tokenize/__init__.py word_tokenize
[[nodiscard]] std::vector<std::string> treebankWords(std::string_view text,
                                                     const SentenceSplitter& splitter);

} // namespace viva
