// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention_padded.h"

#include <algorithm>
#include <limits>

namespace viva {
namespace {

/// Rows laid out as [groups, slots, time]: a group is a prompt (or, without a prefix, a row).
struct PaddedLayout {
    std::int64_t groups = 0, slots = 0, time = 0;
    torch::Tensor gather;    ///< [groups * slots * time] token of each place, 0 where there is none
    torch::Tensor scatter;   ///< [tokens] place of each token
    torch::Tensor rowSlot;   ///< [rows] group * slots + slot
    torch::Tensor positions; ///< [tokens] rotary position
};

torch::Tensor indexTensor(const std::vector<std::int64_t>& values, const torch::Device& device) {
    return torch::tensor(values, torch::kInt64).to(device);
}

PaddedLayout layoutOf(const TokenRows& rows, const SharedPrefix* prefix,
                      const torch::Device& device) {
    const auto count = static_cast<std::size_t>(rows.rows());
    PaddedLayout layout;
    layout.groups = prefix == nullptr ? rows.rows() : prefix->keys.size(0);
    layout.time = std::max<std::int64_t>(rows.longest(), 1);
    std::vector<std::int64_t> used(static_cast<std::size_t>(layout.groups), 0), rowSlot(count);
    for (std::size_t r = 0; r < count; ++r) {
        const auto group = prefix == nullptr ? r : static_cast<std::size_t>(rows.prefixOf[r]);
        rowSlot[r] = used[group]++;
        layout.slots = std::max(layout.slots, used[group]);
    }
    std::vector<std::int64_t> gather(
        static_cast<std::size_t>(layout.groups * layout.slots * layout.time), 0);
    std::vector<std::int64_t> scatter, positions;
    for (std::size_t r = 0; r < count; ++r) {
        const auto row = static_cast<std::int64_t>(r);
        const std::int64_t group = prefix == nullptr ? row : rows.prefixOf[r];
        rowSlot[r] += group * layout.slots;
        const std::int64_t start =
            prefix == nullptr ? 0 : prefix->lengths[static_cast<std::size_t>(group)];
        for (std::int64_t t = 0; t < rows.length(row); ++t) {
            const std::int64_t place = rowSlot[r] * layout.time + t;
            gather[static_cast<std::size_t>(place)] = rows.begin(row) + t;
            scatter.push_back(place);
            positions.push_back(start + t);
        }
    }
    layout.gather = indexTensor(gather, device);
    layout.scatter = indexTensor(scatter, device);
    layout.rowSlot = indexTensor(rowSlot, device);
    layout.positions = indexTensor(positions, device);
    return layout;
}

/// [tokens, heads, headDim] to [groups * slots, time, heads, headDim].
torch::Tensor pad(const torch::Tensor& x, const PaddedLayout& layout) {
    return x.index_select(0, layout.gather)
        .view({layout.groups * layout.slots, layout.time, x.size(1), x.size(2)});
}

torch::Tensor causalMask(std::int64_t time, const torch::Device& device) {
    const auto options = torch::TensorOptions().dtype(torch::kFloat32).device(device);
    return torch::full({time, time}, -std::numeric_limits<float>::infinity(), options).triu(1);
}

torch::Tensor prefixMask(const SharedPrefix& prefix, const torch::Device& device) {
    const torch::Tensor lengths = indexTensor(prefix.lengths, device);
    const torch::Tensor columns =
        torch::arange(prefix.keys.size(2), torch::TensorOptions(torch::kInt64).device(device));
    return torch::zeros({lengths.size(0), columns.size(0)},
                        torch::TensorOptions(torch::kFloat32).device(device))
        .masked_fill(columns.unsqueeze(0) >= lengths.unsqueeze(1),
                     -std::numeric_limits<float>::infinity());
}

} // namespace

AttentionResult paddedAttention(const torch::Tensor& qkv, const TokenRows& rows,
                                const AttentionShape& shape,
                                const std::pair<torch::Tensor, torch::Tensor>& cosSin,
                                const SharedPrefix* prefix, bool wantKeysValues) {
    const PaddedLayout at = layoutOf(rows, prefix, qkv.device());
    const std::int64_t kv = shape.kvHeads, repeat = shape.heads / kv, hd = shape.headDim;
    const std::int64_t batch = at.groups * at.slots;
    const torch::Tensor heads = qkv.view({qkv.size(0), shape.heads + 2 * kv, hd});
    const torch::Tensor cos = cosSin.first.to(qkv.device()).index_select(0, at.positions);
    const torch::Tensor sin = cosSin.second.to(qkv.device()).index_select(0, at.positions);
    const torch::Tensor rotated = applyRope(heads.narrow(1, 0, shape.heads + kv), cos, sin);
    // queries [batch, kv, time * repeat, hd]; keys and values [batch, kv, time, hd]
    const torch::Tensor q = pad(rotated.narrow(1, 0, shape.heads), at)
                                .view({batch, at.time, kv, repeat, hd})
                                .permute({0, 2, 1, 3, 4});
    const torch::Tensor k = pad(rotated.narrow(1, shape.heads, kv), at).transpose(1, 2);
    const torch::Tensor v = pad(heads.narrow(1, shape.heads + kv, kv), at).transpose(1, 2);
    torch::Tensor scores =
        torch::matmul(q.reshape({batch, kv, at.time * repeat, hd}), k.transpose(2, 3))
            .to(torch::kFloat32)
            .mul(shape.scale)
            .view({batch, kv, at.time, repeat, at.time});
    scores = scores + causalMask(at.time, qkv.device()).unsqueeze(1);
    torch::Tensor prefixValues;
    const std::int64_t prefixTime = prefix == nullptr ? 0 : prefix->keys.size(2);
    if (prefix != nullptr) {
        const torch::Tensor grouped = q.reshape({at.groups, at.slots, kv, at.time * repeat, hd})
                                          .transpose(1, 2)
                                          .reshape({at.groups, kv, -1, hd});
        const torch::Tensor far =
            torch::matmul(grouped, prefix->keys.to(q.scalar_type()).transpose(2, 3))
                .to(torch::kFloat32)
                .mul(shape.scale) +
            prefixMask(*prefix, qkv.device()).view({at.groups, 1, 1, prefixTime});
        scores = torch::cat({far.view({at.groups, kv, at.slots, at.time, repeat, prefixTime})
                                 .transpose(1, 2)
                                 .reshape({batch, kv, at.time, repeat, prefixTime}),
                             scores},
                            -1);
    }
    const torch::Tensor p = torch::softmax(scores, -1).to(qkv.scalar_type());
    torch::Tensor out = torch::matmul(
        p.narrow(-1, prefixTime, at.time).reshape({batch, kv, at.time * repeat, at.time}), v);
    if (prefix != nullptr) {
        const torch::Tensor far = p.narrow(-1, 0, prefixTime)
                                      .reshape({at.groups, at.slots, kv, -1, prefixTime})
                                      .transpose(1, 2)
                                      .reshape({at.groups, kv, -1, prefixTime});
        out = out + torch::matmul(far, prefix->values.to(q.scalar_type()))
                        .view({at.groups, kv, at.slots, at.time * repeat, hd})
                        .transpose(1, 2)
                        .reshape({batch, kv, at.time * repeat, hd});
    }
    AttentionResult result;
    result.output = out.view({batch, kv, at.time, repeat, hd})
                        .transpose(1, 2)
                        .reshape({batch * at.time, shape.heads * hd})
                        .index_select(0, at.scatter);
    if (wantKeysValues) {
        // places behind a row's end hold token 0's values: zero them, as the contract says
        const torch::Tensor filled =
            torch::zeros({batch * at.time},
                         torch::TensorOptions(qkv.scalar_type()).device(qkv.device()))
                .index_fill(0, at.scatter, 1)
                .view({batch, 1, at.time, 1});
        result.keys = (k * filled).index_select(0, at.rowSlot);
        result.values = (v * filled).index_select(0, at.rowSlot);
    }
    return result;
}

} // namespace viva
