// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/cpu_kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

// The BLAS inside libtorch_cpu. Weak: a LibTorch built over another BLAS may not export it.
extern "C" __attribute__((weak)) void sgemm_(const char* transA, const char* transB, const int* m,
                                             const int* n, const int* k, const float* alpha,
                                             const float* a, const int* lda, const float* b,
                                             const int* ldb, const float* beta, float* c,
                                             const int* ldc);

// Sanitizers run before the resolvers of cloned functions can, so they get the plain version.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define VIVA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VIVA_CLONES
#endif
#define VIVA_INLINE static inline __attribute__((always_inline))

namespace viva::kernels {
namespace {

/// exp(x) to 2 ulp, without branches so that loops over it vectorise; flushes below -87.
VIVA_INLINE float expFast(float x) {
    x = x < -87.0F ? -87.0F : x;
    x = x > 88.0F ? 88.0F : x;
    constexpr float kRound = 12582912.0F; // 1.5 * 2^23: adding it rounds to an integer
    const float shifted = x * 1.44269504F + kRound;
    const float n = shifted - kRound;
    const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
    float p = 1.9875691500e-4F;
    p = p * r + 1.3981999507e-3F;
    p = p * r + 8.3334519073e-3F;
    p = p * r + 4.1665795894e-2F;
    p = p * r + 1.6666665459e-1F;
    p = p * r + 5.0000001201e-1F;
    p = p * r * r + r + 1.0F;
    const std::uint32_t bits = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
    return p * std::bit_cast<float>(bits);
}

void gemmPlain(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, ConstMatrix a,
               ConstMatrix b, float beta, float* c, std::int64_t cStride) {
    for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            float sum = 0.0F;
            for (std::int64_t l = 0; l < k; ++l)
                sum += (a.transposed ? a.data[l * a.stride + i] : a.data[i * a.stride + l]) *
                       (b.transposed ? b.data[j * b.stride + l] : b.data[l * b.stride + j]);
            float& target = c[i * cStride + j];
            target = beta == 0.0F ? alpha * sum : alpha * sum + beta * target;
        }
}

} // namespace

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, float alpha, ConstMatrix a, ConstMatrix b,
          float beta, float* c, std::int64_t cStride) {
    if (m <= 0 || n <= 0)
        return;
    if (sgemm_ == nullptr || k <= 0)
        return gemmPlain(m, n, k, alpha, a, b, beta, c, cStride);
    // BLAS is column-major: the row-major product a b is its b^T a^T.
    const int mi = static_cast<int>(n), ni = static_cast<int>(m), ki = static_cast<int>(k);
    const int lda = static_cast<int>(b.stride), ldb = static_cast<int>(a.stride);
    const int ldc = static_cast<int>(cStride);
    sgemm_(b.transposed ? "T" : "N", a.transposed ? "T" : "N", &mi, &ni, &ki, &alpha, b.data, &lda,
           a.data, &ldb, &beta, c, &ldc);
}

VIVA_CLONES void rmsNorm(const float* x, const float* weight, float* y, float* rstd,
                         std::int64_t rows, std::int64_t dim, float eps) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* in = x + r * dim;
        float* out = y + r * dim;
        float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
        for (std::int64_t i = 0; i < dim; ++i)
            sum += in[i] * in[i];
        const float factor = 1.0F / std::sqrt(sum / static_cast<float>(dim) + eps);
        rstd[r] = factor;
#pragma omp simd
        for (std::int64_t i = 0; i < dim; ++i)
            out[i] = in[i] * factor * weight[i];
    }
}

VIVA_CLONES void rmsNormBackward(const float* dy, const float* x, const float* weight,
                                 const float* rstd, float* dx, float* dWeight, std::int64_t rows,
                                 std::int64_t dim) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* in = x + r * dim;
        const float* grad = dy + r * dim;
        float* out = dx + r * dim;
        const float factor = rstd[r];
        float dot = 0.0F;
#pragma omp simd reduction(+ : dot)
        for (std::int64_t i = 0; i < dim; ++i)
            dot += grad[i] * weight[i] * in[i];
        const float slope = dot * factor * factor * factor / static_cast<float>(dim);
#pragma omp simd
        for (std::int64_t i = 0; i < dim; ++i)
            out[i] = grad[i] * weight[i] * factor - in[i] * slope;
        if (dWeight == nullptr)
            continue;
