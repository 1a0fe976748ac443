// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention/attention_padded.h"

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

/// Queries [places, kv, time * repeat, headDim], keys and values [places, kv, time, headDim].
struct PaddedHeads {
    torch::Tensor q, k, v;
};

PaddedHeads padHeads(const torch::Tensor& qkv, const PaddedLayout& at, const AttentionShape& shape,
                     const std::pair<torch::Tensor, torch::Tensor>& cosSin) {
    const std::int64_t kv = shape.kvHeads, repeat = shape.heads / kv, hd = shape.headDim;
    const std::int64_t batch = at.groups * at.slots;
    const torch::Tensor heads = qkv.reshape({qkv.size(0), shape.heads + 2 * kv, hd});
    const torch::Tensor cos = cosSin.first.to(qkv.device()).index_select(0, at.positions);
    const torch::Tensor sin = cosSin.second.to(qkv.device()).index_select(0, at.positions);
    const torch::Tensor rotated = applyRope(heads.narrow(1, 0, shape.heads + kv), cos, sin);
    return {pad(rotated.narrow(1, 0, shape.heads), at)
                .view({batch, at.time, kv, repeat, hd})
                .transpose(1, 2)
                .reshape({batch, kv, at.time * repeat, hd}),
            pad(rotated.narrow(1, shape.heads, kv), at).transpose(1, 2),
            pad(heads.narrow(1, shape.heads + kv, kv), at).transpose(1, 2)};
}

/// [groups * slots, kv, n, m] to [groups, kv, slots * n, m], so that a prompt meets all its rows at
/// once.
torch::Tensor byGroup(const torch::Tensor& x, const PaddedLayout& at) {
    return x.reshape({at.groups, at.slots, x.size(1), x.size(2), x.size(3)})
        .transpose(1, 2)
        .reshape({at.groups, x.size(1), at.slots * x.size(2), x.size(3)});
}

/// The way back.
torch::Tensor byRow(const torch::Tensor& x, const PaddedLayout& at) {
    return x.reshape({at.groups, x.size(1), at.slots, x.size(2) / at.slots, x.size(3)})
        .transpose(1, 2)
        .reshape({at.groups * at.slots, x.size(1), x.size(2) / at.slots, x.size(3)});
}

/// Masked scores of own keys [places, kv, time * repeat, time], float32.
torch::Tensor ownScores(const PaddedHeads& heads, const PaddedLayout& at, double scale) {
    const torch::Tensor scores =
        torch::matmul(heads.q, heads.k.transpose(2, 3)).to(torch::kFloat32) * scale;
    const std::int64_t repeat = scores.size(2) / at.time;
    const torch::Tensor mask = causalMask(at.time, scores.device()).repeat_interleave(repeat, 0);
    return scores + mask;
}

torch::Tensor prefixScores(const PaddedHeads& heads, const PaddedLayout& at,
                           const SharedPrefix& prefix, double scale) {
    const torch::Tensor keys = prefix.keys.to(heads.q.scalar_type()).transpose(2, 3);
    const torch::Tensor scores =
        torch::matmul(byGroup(heads.q, at), keys).to(torch::kFloat32) * scale;
    return byRow(scores + prefixMask(prefix, scores.device()).unsqueeze(1).unsqueeze(1), at);
}

/// Returned keys or values: places behind a row's end hold token 0's, the contract says 0.
torch::Tensor returned(const torch::Tensor& x, const PaddedLayout& at) {
    const torch::Tensor filled = torch::zeros({x.size(0) * at.time}, x.options())
                                     .index_fill(0, at.scatter, 1)
                                     .view({x.size(0), 1, at.time, 1});
    return (x * filled).index_select(0, at.rowSlot);
}

} // namespace

AttentionResult paddedAttention(const torch::Tensor& qkv, const TokenRows& rows,
                                const AttentionShape& shape,
                                const std::pair<torch::Tensor, torch::Tensor>& cosSin,
                                const SharedPrefix* prefix, bool wantKeysValues) {
    const PaddedLayout at = layoutOf(rows, prefix, qkv.device());
    const PaddedHeads heads = padHeads(qkv, at, shape, cosSin);
    const std::int64_t far = prefix == nullptr ? 0 : prefix->keys.size(2);
    torch::Tensor scores = ownScores(heads, at, shape.scale);
    if (prefix != nullptr)
        scores = torch::cat({prefixScores(heads, at, *prefix, shape.scale), scores}, -1);
    const torch::Tensor p = torch::softmax(scores, -1).to(qkv.scalar_type());
    torch::Tensor out = torch::matmul(p.narrow(-1, far, at.time), heads.v);
    if (prefix != nullptr)
        out = out + byRow(torch::matmul(byGroup(p.narrow(-1, 0, far), at),
                                        prefix->values.to(qkv.scalar_type())),
                          at);
    const std::int64_t repeat = shape.heads / shape.kvHeads, places = out.size(0);
    AttentionResult result;
    result.output = out.view({places, shape.kvHeads, at.time, repeat, shape.headDim})
                        .transpose(1, 2)
                        .reshape({places * at.time, shape.heads * shape.headDim})
                        .index_select(0, at.scatter);
    if (wantKeysValues) {
        result.keys = returned(heads.k, at);
        result.values = returned(heads.v, at);
    }
    return result;
}

} // namespace viva
