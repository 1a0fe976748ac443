// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"
#include "core/config/model_config.h"
#include "core/model/decoder.h"
#include "core/model/lora_adapter.h"
#include "core/nn/packed_clips.h"
#include "core/tokenizer/chat_template.h"
#include "core/tokenizer/tokenizer.h"

#include <torch/torch.h>

#include <cstdint>
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

struct SpeechLoadOptions {
    torch::Device device = torch::kCPU;
    torch::ScalarType dtype = torch::kFloat32; ///< of the weights; running statistics stay float32
    std::function<void(double fraction)> progress; ///< in [0, 1]; may be empty
    std::stop_token stop;
};

/// How far a clip has come through a speech model.
enum class AudioStage {
    Features, ///< log-mel features [frames, width]
    Encoded,  ///< the encoder's output [frames, width]
    Projected ///< the projector's output [audioTokens, hidden]
};

/// Clips at one stage, packed one after the other.
struct PackedClips {
    torch::Tensor values; ///< [sum of rows, width]
    ClipRows rows;
};

/// A network of a speech model with its names.
struct SpeechPart {
    PartNames names;
    const torch::nn::Module* module = nullptr;
};

/// A prompt as token ids, the audio placeholder repeated for every audio token.
struct PromptInput {
    std::vector<std::int64_t> ids;
    std::int64_t audioTokens = 0; ///< how many of them are placeholders
};

/// Receives what a network computes on its way, by name ("block0").
using ActivationSink = std::function<void(const std::string& name, const torch::Tensor& value)>;

/// A language model that hears: front end, encoder, projector, decoder, tokenizer and prompt
/// layout. What every family shares is here; a family adds its front end, encoder and projector.
///
/// Everything is frozen (requires_grad off) after loading; trainers switch on what they train. No
/// dropout, no running statistics that change. The const methods may be called from several threads
/// at once.
class SpeechModel {
public:
    virtual ~SpeechModel() = default;
    SpeechModel& operator=(const SpeechModel&) = delete;

    /// Log-mel features of a clip, [frames, width] float32 on the model's device.
    /// @throws Error(InvalidArgument) for another sample rate, a clip that is too short, or one
    /// with more audio tokens than the decoder has positions.
    [[nodiscard]] virtual torch::Tensor features(const AudioBuffer& clip) const = 0;
    /// Features to the encoder's output; each clip as if it were alone. Keeps the graph in grad
    /// mode. `sink`, if not empty, receives what is computed on the way.
    [[nodiscard]] virtual PackedClips encodeClips(const PackedClips& features,
                                                  const ActivationSink& sink) const = 0;
    /// The encoder's output to audio tokens, in the same way.
    [[nodiscard]] virtual PackedClips projectClips(const PackedClips& encoded,
                                                   const ActivationSink& sink) const = 0;
    /// Audio tokens of a clip that has `rows` rows at `stage`.
    [[nodiscard]] virtual std::int64_t audioTokens(std::int64_t rows, AudioStage stage) const;

    /// encodeClips and projectClips of one clip: [rows, width] to [rows, width].
    [[nodiscard]] torch::Tensor encode(const torch::Tensor& features) const;
    [[nodiscard]] torch::Tensor project(const torch::Tensor& encoded) const;
    /// features, encode and project without graph: [audioTokens, hidden].
    [[nodiscard]] torch::Tensor encodeClip(const AudioBuffer& clip) const;
    /// Clips at `from` brought to `to`; keeps the graph in grad mode.
    [[nodiscard]] PackedClips advance(PackedClips clips, AudioStage from, AudioStage to) const;
    /// encode() for many clips side by side on `workers` threads of one operator thread each,
    /// without graph; the same bits as one by one. Empty tensors stand where the stop token came
    /// first.
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
    /// mergeAudio with this model's decoder and placeholder.
    [[nodiscard]] torch::Tensor mergeEmbeddings(std::span<const std::int64_t> ids,
                                                const torch::Tensor& audio) const;

    [[nodiscard]] const SpeechModelConfig& config() const { return m_config; }
    /// What was unusual about the folder, in words.
    [[nodiscard]] const std::vector<std::string>& notes() const { return m_config.notes; }
    /// @throws Error(NotFound) when the model was created without text files.
    [[nodiscard]] const Tokenizer& tokenizer() const;
    [[nodiscard]] const ChatTemplate& chatTemplate() const;

    [[nodiscard]] Decoder& decoder() { return m_decoder; }
    [[nodiscard]] const Decoder& decoder() const { return m_decoder; }
    /// The adapter that lies in the checkpoint's folder; null when there is none.
    [[nodiscard]] LoraAdapter* bundledAdapter() { return m_bundled ? &*m_bundled : nullptr; }
    [[nodiscard]] SpeechPart part(ModelStage stage) const;
    /// All of them, in the order a clip passes through them.
    [[nodiscard]] std::vector<SpeechPart> parts() const;
    /// What an adapter's file may hold whole beside its factors: the projector.
    [[nodiscard]] WholeModule wholeModule() const;
    [[nodiscard]] std::int64_t parameterCount() const;
    [[nodiscard]] torch::Device device() const;

    /// A model that computes what this one computes now: it shares the networks, but for those at
    /// `copied`, of which it has frozen copies.
    [[nodiscard]] virtual std::unique_ptr<SpeechModel>
    copyWith(const std::vector<ModelStage>& copied) const = 0;
    /// Writes a folder that the family and transformers open: weights in `dtype` under the
    /// checkpoint's names, configuration, tokenizer files, and the bundled adapter. Each file all
    /// or nothing.
    virtual void save(const std::filesystem::path& folder, torch::ScalarType dtype) const = 0;

protected:
    SpeechModel(SpeechModelConfig config, Decoder decoder);
    SpeechModel(const SpeechModel&) = default;

    [[nodiscard]] virtual const torch::nn::Module& network(ModelStage stage) const = 0;

    /// Tokenizer and prompt layout of a folder.
    /// @throws Error(Format) when the tokenizer's placeholder is not the configuration's.
    void loadText(const std::filesystem::path& folder);
    /// The adapter in a folder, into the slot Bundled.
    void loadBundledAdapter(const std::filesystem::path& folder);
    /// Text files and bundled adapter, as save() writes them.
    void saveBeside(const std::filesystem::path& folder) const;
    /// For copyWith: a frozen copy of the decoder instead of the shared one.
    void copyDecoder();

private:
    SpeechModelConfig m_config;
    Decoder m_decoder;
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::optional<ChatTemplate> m_chatTemplate;
    std::optional<LoraAdapter> m_bundled;
    std::filesystem::path m_textFolder;
};

} // namespace viva
