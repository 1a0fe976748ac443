// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/speech_model.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/model/frozen_copy.h"
#include "core/model/prompt_embeddings.h"
#include "core/nn/device.h"
#include "core/tokenizer/text_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace viva {
namespace {

std::size_t countOf(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++count;
    return count;
}

PackedClips oneClip(const torch::Tensor& values) {
    return {values, ClipRows{{values.size(0)}}};
}

} // namespace

SpeechModel::SpeechModel(SpeechModelConfig config, Decoder decoder)
    : m_config(std::move(config)), m_decoder(std::move(decoder)) {}

std::int64_t SpeechModel::audioTokens(std::int64_t rows, AudioStage stage) const {
    return stage == AudioStage::Projected ? rows : audioTokenCount(rows, m_config);
}

torch::Tensor SpeechModel::encode(const torch::Tensor& features) const {
    return encodeClips(oneClip(features), {}).values;
}

torch::Tensor SpeechModel::project(const torch::Tensor& encoded) const {
    return projectClips(oneClip(encoded), {}).values;
}

torch::Tensor SpeechModel::encodeClip(const AudioBuffer& clip) const {
    const torch::NoGradGuard noGrad;
    return project(encode(features(clip)));
}

PackedClips SpeechModel::advance(PackedClips clips, AudioStage from, AudioStage to) const {
    if (from == AudioStage::Features && to != AudioStage::Features)
        clips = encodeClips(clips, {});
    if (from != AudioStage::Projected && to == AudioStage::Projected)
        clips = projectClips(clips, {});
    return clips;
}

std::vector<torch::Tensor> SpeechModel::encodeAll(std::span<const torch::Tensor> features,
                                                  int workers,
                                                  const std::function<void(double)>& progress,
                                                  std::stop_token stop) const {
    std::vector<torch::Tensor> results(features.size());
    std::atomic<std::size_t> next{0};
    std::mutex guard;
    std::size_t done = 0;
    std::exception_ptr failure;
    const auto work = [&] {
        useOneOperatorThread();
        const torch::NoGradGuard noGrad;
        try {
            for (std::size_t i = next++; i < features.size() && !stop.stop_requested();
                 i = next++) {
                results[i] = encode(features[i]);
                const std::lock_guard lock(guard);
                ++done;
                if (progress)
                    progress(static_cast<double>(done) / static_cast<double>(features.size()));
            }
        } catch (...) {
            const std::lock_guard lock(guard);
            failure = std::current_exception();
            next = features.size();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < std::max(workers, 1); ++i)
            threads.emplace_back(work);
    }
    if (failure)
        std::rethrow_exception(failure);
    return results;
}

std::string SpeechModel::promptText(std::string_view question, bool withAudio,
                                    std::optional<std::string> system) const {
    std::vector<ChatMessage> messages;
    if (system)
        messages.push_back({"system", std::move(*system)});
    messages.push_back(
        {"user", (withAudio ? m_config.audioPlaceholder : std::string()) + std::string(question)});
    return chatTemplate().render(messages);
}

PromptInput SpeechModel::buildPrompt(const std::string& text, std::int64_t audioTokens) const {
    const std::size_t found = countOf(text, m_config.audioPlaceholder);
    if (found != (audioTokens > 0 ? 1U : 0U))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("the prompt holds {} {} times; {}", m_config.audioPlaceholder,
                                found,
                                audioTokens > 0 ? "with a clip it must stand exactly once"
                                                : "without a clip it must not stand there"));
    auto ids = tokenizer().encode(text);
    if (audioTokens > 0)
        ids = expandAudioToken(ids, m_config.audioTokenIndex, audioTokens);
    return {std::move(ids), audioTokens};
}

torch::Tensor SpeechModel::mergeEmbeddings(std::span<const std::int64_t> ids,
                                           const torch::Tensor& audio) const {
    return mergeAudio(m_decoder, ids, audio, m_config.audioTokenIndex);
}

const Tokenizer& SpeechModel::tokenizer() const {
    if (!m_tokenizer)
        throw Error(ErrorCode::NotFound, "this model was created without a tokenizer");
    return *m_tokenizer;
}

const ChatTemplate& SpeechModel::chatTemplate() const {
    if (!m_chatTemplate)
        throw Error(ErrorCode::NotFound, "this model was created without a chat template");
    return *m_chatTemplate;
}

SpeechPart SpeechModel::part(ModelStage stage) const {
    return {m_config.part(stage), &network(stage)};
}

std::vector<SpeechPart> SpeechModel::parts() const {
    std::vector<SpeechPart> result;
    for (const PartNames& names : m_config.parts)
        result.push_back(part(names.stage));
    return result;
}

WholeModule SpeechModel::wholeModule() const {
    return {m_config.part(ModelStage::Projector).prefix, &network(ModelStage::Projector)};
}

std::int64_t SpeechModel::parameterCount() const {
    std::int64_t count = 0;
    for (const SpeechPart& part : parts())
        for (const auto& parameter : part.module->parameters())
            count += parameter.numel();
    return count;
}

torch::Device SpeechModel::device() const {
    return m_decoder->headWeight().device();
}

void SpeechModel::loadText(const std::filesystem::path& folder) {
    m_tokenizer = Tokenizer::load(fileInside(folder, "tokenizer.json"));
    m_textFolder = folder;
    try {
        m_chatTemplate = ChatTemplate::load(folder);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound)
            throw;
        const bool roles = m_tokenizer->idOf("<|start_of_role|>").has_value();
        m_chatTemplate.emplace(roles ? PromptStyle::RoleTokens : PromptStyle::UserAssistant);
        m_config.notes.push_back(fmt::format("no chat template: prompts are laid out {}",
                                             roles ? "with role tokens" : "as USER:/ASSISTANT:"));
    }
    const auto placeholder = m_tokenizer->idOf(m_config.audioPlaceholder);
    if (placeholder != m_config.audioTokenIndex)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: {} is token {}, but config.json's audio_token_index is {}",
                                (folder / "tokenizer.json").string(), m_config.audioPlaceholder,
                                placeholder.value_or(-1), m_config.audioTokenIndex));
}

void SpeechModel::loadBundledAdapter(const std::filesystem::path& folder) {
    m_bundled = loadAdapter(m_decoder, folder, AdapterSlot::Bundled, wholeModule());
}

void SpeechModel::saveBeside(const std::filesystem::path& folder) const {
    copyTextFiles(m_textFolder, folder);
    if (m_bundled)
        saveAdapter(*m_bundled, folder, AdapterKeyStyle::Checkpoint);
}

void SpeechModel::copyDecoder() {
    m_decoder = frozenCopy(m_decoder);
    m_bundled.reset(); // its factors stay on both decoders
}

} // namespace viva
