// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/granite/config/granite_config.h"
#include "core/families/granite/conformer_encoder.h"
#include "core/families/granite/qformer_projector.h"
#include "core/features/log_mel.h"
#include "core/model/speech_model.h"

#include <torch/torch.h>

#include <filesystem>
#include <memory>
#include <vector>

namespace viva {

/// Granite Speech: log-mel frames stacked in twos, a conformer encoder, a windowed Q-Former and the
/// Granite decoder. BatchNorm works on its running statistics.
class GraniteSpeech final : public SpeechModel {
public:
    /// Opens a checkpoint folder: config.json, weights by index or model.safetensors, tokenizer,
    /// prompt layout and, when adapter_config.json is there, the bundled adapter.
    /// @return nullptr when the stop token ended it.
    /// @throws Error naming file, key and cure.
    [[nodiscard]] static std::unique_ptr<GraniteSpeech> load(const std::filesystem::path& folder,
                                                             const SpeechLoadOptions& options = {});

    /// A model with seeded random weights that fit the multipliers; float32 on the CPU unless the
    /// options say otherwise.
    /// @param textFolder holds tokenizer.json and the chat template; empty: none yet
    /// @return nullptr when the stop token ended it.
    /// @source demo recipe, section 3
    [[nodiscard]] static std::unique_ptr<GraniteSpeech>
    create(const GraniteConfig& config, std::uint64_t seed,
           const std::filesystem::path& textFolder = {}, const SpeechLoadOptions& options = {});

    [[nodiscard]] torch::Tensor features(const AudioBuffer& clip) const override;
    /// `sink` receives "input_linear", "blockI" (before the mid addition) and "mid".
    [[nodiscard]] PackedClips encodeClips(const PackedClips& features,
                                          const ActivationSink& sink) const override;
    /// `sink` receives "qformer_layerJ" [windows, queries, dim].
    [[nodiscard]] PackedClips projectClips(const PackedClips& encoded,
                                           const ActivationSink& sink) const override;
    [[nodiscard]] std::unique_ptr<SpeechModel>
    copyWith(const std::vector<ModelStage>& copied) const override;
    void save(const std::filesystem::path& folder, torch::ScalarType dtype) const override;

    [[nodiscard]] const ConformerEncoder& encoder() const { return m_encoder; }
    [[nodiscard]] const QFormerProjector& projector() const { return m_projector; }

private:
    explicit GraniteSpeech(GraniteConfig config);
    GraniteSpeech(const GraniteSpeech&) = default;
    [[nodiscard]] const torch::nn::Module& network(ModelStage stage) const override;

    GraniteConfig m_granite;
    std::shared_ptr<const LogMel> m_logMel; ///< never null; copies share it
    ConformerEncoder m_encoder;
    QFormerProjector m_projector;
};

} // namespace viva
