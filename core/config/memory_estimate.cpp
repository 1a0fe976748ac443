// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/memory_estimate.h"

#include "core/config/memory_limits.h"
#include "core/config/parameter_count.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr std::uint64_t kFloat = 4;
/// Program, LibTorch and its code pages, and 70 MB that MKL keeps for large products, measured; on
/// a GPU the context's share of its memory.
constexpr std::uint64_t kProgramBytes = 330'000'000;
constexpr std::uint64_t kGpuContextBytes = 700'000'000;

struct Sizes {
    std::int64_t prompts = 0;      ///< that one worker runs together
    std::int64_t promptTokens = 0; ///< of one prompt
    std::int64_t answers = 0;      ///< that one worker runs together
    std::int64_t answerTokens = 0; ///< of one answer
    std::uint64_t workers = 1;
    std::uint64_t element = kFloat; ///< bytes of an activation
};

std::int64_t ceilDiv(std::int64_t a, std::int64_t b) {
    return (a + b - 1) / b;
}

std::int64_t framesOf(const SpeechModelConfig& model, const MemorySetting& setting) {
    const auto samples =
        static_cast<std::int64_t>(std::llround(setting.clipSec * model.features.sampleRateHz));
    return std::max<std::int64_t>(featureFrames(samples, model.features), 1);
}

Sizes sizesOf(const SpeechModelConfig& model, const TrainConfig& config,
              const MemorySetting& setting) {
    Sizes sizes;
    const int workers = std::min(setting.gpu ? 1 : std::max(setting.workers, 1),
                                 std::max(config.promptsPerStep, 1));
    sizes.workers = static_cast<std::uint64_t>(workers);
    sizes.prompts = ceilDiv(ceilDiv(std::max(config.promptsPerStep, 1), workers),
                            std::max(config.gradientAccumulationSteps, 1));
    sizes.promptTokens =
        audioTokenCount(framesOf(model, setting), model) + setting.promptTextTokens;
    sizes.answers =
        sizes.prompts * (config.objective == Objective::Sft ? 1 : config.numGenerations);
    sizes.answerTokens = config.maxCompletionLength;
    sizes.element = config.dtype == Dtype::BFloat16 ? 2 : kFloat;
    return sizes;
}

/// Values that the graph keeps of one token in one layer, `keys` positions being attended to: both
/// norms' inputs and outputs, q, k and v, what attention gives, gate and up, their product, the
/// adapters' inner values and the attention's probabilities.
std::uint64_t graphValues(const TextConfig& text, const TrainConfig& config, std::int64_t keys,
                          bool operators) {
    const std::int64_t queries = text.numAttentionHeads * text.headDim;
    const std::int64_t qkv = queries + 2 * text.numKeyValueHeads * text.headDim;
    std::int64_t values = 4 * text.hiddenSize + qkv + queries + 3 * text.intermediateSize +
                          static_cast<std::int64_t>(config.lora.targets.size()) * config.lora.rank +
                          text.numAttentionHeads * keys;
    // Operators keep every step of rotating and gating; the kernels work them out again.
    if (operators)
        values += 2 * text.hiddenSize + 2 * qkv + 2 * text.intermediateSize +
                  2 * text.numAttentionHeads * keys;
    return static_cast<std::uint64_t>(values);
}

std::uint64_t graphBytes(const SpeechModelConfig& model, const TrainConfig& config,
                         const Sizes& sizes, bool gpu) {
    const bool operators = gpu || sizes.element != kFloat;
    const TextConfig& text = model.text;
    const auto layers = static_cast<std::uint64_t>(text.numHiddenLayers);
    const auto prompt = static_cast<std::uint64_t>(sizes.prompts * sizes.promptTokens);
    const auto answer = static_cast<std::uint64_t>(sizes.answers * sizes.answerTokens);
    const std::uint64_t kept =
        prompt * (graphValues(text, config, sizes.promptTokens, operators) +
                  static_cast<std::uint64_t>(2 * text.numKeyValueHeads * text.headDim)) +
        answer * graphValues(text, config, sizes.promptTokens + sizes.answerTokens, operators);
    // What one layer's backward holds for a moment.
    const std::uint64_t moment =
        std::max(prompt, answer) *
        static_cast<std::uint64_t>(3 * text.intermediateSize + 4 * text.hiddenSize);
    return (kept * layers + moment) * sizes.element;
}

std::uint64_t logitBytes(const SpeechModelConfig& model, const Sizes& sizes) {
    const std::int64_t tokens = sizes.answers * sizes.answerTokens;
    const std::int64_t chunk =
        std::min(std::max<std::int64_t>(kChunkLogits / model.text.vocabSize, 1),
                 std::max<std::int64_t>(tokens, 1));
    return static_cast<std::uint64_t>(2 * chunk * model.text.vocabSize) * kFloat;
}

