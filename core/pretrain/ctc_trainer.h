// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/families/granite/conformer_encoder.h"
#include "core/nn/worker_pool.h"
#include "core/pretrain/ctc_labels.h"
#include "core/train/gradient_sum.h"
#include "core/train/optimizer.h"
#include "core/train/schedule.h"

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// A clip with its transcript. A draw takes one variant (original, augmented), uniformly.
struct CtcClip {
    std::string id;
    std::vector<torch::Tensor> variants; ///< features [frames, inputDim], float16 or float32, CPU
    std::string text;
};

/// Bands of features that are hidden from the encoder, so that it does not learn clips by heart.
/// @source Park et al. 2019 (arXiv 1904.08779), time and frequency masking
struct MaskingConfig {
    std::int64_t fromStep = 200; ///< first step with masks
    int timeMasks = 2;
    std::int64_t maxTimeFrames = 12; ///< encoder frames (20 ms) a mask; at most a fifth of the clip
    int melMasks = 2;
    std::int64_t maxMelBins = 12; ///< of the mel bins, in both halves of a stacked frame
};

/// Training of the encoder from random weights by CTC on characters.
/// @source Graves et al. 2006 (CTC); demo recipe, section 4
struct CtcTrainConfig {
    std::int64_t steps = 1800;
    std::int64_t warmupSteps = 60;
    int batch = 16;
    double learningRate = 2e-3;
    LrScheduler schedule = LrScheduler::Cosine;
    AdamWConfig adam{.beta1 = 0.9, .beta2 = 0.98, .epsilon = 1e-8, .weightDecay = 0.01};
    double maxGradNorm = 1.0;
    double midWeight = 0.3;          ///< share of the loss at the middle block's head
    double batchNormMomentum = 0.05; ///< of the running statistics
    std::uint64_t seed = 0;
    MaskingConfig masking;
};

struct CtcStepResult {
    std::int64_t step = 0; ///< 1-based
    double loss = 0;       ///< nats a character, at the last layer
    double midLoss = 0;    ///< the same at the middle block
    double gradNorm = 0;
    double learningRate = 0;
    double seconds = 0;
};

struct CtcScore {
    double characterErrorRate = 0; ///< edits over reference characters
    double wordErrorRate = 0;
    std::int64_t clips = 0;
};

/// Trains an encoder in full. One thread owns it; each step is shared between the workers of the
/// pool, one slice of the clips each, gradients and statistics summed in a fixed order. What a step
/// draws follows from seed and step alone, so that save() and load() continue bit for bit.
class CtcTrainer {
public:
    /// Everything is borrowed and must outlive it; the encoder's parameters become trainable until
    /// finish(). @throws Error(InvalidArgument) for no clips, clips without features or text, or
    /// more labels than the encoder's head has.
    CtcTrainer(ConformerEncoder encoder, const std::vector<CtcClip>& clips, CtcLabels labels,
               const CtcTrainConfig& config, WorkerPool& pool);

    [[nodiscard]] CtcStepResult step();
    [[nodiscard]] std::int64_t stepsDone() const { return m_step; }

    /// Greedy error rates with frozen statistics; the first variant of each clip.
    [[nodiscard]] CtcScore evaluate(const std::vector<CtcClip>& clips) const;

    /// Weights, statistics, moments and step in one safetensors file, all or nothing.
    void save(const std::filesystem::path& file) const;
    /// @throws Error(Format | ShapeMismatch) when the file belongs to another encoder.
    void load(const std::filesystem::path& file);
    /// Freezes the encoder again.
    void finish();

private:
    struct Draw {
        std::size_t clip = 0;
        std::size_t variant = 0;
        std::uint64_t maskSeed = 0;
    };
    struct WorkerPart {
        Gradients gradients;
        std::vector<BatchStatistics> statistics;
        double loss = 0;
        double midLoss = 0;
    };

    [[nodiscard]] std::vector<std::vector<Draw>> draws(std::int64_t step) const;
    [[nodiscard]] torch::Tensor maskedFeatures(const Draw& draw, std::int64_t step) const;
    [[nodiscard]] WorkerPart differentiate(const std::vector<Draw>& draws, std::int64_t step,
                                           double characters) const;
    void foldStatistics(const std::vector<WorkerPart>& parts);

    ConformerEncoder m_encoder;
    const std::vector<CtcClip>& m_clips;
    std::vector<std::vector<std::int64_t>> m_targets; ///< beside clips
    CtcLabels m_labels;
    CtcTrainConfig m_config;
    WorkerPool& m_pool;
    std::vector<std::string> m_names; ///< of the parameters
    AdamW m_optimizer;
    std::int64_t m_step = 0;
};

} // namespace viva
