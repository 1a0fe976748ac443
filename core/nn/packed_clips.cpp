// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/packed_clips.h"

#include "core/base/error.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace viva {

namespace {

torch::Tensor toTensor(const std::vector<std::int64_t>& values, torch::Device device) {
    return torch::tensor(values, torch::kInt64).to(device);
}

} // namespace

std::int64_t ClipRows::frames() const {
    return std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
}

AttentionBlocks AttentionBlocks::make(const ClipRows& rows, std::int64_t contextSize,
                                      torch::Device device) {
    std::int64_t longest = 0;
    for (const auto length : rows.lengths) {
        if (length < 1)
            throw Error(ErrorCode::InvalidArgument, "AttentionBlocks: a clip has " +
                                                        std::to_string(length) +
                                                        " frames; it must have at least 1");
        longest = std::max(longest, length);
    }
    AttentionBlocks result;
    result.width = std::min(longest, contextSize);
    std::vector<std::int64_t> gather;
    std::vector<std::int64_t> scatter;
    std::vector<float> bias;
    bool full = true;
    std::int64_t row = 0;
    for (const auto length : rows.lengths) {
        for (std::int64_t start = 0; start < length; start += contextSize) {
            const std::int64_t inside = std::min(contextSize, length - start);
            for (std::int64_t place = 0; place < result.width; ++place) {
                const bool valid = place < inside;
                full = full && valid;
                gather.push_back(valid ? row : 0);
                bias.push_back(valid ? 0.0F : -std::numeric_limits<float>::infinity());
                if (valid) {
                    scatter.push_back(result.blocks * result.width + place);
                    ++row;
                }
            }
            ++result.blocks;
        }
    }
    if (full)
        return result;
    result.gather = toTensor(gather, device);
    result.scatter = toTensor(scatter, device);
    result.keyBias = torch::tensor(bias).view({result.blocks, 1, 1, result.width}).to(device);
    return result;
}

torch::Tensor AttentionBlocks::toBlocks(const torch::Tensor& rows) const {
    return gather.defined() ? rows.index_select(0, gather) : rows;
}

torch::Tensor AttentionBlocks::toRows(const torch::Tensor& blocked) const {
    return scatter.defined() ? blocked.index_select(0, scatter) : blocked;
}

} // namespace viva
