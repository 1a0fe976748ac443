// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace viva {

/// The English stem of one word, in lower case. Letters beyond a-z count as consonants.
/// @source Porter 1980, with the changes of nltk 3.10.4, stem/porter.py, mode NLTK_EXTENSIONS
[[nodiscard]] std::string porterStem(std::string_view word);

} // namespace viva