#pragma omp simd
        for (std::int64_t i = 0; i < dim; ++i)
            dWeight[i] += grad[i] * in[i] * factor;
    }
}

VIVA_CLONES void swiGlu(const float* gateUp, float* y, std::int64_t rows, std::int64_t width) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* gate = gateUp + r * 2 * width;
        const float* up = gate + width;
        float* out = y + r * width;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i)
            out[i] = gate[i] / (1.0F + expFast(-gate[i])) * up[i];
    }
}

VIVA_CLONES void swiGluBackward(const float* dy, const float* gateUp, float* dGateUp,
                                std::int64_t rows, std::int64_t width) {
    for (std::int64_t r = 0; r < rows; ++r) {
        const float* gate = gateUp + r * 2 * width;
        const float* up = gate + width;
        const float* grad = dy + r * width;
        float* dGate = dGateUp + r * 2 * width;
        float* dUp = dGate + width;
#pragma omp simd
        for (std::int64_t i = 0; i < width; ++i) {
            const float sigmoid = 1.0F / (1.0F + expFast(-gate[i]));
            const float silu = gate[i] * sigmoid;
            dUp[i] = grad[i] * silu;
            dGate[i] = grad[i] * up[i] * (sigmoid + silu * (1.0F - sigmoid));
        }
    }
}

VIVA_CLONES void rotate(float* x, std::int64_t heads, std::int64_t headDim, const float* cos,
                        const float* sin, float direction) {
    const std::int64_t half = headDim / 2;
    for (std::int64_t h = 0; h < heads; ++h) {
        float* low = x + h * headDim;
        float* high = low + half;
#pragma omp simd
        for (std::int64_t i = 0; i < half; ++i) {
            const float s = sin[i] * direction;
            const float a = low[i];
            const float b = high[i];
            low[i] = a * cos[i] - b * s;
            high[i] = b * cos[i] + a * s;
        }
    }
}

VIVA_CLONES void softmaxRow(float* scores, std::int64_t count, std::int64_t width) {
    float top = scores[0];
#pragma omp simd reduction(max : top)
    for (std::int64_t i = 0; i < count; ++i)
        top = scores[i] > top ? scores[i] : top;
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < count; ++i) {
        scores[i] = expFast(scores[i] - top);
        sum += scores[i];
    }
    const float factor = 1.0F / sum;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        scores[i] *= factor;
    for (std::int64_t i = count; i < width; ++i)
        scores[i] = 0.0F;
}

VIVA_CLONES void softmaxRowBackward(const float* p, float* dp, std::int64_t count,
                                    std::int64_t width, float scale) {
    float dot = 0.0F;
#pragma omp simd reduction(+ : dot)
    for (std::int64_t i = 0; i < count; ++i)
        dot += p[i] * dp[i];
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        dp[i] = scale * p[i] * (dp[i] - dot);
    for (std::int64_t i = count; i < width; ++i)
        dp[i] = 0.0F;
}

VIVA_CLONES float softmaxLog(float* logits, std::int64_t count, float scale) {
    float top = logits[0] * scale;
#pragma omp simd reduction(max : top)
    for (std::int64_t i = 0; i < count; ++i) {
        logits[i] *= scale;
        top = logits[i] > top ? logits[i] : top;
    }
    float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < count; ++i) {
        logits[i] = expFast(logits[i] - top);
        sum += logits[i];
    }
    const float factor = 1.0F / sum;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        logits[i] *= factor;
    return top + std::log(sum);
}

float entropyOf(const float* probabilities, std::int64_t count) {
    double entropy = 0.0;
    for (std::int64_t i = 0; i < count; ++i) {
        const float p = probabilities[i];
        if (p > 1e-30F)
            entropy -= static_cast<double>(p) * std::log(p);
    }
    return static_cast<float>(entropy);
}

VIVA_CLONES void logProbBackward(const float* probabilities, float* dLogits, std::int64_t count,
                                 std::int64_t target, float grad, float scale) {
    const float factor = -grad * scale;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i)
        dLogits[i] = probabilities[i] * factor;
    dLogits[target] += grad * scale;
}

std::int64_t argMax(const float* values, std::int64_t count) {
    return std::max_element(values, values + count) - values;
}

