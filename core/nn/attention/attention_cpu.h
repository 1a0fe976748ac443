// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/attention/attention_layout.h"

#include <cstdint>
#include <vector>

/// Rotary, causal, grouped-query attention with shared prompts in float32 on plain pointers: two
/// products a prompt and head, two small ones an answer, one softmax over both.
namespace viva::kernels {

/// Everything one layer's attention reads and writes. Tokens lie without padding.
struct AttentionTask {
    const TokenRows* rows = nullptr;
    AttentionShape shape;
    float* qkv = nullptr;       ///< [tokens, qkvWidth]; rotated in place by forward
    const float* cos = nullptr; ///< [positions, headDim / 2]
    const float* sin = nullptr;
    const float* prefixKeys = nullptr; ///< [prompts, kvHeads, prefixTime, headDim] or null
    const float* prefixValues = nullptr;
    std::int64_t prefixTime = 0;
    const std::vector<std::int64_t>* prefixLengths = nullptr;
    float* probabilities = nullptr; ///< probabilityCount(); kept for the backward
};

/// Floats of `probabilities`.
[[nodiscard]] std::int64_t probabilityCount(const AttentionTask& task);

/// Fills output [tokens, heads * headDim].
void attentionForward(const AttentionTask& task, float* output);

/// Gradients; prefix gradients (same layout as the prefix, may be null) are added to.
struct AttentionGradients {
    const float* dOutput = nullptr; ///< [tokens, heads * headDim]
    const float* dKeys =
        nullptr; ///< [rows, kvHeads, keyTime, headDim] of the returned keys, or null
    const float* dValues = nullptr; ///< same for values
    std::int64_t keyTime = 0;
    float* dQkv = nullptr; ///< [tokens, qkvWidth], overwritten
    float* dPrefixKeys = nullptr;
    float* dPrefixValues = nullptr;
};
void attentionBackward(const AttentionTask& task, const AttentionGradients& gradients);

/// Copies rotated keys (or values) out of qkv into [rows, kvHeads, time, headDim]; 0 in padding.
void copyHeads(const AttentionTask& task, bool values, std::int64_t time, float* out);

} // namespace viva::kernels
