// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// One item as a file says it, before it is checked.
struct RawItem {
    std::string place;
    std::string beginning; ///< names it in reports where it has no path
    std::string id;
    std::string audio; ///< as it stands there
    std::string text;
    std::string task;
    std::string question;
    std::vector<std::string> references;
    std::string speaker;
    std::string voice;
    std::string language;
    std::string split;
    std::vector<std::string> tags;
    std::string licence;
    std::string start;
    std::string length;
    double durationSec = 0;
};

/// What holds for a whole data set.
struct ItemRules {
    std::filesystem::path root;   ///< audio paths may not leave it
    std::filesystem::path folder; ///< relative ones begin here; inside root
    std::string task;             ///< where an item has none and does not show it
    std::string instruction;      ///< question where an item has none
    std::string targetLanguage;   ///< of ast: "de"
    std::string split;            ///< where an item has none
    std::string forcedSplit;      ///< holds for every item
    std::string language;
    std::string licence;
};

/// Checks and completes an item. Without a task: a question makes sqa, references without one ast,
/// a text alone asr; nothing of these makes a clip without questions.
[[nodiscard]] ImportEntry buildItem(RawItem raw, const ItemRules& rules);

/// "dev", "val" and the like become "validation"; other names stay.
[[nodiscard]] std::string plainSplit(std::string_view name);
/// The split that a file or folder name speaks of ("LibriSQA-PartI-test", "train-clean-360"); empty
/// where it says nothing.
[[nodiscard]] std::string splitInName(std::string_view name);
/// "Translate the speech into German." for "de"; the code itself for languages without a name here.
[[nodiscard]] std::string translationInstruction(std::string_view language);
inline constexpr std::string_view kTranscriptionInstruction = "Write down what is said.";

/// Finds a sound below `root`; `fault` says why not. Nothing is opened, and it need not be there;
/// paths and links that lead out of `root` are refused.
[[nodiscard]] std::filesystem::path resolveAudio(const std::string& written, const ItemRules& rules,
                                                 std::string& fault);

} // namespace viva