namespace {

/// scores[j] = scale * sum_d q[d] * keysT[d * stride + j], j < count. Blocks stay in registers.
VIVA_INLINE void dotKeys(const float* q, const float* keysT, std::int64_t stride,
                         std::int64_t headDim, std::int64_t count, float scale, float* scores) {
    constexpr std::int64_t kBlock = 16;
    std::int64_t j = 0;
    for (; j + kBlock <= count; j += kBlock) {
        float sums[kBlock] = {};
        for (std::int64_t d = 0; d < headDim; ++d) {
            const float* key = keysT + d * stride + j;
            for (std::int64_t l = 0; l < kBlock; ++l)
                sums[l] += q[d] * key[l];
        }
        for (std::int64_t l = 0; l < kBlock; ++l)
            scores[j + l] = scale * sums[l];
    }
    const std::int64_t rest = count - j;
    float sums[kBlock] = {};
    for (std::int64_t d = 0; d < headDim; ++d) {
        const float* key = keysT + d * stride + j;
#pragma omp simd
        for (std::int64_t l = 0; l < rest; ++l)
            sums[l] += q[d] * key[l];
    }
    for (std::int64_t l = 0; l < rest; ++l)
        scores[j + l] = scale * sums[l];
}

/// out[d] += sum_j p[j] * values[j * headDim + d].
VIVA_INLINE void addValues(const float* p, const float* values, std::int64_t headDim,
                           std::int64_t count, float* out) {
    constexpr std::int64_t kBlock = 32;
    std::int64_t d = 0;
    for (; d + kBlock <= headDim; d += kBlock) {
        float sums[kBlock] = {};
        for (std::int64_t j = 0; j < count; ++j) {
            const float* value = values + j * headDim + d;
            for (std::int64_t l = 0; l < kBlock; ++l)
                sums[l] += p[j] * value[l];
        }
        for (std::int64_t l = 0; l < kBlock; ++l)
            out[d + l] += sums[l];
    }
    for (std::int64_t j = 0; d < headDim && j < count; ++j)
        for (std::int64_t rest = d; rest < headDim; ++rest)
            out[rest] += p[j] * values[j * headDim + rest];
}

VIVA_INLINE void decodeRow(const DecodeAttention& t, std::int64_t row, std::int64_t kv) {
    const std::int64_t hd = t.headDim, groups = t.heads / t.kvHeads;
    const float* token = t.qkv + row * (t.heads + 2 * t.kvHeads) * hd;
    const float* key = token + (t.heads + kv) * hd;
    const float* value = key + t.kvHeads * hd;
    const std::int64_t ownAt = (t.slotOf[row] * t.kvHeads + kv) * hd * t.capacity;
    float* ownKeys = t.ownKeysT + ownAt;
    float* ownValues = t.ownValues + ownAt;
    for (std::int64_t d = 0; d < hd; ++d)
        ownKeys[d * t.capacity + t.length] = key[d];
    std::memcpy(ownValues + t.length * hd, value, sizeof(float) * static_cast<std::size_t>(hd));
    const std::int64_t prompt = t.promptOf[row], time = t.promptLengths[prompt];
    const std::int64_t promptAt = (prompt * t.kvHeads + kv) * hd * t.promptTime;
    for (std::int64_t g = 0; g < groups; ++g) {
        const float* q = token + (kv * groups + g) * hd;
        float* out = t.output + (row * t.heads + kv * groups + g) * hd;
        dotKeys(q, t.promptKeysT + promptAt, t.promptTime, hd, time, t.scale, t.scores);
        dotKeys(q, ownKeys, t.capacity, hd, t.length + 1, t.scale, t.scores + time);
        softmaxRow(t.scores, time + t.length + 1, 0);
        std::fill(out, out + hd, 0.0F);
        addValues(t.scores, t.promptValues + promptAt, hd, time, out);
        addValues(t.scores + time, ownValues, hd, t.length + 1, out);
    }
}

} // namespace

VIVA_CLONES void decodeAttention(const DecodeAttention& task) {
    for (std::int64_t row = 0; row < task.rows; ++row)
        for (std::int64_t kv = 0; kv < task.kvHeads; ++kv)
            decodeRow(task, row, kv);
}

} // namespace viva::kernels
