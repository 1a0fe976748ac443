// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/chat_template.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace viva {

struct BpeTrainerOptions {
    /// Ids in all, special tokens included; at least 256 bytes and the special tokens must fit.
    std::int64_t vocabSize = 512;
    /// Special tokens with the first ids; the first of them is eos, bos, unk and pad.
    std::vector<std::string> leadingTokens{"<|end_of_text|>"};
    /// Special tokens with the last ids.
    std::vector<std::string> trailingTokens{"<|start_of_role|>", "<|end_of_role|>",
                                            std::string(kAudioPlaceholder)};
    /// A pair that occurs less often is not merged.
    std::int64_t leastCount = 2;
};

/// A byte-level BPE vocabulary learnt from texts.
struct TrainedBpe {
    std::vector<std::string> tokens;                         ///< by id, as the file spells them
    std::vector<std::pair<std::string, std::string>> merges; ///< in order of rank
    BpeTrainerOptions options;
};

/// Learns merges from `texts`: digits stand alone, words are cut as GPT-2 cuts them, the most
/// frequent pair is merged again and again; of equally frequent pairs the first in byte order of
/// the spelt tokens. The same texts give the same vocabulary on every machine.
/// @throws Error(InvalidArgument) when vocabSize is too small for bytes and special tokens, a
/// special token occurs twice, or the texts have too few pairs to fill the vocabulary.
/// @source Sennrich et al. 2016 (arXiv 1508.07909), algorithm 1
[[nodiscard]] TrainedBpe trainBpe(std::span<const std::string> texts,
                                  const BpeTrainerOptions& options = {});

/// The text of a tokenizer.json in the style of Granite 3.3.
[[nodiscard]] std::string tokenizerJsonText(const TrainedBpe& bpe);
/// The text of the tokenizer_config.json beside it, with a role-token chat template without a
/// default system turn.
[[nodiscard]] std::string tokenizerConfigText(const TrainedBpe& bpe);

/// Writes both files into `folder` (made where missing). @throws Error(Io).
void writeTokenizerFiles(const std::filesystem::path& folder, const TrainedBpe& bpe);

} // namespace viva
