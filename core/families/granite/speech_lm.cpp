// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/speech_lm.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/config/parameter_count.h"
#include "core/families/granite/random_init.h"
#include "core/nn/device.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"
#include "core/tokenizer/text_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

namespace viva {

namespace {

namespace fs = std::filesystem;

FeatureParams featureParams(const FeatureConfig& config) {
    return {config.sampleRateHz, config.fftSize, config.windowSamples, config.hopSamples,
            config.melBins};
}

/// Gives every parameter fresh storage of the dtype without touching the old one, so that a model
/// larger than memory in float32 can be loaded in bfloat16.
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

/// A stored head means an untied one, whatever the flags say.
void settleTying(SpeechModelConfig& config, const CheckpointWeights& weights) {
    const bool tied = !weights.has("language_model.lm_head.weight");
    if (tied != config.text.tieWordEmbeddings)
        config.notes.push_back(fmt::format("config.json says tie_word_embeddings {}, but the "
                                           "weights hold {} lm_head; the weights decide",
                                           config.text.tieWordEmbeddings, tied ? "no" : "a"));
    config.text.tieWordEmbeddings = tied;
}

/// Refuses a configuration that asks for far more memory than the weights could fill, before any is
/// taken.
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

std::size_t countOf(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size()))
        ++count;
    return count;
}

} // namespace

SpeechLm::SpeechLm(SpeechModelConfig config)
    : encoder(config.encoder), projector(config), decoder(config.text), m_config(std::move(config)),
      m_logMel(featureParams(m_config.features)) {}

std::vector<std::pair<std::string, const torch::nn::Module*>> SpeechLm::parts() const {
    return {{"encoder.", encoder.get()},
            {"projector.", projector.get()},
            {"language_model.", decoder.get()}};
}

void SpeechLm::place(const SpeechLoadOptions& options) {
    for (const auto& [prefix, module] : parts())
        allocate(*module, options);
    for (std::int64_t i = 0; i < m_config.text.numHiddenLayers; ++i) {
        const DecoderBlockImpl& block = decoder->block(i);
        layPacked({block.self_attn->q_proj->weight, block.self_attn->k_proj->weight,
                   block.self_attn->v_proj->weight});
        layPacked({block.mlp->gate_proj->weight, block.mlp->up_proj->weight});
    }
}

std::unique_ptr<SpeechLm> SpeechLm::load(const fs::path& folder, const SpeechLoadOptions& options) {
    SpeechModelConfig config = readModelConfig(folder);
    const CheckpointWeights weights(folder);
    settleTying(config, weights);
    requireSizesFit(config, weights);
    config.notes.insert(config.notes.end(), weights.notes().begin(), weights.notes().end());
    std::unique_ptr<SpeechLm> model(new SpeechLm(std::move(config)));
    model->loadText(folder);
    model->place(options);
    std::vector<WeightTarget> targets;
    for (const auto& [prefix, module] : model->parts())
        for (auto& target : weightTargets(*module, prefix))
            targets.push_back(std::move(target));
    LoadHooks hooks;
    hooks.stop = options.stop;
    if (options.progress)
        hooks.progress = progressByBytes(targets, options.progress);
    if (!loadWeights(weights, targets, hooks))
        return nullptr;
    model->decoder->pack();
    if (model->m_config.bundledAdapter)
        model->m_bundled =
            loadAdapter(model->decoder, folder, AdapterSlot::Bundled, model->projector.get());
    return model;
}

std::unique_ptr<SpeechLm> SpeechLm::create(const SpeechModelConfig& config, std::uint64_t seed,
                                           const fs::path& textFolder,
                                           const SpeechLoadOptions& options) {
    std::unique_ptr<SpeechLm> model(new SpeechLm(config));
    model->m_config.bundledAdapter.reset();
    model->place(options);
    double done = 0;
    for (const auto& [prefix, module] : model->parts()) {
        if (options.stop.stop_requested())
            return nullptr;
        fillRandomly(*module, prefix, config, seed);
        if (options.progress)
            options.progress(done += 1.0 / 3.0);
    }
    model->decoder->pack();
    if (!textFolder.empty())
        model->loadText(textFolder);
    return model;
}

void SpeechLm::loadText(const fs::path& folder) {
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
    if (m_tokenizer->idOf(kAudioPlaceholder) != m_config.audioTokenIndex)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: {} is token {}, but config.json's audio_token_index is {}",
                                (folder / "tokenizer.json").string(), kAudioPlaceholder,
                                m_tokenizer->idOf(kAudioPlaceholder).value_or(-1),
                                m_config.audioTokenIndex));
}

void SpeechLm::save(const fs::path& folder, torch::ScalarType dtype) const {
    fs::create_directories(folder);
    NamedTensors tensors;
    for (const auto& [prefix, module] : parts())
        for (const auto& target : weightTargets(*module, prefix))
            tensors.emplace_back(target.name, target.tensor);
    saveSafetensors(folder / "model.safetensors", tensors, {{"format", "pt"}}, dtype);
    writeModelConfig(folder, m_config);
    copyTextFiles(m_textFolder, folder);
    if (m_bundled)
        saveAdapter(*m_bundled, folder, AdapterKeyStyle::Granite);
}

