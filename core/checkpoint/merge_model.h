// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

struct MergeRequest {
    std::filesystem::path modelFolder;
    std::filesystem::path adapterFolder; ///< the trained adapter; empty: the bundled one alone
    std::filesystem::path outputFolder;  ///< must not exist, or be empty
    bool foldBundled = false;            ///< else the bundled adapter stays one beside the weights
    std::string dtype{};                 ///< "", "float32", "bfloat16", "float16"; "" = as stored
    std::uint64_t shardBytes = 5'000'000'000;
};

struct MergeResult {
    std::int64_t foldedLayers = 0;    ///< linear layers whose weight changed
    std::int64_t replacedWeights = 0; ///< weights that were trained whole
    std::vector<std::string> files;   ///< names of the weight files written
    std::uint64_t bytes = 0;
    bool stopped = false;
};

/// Writes a checkpoint folder whose weights hold an adapter: W + scale * B A, worked out in float32
/// and rounded once to the dtype of the file, with configuration, tokenizer and prompt files
/// copied. Tensor by tensor from the mapped files, so that a large model needs the memory of one
/// shard. The folder appears whole or not at all.
/// @throws Error naming file and cure; Error(InvalidArgument) when there is nothing to fold or the
/// output is not empty.
MergeResult mergeAdapter(const MergeRequest& request,
                         const std::function<void(double)>& progress = {},
                         std::stop_token stop = {});

} // namespace viva
