// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace viva {

/// Copies what a checkpoint folder holds beside weights and config.json: tokenizer, chat template
/// and generation settings, as far as they are there. Nothing happens when both folders are one.
/// @throws Error(Format) for links that lead out of the folder, Error(Io).
void copyTextFiles(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace viva
