// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

/// Float32 kernels on plain pointers for the CPU, each one pass over its data, compiled for several
/// instruction sets and chosen at start. No torch: callers own all memory. One thread each.
namespace viva::kernels {

/// A row-major matrix inside a larger one: element (r, c) is data[r * stride + c].
struct ConstMatrix {
    const float* data = nullptr;
    std::int64_t stride = 0;
    bool transposed = false; ///< use it as its transpose
};

/// c [m, n] (row stride cStride) = alpha * a [m, k] * b [k, n] + beta * c.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, ConstMatrix a, ConstMatrix b,
          float beta, float* c, std::int64_t cStride);

/// y = x * rstd * weight with rstd = 1 / sqrt(mean(x^2) + eps), kept per row for the backward.
void rmsNorm(const float* x, const float* weight, float* y, float* rstd, std::int64_t rows,
             std::int64_t dim, float eps);

/// dx of rmsNorm; dWeight [dim] is added to, unless null.
void rmsNormBackward(const float* dy, const float* x, const float* weight, const float* rstd,
                     float* dx, float* dWeight, std::int64_t rows, std::int64_t dim);

/// y [rows, width] = SiLU(gate) * up of gateUp [rows, 2 * width].
void swiGlu(const float* gateUp, float* y, std::int64_t rows, std::int64_t width);

/// dGateUp of swiGlu.
void swiGluBackward(const float* dy, const float* gateUp, float* dGateUp, std::int64_t rows,
                    std::int64_t width);

/// Rotates `heads` heads of one token in place; direction -1 undoes it. cos, sin [headDim / 2].
void rotate(float* x, std::int64_t heads, std::int64_t headDim, const float* cos, const float* sin,
            float direction);

/// Softmax of scores[0, count) in place; scores[count, width) become 0.
void softmaxRow(float* scores, std::int64_t count, std::int64_t width);

/// dScores = scale * p * (dp - sum(dp * p)) in dp's place, over [0, count); 0 up to width.
void softmaxRowBackward(const float* p, float* dp, std::int64_t count, std::int64_t width,
                        float scale);

/// Scores logits[0, count) * scale become probabilities in place. Returns the log of the
/// normaliser, so that log p[i] = logit[i] * scale - result.
float softmaxLog(float* logits, std::int64_t count, float scale);

/// Entropy in nats of probabilities that softmaxLog made.
float entropyOf(const float* probabilities, std::int64_t count);

/// dLogits = grad * scale * (onehot(target) - p).
void logProbBackward(const float* probabilities, float* dLogits, std::int64_t count,
                     std::int64_t target, float grad, float scale);

/// Index and value of the first largest element.
std::int64_t argMax(const float* values, std::int64_t count);

/// Grouped-query attention of one new token a row over its prompt and its own past.
struct DecodeAttention {
    std::int64_t rows = 0, heads = 0, kvHeads = 0, headDim = 0;
    float scale = 1.0F;
    const float* qkv = nullptr;          ///< [rows, (heads + 2 kvHeads) headDim], rotated
    const float* promptKeysT = nullptr;  ///< [prompts, kvHeads, headDim, promptTime]
    const float* promptValues = nullptr; ///< [prompts, kvHeads, promptTime, headDim]
    std::int64_t promptTime = 0;
    const std::int64_t* promptLengths = nullptr;
    const std::int64_t* promptOf = nullptr;
    const std::int64_t* slotOf = nullptr; ///< per row: where its own keys lie
    float* ownKeysT =
        nullptr; ///< [slots, kvHeads, headDim, capacity]; position `length` is written
    float* ownValues = nullptr; ///< [slots, kvHeads, capacity, headDim]; same
    std::int64_t capacity = 0;
    std::int64_t length = 0; ///< own positions before this one
    float* scores = nullptr; ///< scratch [promptTime + capacity]
    float* output = nullptr; ///< [rows, heads headDim]
};
void decodeAttention(const DecodeAttention& task);

} // namespace viva::kernels
