// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"
#include "core/families/granite/qformer_projector.h"
#include "core/model/decoder.h"
#include "core/nn/worker_pool.h"
#include "core/train/gradient_sum.h"
#include "core/train/optimizer.h"
#include "core/train/schedule.h"

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// A clip as the frozen encoder heard it, once for each variant (original, augmented).
struct BaseClip {
    std::vector<torch::Tensor> variants; ///< [frames, encoder width], float16 or float32, CPU
};

/// One thing to learn from a clip. A draw takes one variant and one target, uniformly.
struct BaseItem {
    std::size_t clip = 0;
    std::string task;                               ///< must be in BaseTrainConfig::mix
    std::vector<std::int64_t> promptIds;            ///< with exactly one audio placeholder
    std::vector<std::vector<std::int64_t>> targets; ///< each ends with EOS
};

struct TaskShare {
    std::string task;
    double weight = 1; ///< relative to the others
};

/// Training of projector and decoder in full, from random weights, on cached encoder outputs.
/// @source demo recipe, section 4: lr 2e-3, 32 examples a step
struct BaseTrainConfig {
    std::int64_t steps = 2000;
    std::int64_t warmupSteps = 50;
    int batch = 32;
    double learningRate = 2e-3;
    LrScheduler schedule = LrScheduler::Cosine;
    AdamWConfig adam{.beta1 = 0.9, .beta2 = 0.98, .epsilon = 1e-8, .weightDecay = 0.01};
    double maxGradNorm = 1.0;
    std::uint64_t seed = 0;
    std::vector<TaskShare> mix{{"asr", 0.30}, {"ast", 0.35}, {"sqa", 0.35}};
};

struct BaseStepResult {
    std::int64_t step = 0; ///< 1-based
    double loss = 0;       ///< nats a target token
    double gradNorm = 0;
    double learningRate = 0;
    double seconds = 0;
    std::int64_t tokens = 0; ///< target tokens of the step
    std::vector<std::pair<std::string, double>> lossByTask;
};

/// Trains projector and decoder with cross entropy on given targets; one thread owns it, each step
/// is shared between the workers of the pool. What a step draws follows from seed and step alone,
/// so that save() and load() continue exactly.
class BaseTrainer {
public:
    /// Everything is borrowed and must outlive it; the parameters of decoder and projector become
    /// trainable. @throws Error(InvalidArgument) for items that name no clip, no target, or no item
    /// of a task that has a share.
    BaseTrainer(Decoder decoder, QFormerProjector projector, const std::vector<BaseClip>& clips,
                const std::vector<BaseItem>& items, const SpeechModelConfig& model,
                const BaseTrainConfig& config, WorkerPool& pool);

    [[nodiscard]] BaseStepResult step();
    [[nodiscard]] std::int64_t stepsDone() const { return m_step; }

    /// Weights, moments and step in one safetensors file, all or nothing.
    void save(const std::filesystem::path& file) const;
    /// @throws Error(Format | ShapeMismatch) when the file belongs to another model.
    void load(const std::filesystem::path& file);

private:
    struct Draw {
        std::size_t item = 0;
        std::size_t variant = 0;
        std::size_t target = 0;
    };
    struct WorkerResult {
        Gradients gradients;
        std::vector<double> lossByDraw; ///< summed over the draw's target tokens
    };

    [[nodiscard]] std::vector<Draw> draws(std::int64_t step) const;
    [[nodiscard]] WorkerResult differentiate(const std::vector<Draw>& draws, Slice mine,
                                             double stepTokens) const;
    [[nodiscard]] torch::Tensor answerLogProbsOf(const std::vector<Draw>& draws, Slice mine,
                                                 std::vector<std::int64_t>& lengths) const;
    [[nodiscard]] const std::vector<std::int64_t>& targetOf(const Draw& draw) const;

    Decoder m_decoder;
    QFormerProjector m_projector;
    const std::vector<BaseClip>& m_clips;
    const std::vector<BaseItem>& m_items;
    SpeechModelConfig m_model;
    BaseTrainConfig m_config;
    WorkerPool& m_pool;
    std::vector<std::vector<std::size_t>> m_itemsOfTask; ///< beside config.mix
    std::vector<std::string> m_names;                    ///< of the parameters
    AdamW m_optimizer;
    std::int64_t m_step = 0;
};

} // namespace viva
