// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/inspect_dump.h"

#include "core/audio/audio_file.h"
#include "core/model/trained_weights.h"
#include "core/nn/device.h"
#include "core/nn/error_translation.h"
#include "core/nn/safetensors.h"
#include "core/speech/speech_runtime.h"

#include <fmt/format.h>

#include <optional>

namespace viva {
namespace {

/// Tensors on their way into the file, in the order they were made.
class Dump {
public:
    void add(const std::string& name, const torch::Tensor& tensor) {
        const torch::Tensor host = tensor.detach().to(torch::kCPU);
        m_tensors.emplace_back(name, host.is_floating_point() ? host.to(torch::kFloat32) : host);
    }
    [[nodiscard]] const NamedTensors& tensors() const { return m_tensors; }

private:
    NamedTensors m_tensors;
};

/// The audio tokens of a clip.
torch::Tensor runClip(const SpeechModel& model, const std::filesystem::path& clip, Dump& dump) {
    const torch::Tensor features = model.features(readAudioForModel(clip));
    dump.add("features", features);
    const auto into = [&dump](const std::string& folder) {
        return [&dump, folder](const std::string& name, const torch::Tensor& value) {
            dump.add(folder + name, value);
        };
    };
    const PackedClips encoded =
        model.encodeClips({features, ClipRows{{features.size(0)}}}, into("encoder/"));
    dump.add("encoder/final", encoded.values);
    const torch::Tensor tokens = model.projectClips(encoded, into("projector/")).values;
    dump.add("projector/out", tokens);
    return tokens;
}

void decode(const SpeechModel& model, const torch::Tensor& merged, AdapterState state, Dump& dump) {
    std::vector<torch::Tensor> layers;
    const torch::Tensor hidden = model.decoder()->hidden(merged.unsqueeze(0), {merged.size(0)},
                                                         state, &layers, MergeMode::Separate);
    for (std::size_t i = 0; i < layers.size(); ++i)
        dump.add(fmt::format("lm/layer{}", i), layers[i].squeeze(0));
    dump.add("lm/norm", hidden.squeeze(0));
    dump.add("logits", model.decoder()->logits(hidden).squeeze(0));
}

DumpResult write(const DumpRequest& request, const std::string& prompt, const Dump& dump) {
    DumpResult result;
    result.prompt = prompt;
    for (const auto& [name, tensor] : dump.tensors())
        result.tensors.emplace_back(name, tensor.sizes().vec());
    saveSafetensors(request.output, dump.tensors(),
                    {{"format", "pt"},
                     {"prompt", prompt},
                     {"clip", request.clip.filename().string()},
                     {"dtype", std::string(nameOf(request.model.dtype))},
                     {"bundled_adapter", request.bundled ? "on" : "off"},
                     {"adapter", request.model.adapterFolder.filename().string()}});
    return result;
}

} // namespace

DumpResult dumpActivations(const DumpRequest& request, const std::function<void(double)>& progress,
                           std::stop_token stop) {
    return translated("running " + request.model.modelFolder.string(), [&]() -> DumpResult {
        const torch::NoGradGuard noGrad;
        const ModelChoice& choice = request.model;
        const auto runtime = SpeechRuntime::open(
            {choice.modelFolder, {}, choice.device, choice.dtype, choice.threads}, progress, stop);
        if (!runtime)
            return {};
        SpeechModel& model = runtime->model();
        std::optional<LoraAdapter> adapter;
        if (!choice.adapterFolder.empty())
            adapter = loadTrained(model, choice.adapterFolder, AdapterSlot::Trained);
        Dump dump;
        torch::Tensor audio;
        if (!request.clip.empty())
            audio = runClip(model, request.clip, dump);
        const std::string text =
            model.promptText(request.question, audio.defined(), request.system);
        const PromptInput prompt = model.buildPrompt(text, audio.defined() ? audio.size(0) : 0);
        dump.add("ids", torch::tensor(prompt.ids, torch::kInt64));
        const torch::Tensor merged = model.mergeEmbeddings(prompt.ids, audio);
        dump.add("merged", merged);
        decode(model, merged, {.bundled = request.bundled, .trained = adapter.has_value()}, dump);
        return stop.stop_requested() ? DumpResult{} : write(request, text, dump);
    });
}

} // namespace viva