torch::Tensor SpeechLm::features(const AudioBuffer& clip) const {
    const FeatureConfig& front = m_config.features;
    if (clip.sampleRateHz != front.sampleRateHz)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("SpeechLm::features: the clip has {} Hz, the model hears {} Hz; "
                                "resample it first",
                                clip.sampleRateHz, front.sampleRateHz));
    const auto frames = encoderFrames(static_cast<std::int64_t>(clip.samples.size()), front);
    const auto tokens = audioTokenCount(frames, m_config);
    if (tokens >= m_config.text.maxPositionEmbeddings)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("the clip of {:.1f} s needs {} audio tokens, but the model has only "
                        "{} positions; cut it into shorter pieces",
                        clip.durationSec(), tokens, m_config.text.maxPositionEmbeddings));
    Features computed = m_logMel.compute(clip.samples);
    return torch::tensor(computed.values).view({computed.frames, computed.width}).to(device());
}

torch::Tensor SpeechLm::encode(const torch::Tensor& features) const {
    const torch::NoGradGuard noGrad;
    checkShape(features, {"frames", m_config.encoder.inputDim}, "SpeechLm::encode: features");
    return encoder->forward(features, ClipRows{{features.size(0)}}).frames;
}

torch::Tensor SpeechLm::project(const torch::Tensor& encoded) const {
    return projector->forward(encoded, ClipRows{{encoded.size(0)}});
}

torch::Tensor SpeechLm::encodeClip(const AudioBuffer& clip) const {
    const torch::NoGradGuard noGrad;
    return project(encode(features(clip)));
}

std::vector<torch::Tensor> SpeechLm::encodeAll(std::span<const torch::Tensor> features, int workers,
                                               const std::function<void(double)>& progress,
                                               std::stop_token stop) const {
    std::vector<torch::Tensor> results(features.size());
    std::atomic<std::size_t> next{0};
    std::mutex guard;
    std::size_t done = 0;
    std::exception_ptr failure;
    const auto work = [&] {
        useOneOperatorThread();
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

std::string SpeechLm::promptText(std::string_view question, bool withAudio,
                                 std::optional<std::string> system) const {
    std::vector<ChatMessage> messages;
    if (system)
        messages.push_back({"system", std::move(*system)});
    messages.push_back({"user", (withAudio ? std::string(kAudioPlaceholder) : std::string()) +
                                    std::string(question)});
    return chatTemplate().render(messages);
}

PromptInput SpeechLm::buildPrompt(const std::string& text, std::int64_t audioTokens) const {
    const std::size_t places = countOf(text, kAudioPlaceholder);
    if (places != (audioTokens > 0 ? 1U : 0U))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("the prompt holds {} {} times; {}", kAudioPlaceholder, places,
                                audioTokens > 0 ? "with a clip it must stand exactly once"
                                                : "without a clip it must not stand there"));
    PromptInput prompt;
    prompt.audioTokens = audioTokens;
    for (const auto id : tokenizer().encode(text)) {
        const bool audio = id == m_config.audioTokenIndex;
        prompt.ids.insert(prompt.ids.end(), static_cast<std::size_t>(audio ? audioTokens : 1), id);
    }
    return prompt;
}

torch::Tensor SpeechLm::mergeEmbeddings(std::span<const std::int64_t> ids,
                                        const torch::Tensor& audio) const {
    std::vector<std::int64_t> lookup(ids.begin(), ids.end());
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < lookup.size(); ++i)
        if (lookup[i] == m_config.audioTokenIndex) {
            places.push_back(static_cast<std::int64_t>(i));
            lookup[i] = 0;
        }
    const std::int64_t rows = audio.defined() ? audio.size(0) : 0;
    if (rows != static_cast<std::int64_t>(places.size()))
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("SpeechLm::mergeEmbeddings: {} audio places in the prompt, but {} "
                                "audio embeddings",
                                places.size(), rows));
    const auto onDevice = [this](const std::vector<std::int64_t>& values) {
        return torch::tensor(values, torch::kInt64).to(device());
    };
    const torch::Tensor text = decoder->embed(onDevice(lookup));
    if (places.empty())
        return text;
    checkShape(audio, {rows, m_config.text.hiddenSize}, "SpeechLm::mergeEmbeddings: audio");
    return text.index_copy(0, onDevice(places), audio.to(text.scalar_type()));
}

const Tokenizer& SpeechLm::tokenizer() const {
    if (!m_tokenizer)
        throw Error(ErrorCode::NotFound, "this model was created without a tokenizer");
    return *m_tokenizer;
}

const ChatTemplate& SpeechLm::chatTemplate() const {
    if (!m_chatTemplate)
        throw Error(ErrorCode::NotFound, "this model was created without a chat template");
    return *m_chatTemplate;
}

torch::Device SpeechLm::device() const {
    return projector->query.device();
}

std::int64_t SpeechLm::parameterCount() const {
    std::int64_t count = 0;
    for (const auto& [prefix, module] : parts())
        for (const auto& parameter : module->parameters())
            count += parameter.numel();
    return count;
}

} // namespace viva
