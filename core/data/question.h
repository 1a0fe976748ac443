// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// What is put to the model about a clip, and what would be right.
struct Question {
    std::string id;                      ///< "<utterance id>/<task><number>", stable over runs
    std::filesystem::path clip;          ///< the audio file
    std::string task;                    ///< "sqa", "ast" or "asr"
    std::string text;                    ///< question (sqa) or instruction (ast, asr)
    std::vector<std::string> references; ///< right answers, the first one is taught

    bool operator==(const Question&) const = default;
};

} // namespace viva
