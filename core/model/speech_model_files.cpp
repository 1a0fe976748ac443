// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/speech_model_files.h"

#include "core/base/error.h"
#include "core/config/parameter_count.h"

#include <fmt/format.h>

namespace viva {
namespace {

void allocate(const torch::nn::Module& module, const SpeechLoadOptions& options) {
    for (const auto& parameter : module.parameters()) {
        torch::Tensor(parameter).set_data(
            torch::empty(parameter.sizes(), torch::dtype(options.dtype).device(options.device)));
        torch::Tensor(parameter).requires_grad_(false);
    }
    for (const auto& buffer : module.buffers())
        torch::Tensor(buffer).set_data(buffer.to(options.device));
}

/// Weights that are multiplied together get neighbouring storage before they are loaded, so that
/// pack() has nothing left to copy.
void layPacked(const std::vector<torch::Tensor>& weights) {
    std::int64_t rows = 0;
    for (const torch::Tensor& weight : weights)
        rows += weight.size(0);
    const torch::Tensor packed =
        torch::empty({rows, weights.front().size(1)}, weights.front().options());
    std::int64_t row = 0;
    for (torch::Tensor weight : weights) {
        weight.set_data(packed.narrow(0, row, weight.size(0)));
        weight.requires_grad_(false);
        row += weight.size(0);
    }
}

/// Tensors differ a thousandfold in size, so that their number says little about the time left.
std::function<void(std::int64_t, std::int64_t)>
progressByBytes(const std::vector<WeightTarget>& targets,
                const std::function<void(double)>& progress) {
    auto shares = std::make_shared<std::vector<double>>();
    double sum = 0;
    for (const WeightTarget& target : targets)
        shares->push_back(sum += static_cast<double>(target.tensor.numel()) + 1000.0);
    return [shares, progress](std::int64_t done, std::int64_t /*total*/) {
        progress(shares->at(static_cast<std::size_t>(done - 1)) / shares->back());
    };
}

} // namespace

void requireSizesFit(const SpeechModelConfig& config, const CheckpointWeights& weights) {
    constexpr std::int64_t kSlack = 50'000'000;
    const std::int64_t wanted = countParameters(config).total();
    const std::int64_t stored = weights.parameters();
    if (wanted > 2 * stored + kSlack)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: config.json describes a model of {} parameters, but the "
                                "weights hold {}; they do not belong together",
                                weights.folder().string(), wanted, stored));
}

void placeNetworks(const std::vector<SpeechPart>& parts, const Decoder& decoder,
                   const SpeechLoadOptions& options) {
    for (const SpeechPart& part : parts)
        allocate(*part.module, options);
    for (std::int64_t i = 0; i < decoder->config().numHiddenLayers; ++i) {
        const DecoderBlockImpl& block = decoder->block(i);
        layPacked({block.self_attn->q_proj->weight, block.self_attn->k_proj->weight,
                   block.self_attn->v_proj->weight});
        layPacked({block.mlp->gate_proj->weight, block.mlp->up_proj->weight});
    }
}

bool loadNetworks(const std::vector<SpeechPart>& parts, const CheckpointWeights& weights,
                  const SpeechLoadOptions& options) {
    std::vector<WeightTarget> targets;
    for (const SpeechPart& part : parts)
        for (auto& target : weightTargets(*part.module, part.names.prefix))
            targets.push_back(std::move(target));
    LoadHooks hooks;
    hooks.stop = options.stop;
    if (options.progress)
        hooks.progress = progressByBytes(targets, options.progress);
    return loadWeights(weights, targets, hooks);
}

void saveNetworks(const std::vector<SpeechPart>& parts, const std::filesystem::path& file,
                  torch::ScalarType dtype) {
    NamedTensors tensors;
    for (const SpeechPart& part : parts)
        for (const auto& target : weightTargets(*part.module, part.names.prefix))
            tensors.emplace_back(target.name, target.tensor);
    saveSafetensors(file, tensors, {{"format", "pt"}}, dtype);
}

} // namespace viva