std::uint64_t samplingBytes(const SpeechModelConfig& model, const Sizes& sizes) {
    const TextConfig& text = model.text;
    const std::int64_t cache = 2 * text.numHiddenLayers * text.numKeyValueHeads * text.headDim *
                               sizes.answers * sizes.answerTokens;
    const std::int64_t logits = 4 * sizes.answers * text.vocabSize;
    return static_cast<std::uint64_t>(cache) * sizes.element +
           static_cast<std::uint64_t>(logits) * kFloat;
}

std::uint64_t hearingBytes(const SpeechModelConfig& model, const MemorySetting& setting,
                           const Sizes& sizes) {
    const EncoderSizes& encoder = model.encoder;
    const std::int64_t frames = framesOf(model, setting);
    const std::int64_t scores =
        3 * encoder.attentionHeads * std::min(frames, encoder.attentionSpan);
    return static_cast<std::uint64_t>(frames * (encoder.valuesPerFrame + scores)) * sizes.element;
}

/// Linear layers with the adapter folded in, of which each worker makes its own.
std::uint64_t foldedBytes(const SpeechModelConfig& model, const TrainConfig& config,
                          const Sizes& sizes) {
    if (sizes.element != kFloat || config.lora.rank == 0)
        return 0;
    const auto linears = static_cast<std::uint64_t>(
        (decoderLayerParameters(model.text) - 2 * model.text.hiddenSize) *
        model.text.numHiddenLayers);
    return linears * kFloat < static_cast<std::uint64_t>(kFoldLimitBytes)
               ? linears * kFloat * sizes.workers
               : 0;
}

} // namespace

std::uint64_t MemoryEstimate::total() const {
    std::uint64_t sum = 0;
    for (const MemoryPart& part : parts)
        sum += part.bytes;
    return sum;
}

std::uint64_t MemoryEstimate::bytesOf(const std::string& name) const {
    for (const MemoryPart& part : parts)
        if (part.name == name)
            return part.bytes;
    return 0;
}

MemoryEstimate estimateMemory(const SpeechModelConfig& model, const TrainConfig& config,
                              const MemorySetting& setting) {
    const Sizes sizes = sizesOf(model, config, setting);
    const ParameterCount count = countParameters(model);
    const auto bytes = [&](std::int64_t values) {
        return static_cast<std::uint64_t>(values) * sizes.element;
    };
    const auto adapter = static_cast<std::uint64_t>(
        adapterParameters(model.text, config.lora.rank, config.lora.targets));
    std::uint64_t bundled = 0;
    if (model.bundledAdapter)
        bundled =
            static_cast<std::uint64_t>(adapterParameters(model.text, model.bundledAdapter->rank,
                                                         model.bundledAdapter->targetModules)) *
            kFloat;
    MemoryEstimate estimate;
    estimate.parts = {{"encoder", bytes(count.encoder)},
                      {"projector", bytes(count.projector)},
                      {"language model", bytes(count.decoder)}};
    if (bundled > 0)
        estimate.parts.push_back({"bundled adapter", bundled});
    // Value, two moments, the sum of the gradients and one gradient a worker.
    estimate.parts.push_back({"new adapter", adapter * kFloat * (4 + sizes.workers)});
    if (const std::uint64_t folded = foldedBytes(model, config, sizes); folded > 0)
        estimate.parts.push_back({"adapter folded in", folded});
    if (setting.wholeParameters > 0) {
        // Two moments and the gradients in float32; a float32 value where the model has less.
        const auto whole = static_cast<std::uint64_t>(setting.wholeParameters);
        const std::uint64_t copies = sizes.element == kFloat ? 3 : 4;
        estimate.parts.push_back(
            {"trained weights", whole * (kFloat * copies + sizes.element * sizes.workers)});
        estimate.parts.push_back({"reference", bytes(setting.referenceParameters)});
    }
    const bool sft = config.objective == Objective::Sft;
    const std::uint64_t graph = graphBytes(model, config, sizes, setting.gpu);
    const std::uint64_t logits = logitBytes(model, sizes);
    const std::uint64_t sampling = sft ? 0 : samplingBytes(model, sizes);
    const std::uint64_t hearing = hearingBytes(model, setting, sizes);
    const std::uint64_t update = (graph + logits) * sizes.workers;
    estimate.parts.push_back({"activations", graph * sizes.workers});
    estimate.parts.push_back({"logits", logits * sizes.workers});
    // Sampling and hearing use memory that the update needs later; only more than that counts.
    const std::uint64_t other = std::max(sampling, hearing) * sizes.workers;
    estimate.parts.push_back({"sampling and hearing", other > update ? other - update : 0});
    estimate.parts.push_back({"program", setting.gpu ? kGpuContextBytes : kProgramBytes});
    return estimate;
}

std::string bytesText(std::uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    if (value >= 1e9)
        return fmt::format("{:.2f} GB", value / 1e9);
    if (value >= 1e6)
        return fmt::format("{:.0f} MB", value / 1e6);
    return fmt::format("{:.0f} kB", value / 1e3);
}

} // namespace viva
