// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// One thing to ask: a clip, a question and what would be right.
struct EvalItem {
    std::string id;
    std::filesystem::path clip;
    std::string task;     ///< "sqa", "ast", "asr"
    std::string question; ///< instruction or question
    std::vector<std::string> references;
    std::string split; ///< "validation", "test"
    std::string voice;
};

} // namespace viva
