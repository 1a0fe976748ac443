// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention/attention_cpu.h"

#include "core/nn/cpu_kernels.h"

#include <algorithm>
#include <cstring>

namespace viva {

std::int64_t TokenRows::longest() const {
    std::int64_t most = 0;
    for (std::int64_t r = 0; r < rows(); ++r)
        most = std::max(most, length(r));
    return most;
}

} // namespace viva

namespace viva::kernels {
namespace {

/// Neighbouring rows that see the same prompt: their queries meet its keys in one product.
struct Group {
    std::int64_t firstRow = 0, endRow = 0;
    std::int64_t firstToken = 0, tokens = 0;
    std::int64_t prompt = -1; ///< -1: no prefix
    std::int64_t prefixLength = 0;
    std::int64_t width = 0;       ///< prefix plus the longest row: columns of a probability row
    std::int64_t probability = 0; ///< where its [heads, tokens, width] block starts
};

std::vector<Group> groupsOf(const AttentionTask& task) {
    std::vector<Group> groups;
    const TokenRows& rows = *task.rows;
    std::int64_t used = 0;
    for (std::int64_t r = 0; r < rows.rows();) {
        Group group;
        group.firstRow = r;
        group.firstToken = rows.begin(r);
        if (!rows.prefixOf.empty()) {
            group.prompt = rows.prefixOf[static_cast<std::size_t>(r)];
            group.prefixLength = (*task.prefixLengths)[static_cast<std::size_t>(group.prompt)];
        }
        std::int64_t longest = 0;
        do {
            longest = std::max(longest, rows.length(r));
            ++r;
        } while (group.prompt >= 0 && r < rows.rows() &&
                 rows.prefixOf[static_cast<std::size_t>(r)] == group.prompt);
        group.endRow = r;
        group.tokens = rows.begin(r) - group.firstToken;
        group.width = group.prefixLength + longest;
        group.probability = used;
        used += task.shape.heads * group.tokens * group.width;
        groups.push_back(group);
    }
    return groups;
}

/// Addresses of one query head inside the packed buffers.
struct HeadView {
    std::int64_t stride, headDim;
    const float *query, *key, *value; ///< of token 0
    const float *prefixKeys = nullptr, *prefixValues = nullptr;
};

HeadView headView(const AttentionTask& task, const Group& group, std::int64_t head) {
    const AttentionShape& s = task.shape;
    const std::int64_t kv = head / (s.heads / s.kvHeads);
    HeadView view{};
    view.stride = s.qkvWidth();
    view.headDim = s.headDim;
    view.query = task.qkv + head * s.headDim;
    view.key = task.qkv + (s.heads + kv) * s.headDim;
    view.value = task.qkv + (s.heads + s.kvHeads + kv) * s.headDim;
    if (group.prompt >= 0) {
        const std::int64_t at = (group.prompt * s.kvHeads + kv) * task.prefixTime * s.headDim;
        view.prefixKeys = task.prefixKeys + at;
        view.prefixValues = task.prefixValues + at;
    }
    return view;
}

void rotateAll(const AttentionTask& task, float* qkv, float direction) {
    const AttentionShape& s = task.shape;
    for (std::int64_t r = 0; r < task.rows->rows(); ++r) {
        std::int64_t position = 0;
        if (!task.rows->prefixOf.empty())
            position = (*task.prefixLengths)[static_cast<std::size_t>(
                task.rows->prefixOf[static_cast<std::size_t>(r)])];
        for (std::int64_t t = 0; t < task.rows->length(r); ++t, ++position)
            rotate(qkv + (task.rows->begin(r) + t) * s.qkvWidth(), s.heads + s.kvHeads, s.headDim,
                   task.cos + position * (s.headDim / 2), task.sin + position * (s.headDim / 2),
                   direction);
    }
}

void headForward(const AttentionTask& task, const Group& g, std::int64_t head, float* output) {
    const HeadView v = headView(task, g, head);
    const std::int64_t hd = v.headDim, outStride = task.shape.heads * hd;
    float* p = task.probabilities + g.probability + head * g.tokens * g.width;
    float* out = output + g.firstToken * outStride + head * hd;
    const auto scale = static_cast<float>(task.shape.scale);
    gemm(g.tokens, g.prefixLength, hd, scale, {v.query + g.firstToken * v.stride, v.stride},
         {v.prefixKeys, hd, true}, 0.0F, p, g.width);
    for (std::int64_t r = g.firstRow; r < g.endRow; ++r) {
        const std::int64_t at = task.rows->begin(r), n = task.rows->length(r);
        float* own = p + (at - g.firstToken) * g.width;
        gemm(n, n, hd, scale, {v.query + at * v.stride, v.stride},
             {v.key + at * v.stride, v.stride, true}, 0.0F, own + g.prefixLength, g.width);
        for (std::int64_t t = 0; t < n; ++t)
            softmaxRow(own + t * g.width, g.prefixLength + t + 1, g.width);
    }
    if (g.prefixLength > 0)
        gemm(g.tokens, hd, g.prefixLength, 1.0F, {p, g.width}, {v.prefixValues, hd}, 0.0F, out,
             outStride);
    const float beta = g.prefixLength > 0 ? 1.0F : 0.0F;
    for (std::int64_t r = g.firstRow; r < g.endRow; ++r) {
        const std::int64_t at = task.rows->begin(r), n = task.rows->length(r);
        gemm(n, hd, n, 1.0F, {p + (at - g.firstToken) * g.width + g.prefixLength, g.width},
             {v.value + at * v.stride, v.stride}, beta, output + at * outStride + head * hd,
             outStride);
    }
}

/// Scores' gradient of one head into `ds` [tokens, width].
void scoreGradient(const AttentionTask& task, const Group& g, const HeadView& v, const float* p,
                   const float* dOut, std::int64_t outStride, float* ds) {
    gemm(g.tokens, g.prefixLength, v.headDim, 1.0F, {dOut + g.firstToken * outStride, outStride},
         {v.prefixValues, v.headDim, true}, 0.0F, ds, g.width);
    const auto scale = static_cast<float>(task.shape.scale);
    for (std::int64_t r = g.firstRow; r < g.endRow; ++r) {
        const std::int64_t at = task.rows->begin(r), n = task.rows->length(r);
        const std::int64_t block = (at - g.firstToken) * g.width;
        gemm(n, n, v.headDim, 1.0F, {dOut + at * outStride, outStride},
             {v.value + at * v.stride, v.stride, true}, 0.0F, ds + block + g.prefixLength, g.width);
        for (std::int64_t t = 0; t < n; ++t)
            softmaxRowBackward(p + block + t * g.width, ds + block + t * g.width,
                               g.prefixLength + t + 1, g.width, scale);
    }
}

void headBackward(const AttentionTask& task, const AttentionGradients& grads, const Group& g,
                  std::int64_t head, float* ds) {
    const HeadView v = headView(task, g, head);
    const AttentionShape& s = task.shape;
    const std::int64_t hd = s.headDim, outStride = s.heads * hd, repeat = s.heads / s.kvHeads;
    const std::int64_t kv = head / repeat;
    const float* p = task.probabilities + g.probability + head * g.tokens * g.width;
    const float* dOut = grads.dOutput + head * hd;
    scoreGradient(task, g, v, p, dOut, outStride, ds);
    float* dQuery = grads.dQkv + head * hd;
    float* dKey = grads.dQkv + (s.heads + kv) * hd;
    float* dValue = grads.dQkv + (s.heads + s.kvHeads + kv) * hd;
    const float shared = head % repeat == 0 ? 0.0F : 1.0F; // later heads of a group add
    for (std::int64_t r = g.firstRow; r < g.endRow; ++r) {
        const std::int64_t at = task.rows->begin(r), n = task.rows->length(r);
        const std::int64_t block = (at - g.firstToken) * g.width + g.prefixLength;
        gemm(n, hd, n, 1.0F, {ds + block, g.width}, {v.key + at * v.stride, v.stride}, 0.0F,
             dQuery + at * v.stride, v.stride);
        gemm(n, hd, n, 1.0F, {ds + block, g.width, true}, {v.query + at * v.stride, v.stride},
             shared, dKey + at * v.stride, v.stride);
        gemm(n, hd, n, 1.0F, {p + block, g.width, true}, {dOut + at * outStride, outStride}, shared,
             dValue + at * v.stride, v.stride);
    }
    if (g.prefixLength == 0)
        return;
    const std::int64_t first = g.firstToken;
    gemm(g.tokens, hd, g.prefixLength, 1.0F, {ds, g.width}, {v.prefixKeys, hd}, 1.0F,
         dQuery + first * v.stride, v.stride);
    const std::int64_t at = (g.prompt * s.kvHeads + kv) * task.prefixTime * hd;
    if (grads.dPrefixKeys != nullptr)
        gemm(g.prefixLength, hd, g.tokens, 1.0F, {ds, g.width, true},
             {v.query + first * v.stride, v.stride}, 1.0F, grads.dPrefixKeys + at, hd);
    if (grads.dPrefixValues != nullptr)
        gemm(g.prefixLength, hd, g.tokens, 1.0F, {p, g.width, true},
             {dOut + first * outStride, outStride}, 1.0F, grads.dPrefixValues + at, hd);
}

/// Adds the gradient of the returned keys or values, [rows, kvHeads, time, headDim].
void addReturned(const AttentionTask& task, const float* source, std::int64_t time, bool values,
                 float* dQkv) {
    const AttentionShape& s = task.shape;
    const std::int64_t column = (s.heads + (values ? s.kvHeads : 0)) * s.headDim;
    for (std::int64_t r = 0; r < task.rows->rows(); ++r)
        for (std::int64_t t = 0; t < task.rows->length(r); ++t)
            for (std::int64_t kv = 0; kv < s.kvHeads; ++kv) {
                const float* from = source + ((r * s.kvHeads + kv) * time + t) * s.headDim;
                float* to =
                    dQkv + (task.rows->begin(r) + t) * s.qkvWidth() + column + kv * s.headDim;
                for (std::int64_t d = 0; d < s.headDim; ++d)
                    to[d] += from[d];
            }
}

} // namespace

std::int64_t probabilityCount(const AttentionTask& task) {
    const std::vector<Group> groups = groupsOf(task);
    if (groups.empty())
        return 0;
    const Group& last = groups.back();
    return last.probability + task.shape.heads * last.tokens * last.width;
}

void attentionForward(const AttentionTask& task, float* output) {
    rotateAll(task, task.qkv, 1.0F);
    for (const Group& group : groupsOf(task))
        for (std::int64_t head = 0; head < task.shape.heads; ++head)
            headForward(task, group, head, output);
}

void attentionBackward(const AttentionTask& task, const AttentionGradients& gradients) {
    const std::vector<Group> groups = groupsOf(task);
    std::int64_t largest = 0;
    for (const Group& group : groups)
        largest = std::max(largest, group.tokens * group.width);
    std::vector<float> scratch(static_cast<std::size_t>(largest));
    for (const Group& group : groups)
        for (std::int64_t head = 0; head < task.shape.heads; ++head)
            headBackward(task, gradients, group, head, scratch.data());
    if (gradients.dKeys != nullptr)
        addReturned(task, gradients.dKeys, gradients.keyTime, false, gradients.dQkv);
    if (gradients.dValues != nullptr)
        addReturned(task, gradients.dValues, gradients.keyTime, true, gradients.dQkv);
    rotateAll(task, gradients.dQkv, -1.0F);
}

void copyHeads(const AttentionTask& task, bool values, std::int64_t time, float* out) {
    const AttentionShape& s = task.shape;
    const std::int64_t column = (s.heads + (values ? s.kvHeads : 0)) * s.headDim;
    const auto bytes = sizeof(float) * static_cast<std::size_t>(s.headDim);
    for (std::int64_t r = 0; r < task.rows->rows(); ++r)
        for (std::int64_t kv = 0; kv < s.kvHeads; ++kv) {
            float* head = out + (r * s.kvHeads + kv) * time * s.headDim;
            const std::int64_t n = task.rows->length(r);
            for (std::int64_t t = 0; t < n; ++t)
                std::memcpy(head + t * s.headDim,
                            task.qkv + (task.rows->begin(r) + t) * s.qkvWidth() + column +
                                kv * s.headDim,
                            bytes);
            std::fill(head + n * s.headDim, head + time * s.headDim, 0.0F);
        }
}

} // namespace viva::kernels
