// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"
#include "core/config/model_config.h"
#include "core/families/granite/conformer_encoder.h"
#include "core/families/granite/qformer_projector.h"
#include "core/features/log_mel.h"
#include "core/model/decoder.h"
#include "core/model/lora_adapter.h"
#include "core/tokenizer/chat_template.h"
#include "core/tokenizer/tokenizer.h"

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// A prompt as token ids, the audio place repeated for every audio token.
struct PromptInput {
    std::vector<std::int64_t> ids;
    std::int64_t audioTokens = 0; ///< how many of them are audio places
};

struct SpeechLoadOptions {
    torch::Device device = torch::kCPU;
    torch::ScalarType dtype = torch::kFloat32; ///< of the weights; running statistics stay float32
    std::function<void(double fraction)> progress; ///< in [0, 1]; may be empty
    std::stop_token stop;
};

/// A Granite Speech model: front end, encoder, projector, decoder, tokenizer and prompt layout.
///
/// Everything is frozen (requires_grad off) after loading; trainers switch on what they train. No
/// dropout anywhere, BatchNorm on running statistics. The const methods may be called from several
/// threads at once.
class SpeechLm {
public:
    /// Opens a checkpoint folder: config.json, weights by index or model.safetensors, tokenizer,
    /// prompt layout and, when adapter_config.json is there, the bundled adapter.
    /// @return nullptr when the stop token ended it.
    /// @throws Error naming file, key and cure.
    [[nodiscard]] static std::unique_ptr<SpeechLm> load(const std::filesystem::path& folder,
                                                        const SpeechLoadOptions& options = {});

    /// A model with seeded random weights that fit the multipliers; float32 on the CPU unless the
    /// options say otherwise.
    /// @param textFolder holds tokenizer.json and the chat template; empty: none yet
    /// @return nullptr when the stop token ended it.
    /// @source demo recipe, section 3
    [[nodiscard]] static std::unique_ptr<SpeechLm>
    create(const SpeechModelConfig& config, std::uint64_t seed,
           const std::filesystem::path& textFolder = {}, const SpeechLoadOptions& options = {});

    /// Writes a folder that load() and transformers open: weights in `dtype` under the checkpoint's
    /// names, configuration, tokenizer files, and the bundled adapter. Each file all or nothing.
    void save(const std::filesystem::path& folder, torch::ScalarType dtype) const;

    /// Log-mel features of a clip, [frames, 2 * melBins] float32 on the model's device.
    /// @throws Error(InvalidArgument) for another sample rate, a clip that is too short, or one
    /// with more audio tokens than the decoder has positions.
    [[nodiscard]] torch::Tensor features(const AudioBuffer& clip) const;
    /// One clip at its true length, without graph: [frames, inputDim] to [frames, encoderWidth].
    [[nodiscard]] torch::Tensor encode(const torch::Tensor& features) const;
    /// [frames, encoderWidth] to [audioTokens, hidden]; keeps the graph in grad mode.
    [[nodiscard]] torch::Tensor project(const torch::Tensor& encoded) const;
    /// features, encode and project without graph.
    [[nodiscard]] torch::Tensor encodeClip(const AudioBuffer& clip) const;
    /// encode() for many clips side by side on `workers` threads of one operator thread each; the
    /// same bits as one by one. Empty tensors stand where the stop token came first.
    [[nodiscard]] std::vector<torch::Tensor>
    encodeAll(std::span<const torch::Tensor> features, int workers,
              const std::function<void(double fraction)>& progress = {},
              std::stop_token stop = {}) const;

    /// The prompt's text for one question about one clip: placeholder, then the question, laid out
    /// by the chat template. `system` replaces the template's own system turn.
    [[nodiscard]] std::string promptText(std::string_view question, bool withAudio = true,
                                         std::optional<std::string> system = {}) const;
    /// Token ids of a prompt text. With audioTokens > 0 the text holds the placeholder exactly
    /// once, else not at all. @throws Error(InvalidArgument) otherwise.
    [[nodiscard]] PromptInput buildPrompt(const std::string& text, std::int64_t audioTokens) const;
    /// ids [n] and audio [audio places, hidden] (undefined without) to [n, hidden], **before**
    /// embedding_multiplier; audio places are looked up as id 0 and then overwritten. Keeps the
    /// graph in grad mode. @throws Error(ShapeMismatch) when places and rows differ in number.
    [[nodiscard]] torch::Tensor mergeEmbeddings(std::span<const std::int64_t> ids,
                                                const torch::Tensor& audio) const;

    [[nodiscard]] const SpeechModelConfig& config() const { return m_config; }
    /// @throws Error(NotFound) when the model was created without text files.
    [[nodiscard]] const Tokenizer& tokenizer() const;
    [[nodiscard]] const ChatTemplate& chatTemplate() const;
    [[nodiscard]] LoraAdapter* bundledAdapter() { return m_bundled ? &*m_bundled : nullptr; }
    [[nodiscard]] const LogMel& logMel() const { return m_logMel; }
    [[nodiscard]] torch::Device device() const;
    [[nodiscard]] std::int64_t parameterCount() const;
    /// The three networks, each with what the names of its weights begin with.
    [[nodiscard]] std::vector<std::pair<std::string, const torch::nn::Module*>> parts() const;
    /// What was unusual about the folder, in words.
    [[nodiscard]] const std::vector<std::string>& notes() const { return m_config.notes; }

    ConformerEncoder encoder{nullptr};
    QFormerProjector projector{nullptr};
    Decoder decoder{nullptr};

private:
    explicit SpeechLm(SpeechModelConfig config);
    void loadText(const std::filesystem::path& folder);
    void place(const SpeechLoadOptions& options);

    SpeechModelConfig m_config;
    LogMel m_logMel;
    std::unique_ptr<Tokenizer> m_tokenizer;
    std::optional<ChatTemplate> m_chatTemplate;
    std::optional<LoraAdapter> m_bundled;
    std::filesystem::path m_textFolder;
};

} // namespace viva
