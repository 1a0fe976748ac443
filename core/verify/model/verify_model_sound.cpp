// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/model/model_set_torch.h"

#include <fmt/format.h>

namespace viva {

namespace {

torch::Tensor runEncoder(ModelSet& set, const std::string& clip, Scope scope,
                         const torch::Tensor& features) {
    torch::Tensor inputLinear;
    bool mid = false;
    const auto compareWith = [&](const std::string& name, const torch::Tensor& got) {
        set.compareStored("encoder", "encoder", scope, clip + "/encoder/" + name, got);
    };
    const auto output =
        set.model().encodeClips({features, ClipRows{{features.size(0)}}},
                                [&](const std::string& name, const torch::Tensor& got) {
                                    compareWith(name, got);
                                    mid = mid || name == "mid";
                                    if (name == "input_linear")
                                        inputLinear = got;
                                });
    // A single block has no addition before it: what enters it is the input layer's output.
    if (!mid)
        compareWith("mid", inputLinear);
    compareWith("final", output.values);
    return output.values;
}

torch::Tensor runProjector(ModelSet& set, const std::string& clip, Scope scope,
                           const torch::Tensor& encoded) {
    const torch::Tensor tokens =
        set.model()
            .projectClips({encoded, ClipRows{{encoded.size(0)}}},
                          [&](const std::string& name, const torch::Tensor& got) {
                              set.compareStored("projector layers", "projector/qformer", scope,
                                                clip + "/projector/" + name, got);
                          })
            .values;
    set.compareStored("projector out", "projector/out", scope, clip + "/projector/out", tokens);
    return tokens;
}

void compareCounts(ModelSet& set, const std::string& clip, const nlohmann::json& entry,
                   const AudioBuffer& sound) {
    const auto samples = static_cast<std::int64_t>(sound.samples.size());
    const auto& config = set.model().config();
    const auto frames = featureFrames(samples, config.features);
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
    const PackedClips encoded = set.model().encodeClips({torch::cat(features), rows}, {});
    const PackedClips tokens = set.model().projectClips(encoded, {});
    std::int64_t frame = 0;
    std::int64_t token = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::int64_t count = tokens.rows.lengths[i];
        set.compareStored("encoder, batch", "encoder", Scope::Whole, names[i] + "/encoder/final",
                          encoded.values.narrow(0, frame, rows.lengths[i]));
        set.compareStored("projector out, batch", "projector/out", Scope::Whole,
                          names[i] + "/projector/out", tokens.values.narrow(0, token, count));
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
