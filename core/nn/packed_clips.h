// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace viva {

/// How several clips lie in one [frames, dim] tensor: one after the other, without padding.
///
/// Everything that works frame by frame runs on the packed rows; only attention and convolution
/// look at the clip borders. So a clip gives the same numbers alone and beside others.
struct ClipRows {
    std::vector<std::int64_t> lengths; ///< frames of each clip, at least 1

    [[nodiscard]] std::int64_t frames() const;
};

/// The rows of a ClipRows cut into attention blocks of one common width.
///
/// Clips are cut every `contextSize` frames; the last block of a clip may be shorter. `gather`
/// picks rows into [blocks, width]; places behind a short block's end repeat row 0 of the tensor
/// and are hidden as keys by `keyBias`.
struct AttentionBlocks {
    std::int64_t blocks = 0;
    std::int64_t width = 0;
    torch::Tensor gather;  ///< [blocks * width] int64; undefined when all blocks are full
    torch::Tensor scatter; ///< [frames] int64: where each row lies in blocks; undefined likewise
    torch::Tensor keyBias; ///< [blocks, 1, 1, width] float32: 0, or -inf behind the end; likewise

    /// @throws Error(InvalidArgument) for a clip without frames.
    static AttentionBlocks make(const ClipRows& rows, std::int64_t contextSize,
                                torch::Device device);

    /// rows [frames, dim] to [blocks * width, dim].
    [[nodiscard]] torch::Tensor toBlocks(const torch::Tensor& rows) const;
    /// [blocks * width, dim] to [frames, dim].
    [[nodiscard]] torch::Tensor toRows(const torch::Tensor& blocked) const;
};

} // namespace viva
