// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/model/model_set_torch.h"

#include <fmt/format.h>

namespace viva {

namespace {

void compareEncoder(ModelSet& set, const std::string& clip, Scope scope, const EncoderTrace& trace,
                    const torch::Tensor& frames) {
    const auto near = [&](const std::string& name, const torch::Tensor& got) {
        set.compareStored("encoder", "encoder", scope, clip + "/encoder/" + name, got);
    };
    near("input_linear", trace.inputLinear);
    for (std::size_t i = 0; i < trace.blocks.size(); ++i)
        near(fmt::format("block{}", i), trace.blocks[i]);
    // A single block has no addition before it: what enters it is the input layer's output.
    near("mid", trace.mid.defined() ? trace.mid : trace.inputLinear);
    near("final", frames);
}

void compareProjector(ModelSet& set, const std::string& clip, Scope scope,
                      const std::vector<torch::Tensor>& layers, const torch::Tensor& tokens) {
    for (std::size_t j = 0; j < layers.size(); ++j)
        set.compareStored("projector layers", "projector/qformer", scope,
                          fmt::format("{}/projector/qformer_layer{}", clip, j), layers[j]);
    set.compareStored("projector out", "projector/out", scope, clip + "/projector/out", tokens);
}

torch::Tensor runEncoder(ModelSet& set, const std::string& clip, Scope scope,
                         const torch::Tensor& features) {
    EncoderTrace trace;
    EncoderOptions options;
    options.trace = &trace;
    const auto output =
        set.model().encoder->forward(features, ClipRows{{features.size(0)}}, options);
    compareEncoder(set, clip, scope, trace, output.frames);
    return output.frames;
}

torch::Tensor runProjector(ModelSet& set, const std::string& clip, Scope scope,
                           const torch::Tensor& encoded) {
    std::vector<torch::Tensor> layers;
    const torch::Tensor tokens =
        set.model().projector->forward(encoded, ClipRows{{encoded.size(0)}}, &layers);
    compareProjector(set, clip, scope, layers, tokens);
    return tokens;
}

void compareCounts(ModelSet& set, const std::string& clip, const nlohmann::json& entry,
                   const AudioBuffer& sound) {
    const auto samples = static_cast<std::int64_t>(sound.samples.size());
    const auto& config = set.model().config();
    const auto frames = encoderFrames(samples, config.features);
    set.compareEqual("clip counts", clip + "/samples", entry.value("samples", samples) == samples);
    set.compareEqual("clip counts", clip + "/encoder_frames",
                     entry.value("encoder_frames", frames) == frames);
    const auto tokens = audioTokenCount(frames, config);
    set.compareEqual("clip counts", clip + "/audio_tokens",
                     entry.value("audio_tokens", tokens) == tokens);
}

/// Features of all clips, stored beside the sounds under the number of mel bins.
void compareSharedFeatures(ModelSet& set, const std::string& clip, const torch::Tensor& features) {
    for (const auto& folder : {set.folder() / "clips", set.folder().parent_path() / "clips"}) {
        const auto file = folder / "features.safetensors";
        if (!std::filesystem::exists(file))
            continue;
        const SafetensorsFile stored(file);
        const std::string name =
            fmt::format("{}/mel{}", clip, set.model().config().features.melBins);
        if (stored.has(name))
            set.compare("features of all clips", name, set.allowed("features", Scope::Whole),
                        features, stored.tensor(name));
        return;
    }
}

void verifyStages(ModelSet& set, const std::string& clip) {
    if (set.has(clip + "/features"))
        runEncoder(set, clip, Scope::Stage, set.expected(clip + "/features"));
    if (set.has(clip + "/encoder/final"))
        runProjector(set, clip, Scope::Stage, set.expected(clip + "/encoder/final"));
}

void verifyWhole(ModelSet& set, const std::string& clip, const nlohmann::json& entry) {
    const AudioBuffer sound = set.clip(entry);
    compareCounts(set, clip, entry, sound);
    const torch::Tensor features = set.model().features(sound);
    set.compareStored("features", "features", Scope::Whole, clip + "/features", features);
    compareSharedFeatures(set, clip, features);
    runProjector(set, clip, Scope::Whole, runEncoder(set, clip, Scope::Whole, features));
}

/// All clips in one packed batch: each must give what it gives alone.
void verifyBatch(ModelSet& set) {
    ClipRows rows;
    std::vector<torch::Tensor> features;
    std::vector<std::string> names;
    for (const auto& [clip, entry] : set.doc()["clips"].items()) {
        features.push_back(set.model().features(set.clip(entry)));
        rows.lengths.push_back(features.back().size(0));
        names.push_back(clip);
    }
    const auto encoded = set.model().encoder->forward(torch::cat(features), rows).frames;
    const auto tokens = set.model().projector->forward(encoded, rows);
    std::int64_t frame = 0;
    std::int64_t token = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto count = audioTokenCount(rows.lengths[i], set.model().config());
        set.compareStored("encoder, batch", "encoder", Scope::Whole, names[i] + "/encoder/final",
                          encoded.narrow(0, frame, rows.lengths[i]));
        set.compareStored("projector out, batch", "projector/out", Scope::Whole,
                          names[i] + "/projector/out", tokens.narrow(0, token, count));
        frame += rows.lengths[i];
        token += count;
    }
}

} // namespace

void verifyModelSound(ModelSet& set) {
    const torch::NoGradGuard noGrad;
    for (const auto& [clip, entry] : set.doc()["clips"].items()) {
        verifyStages(set, clip);
        verifyWhole(set, clip, entry);
    }
    verifyBatch(set);
}

} // namespace viva
