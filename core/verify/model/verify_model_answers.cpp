// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/generator.h"
#include "core/verify/model/model_set_torch.h"

namespace viva {

namespace {

torch::Tensor promptEmbeddings(ModelSet& set, const nlohmann::json& entry) {
    SpeechModel& model = set.model();
    const auto ids = ModelSet::ids(entry.at("prompt_ids"));
    if (!entry.contains("file"))
        return model.mergeEmbeddings(ids, {});
    return model.mergeEmbeddings(ids, model.encodeClip(set.clip(entry)));
}

std::vector<std::int64_t> greedy(ModelSet& set, const torch::Tensor& prompt, AdapterState state,
                                 int maxTokens, std::vector<std::int64_t> eos) {
    GenerationConfig config;
    config.greedy = true;
    config.maxCompletionLength = maxTokens;
    config.eosTokenIds = std::move(eos);
    auto& decoder = set.model().decoder();
    const auto cache = decoder->prefill({prompt.unsqueeze(0), {prompt.size(0)}}, state);
    std::vector<Rng> streams(1, Rng(0));
    const auto answers = generate(decoder, cache, 1, config, streams, state);
    const torch::Tensor ids = answers.ids[0].narrow(0, 0, answers.lengths[0]).contiguous();
    return {ids.data_ptr<std::int64_t>(), ids.data_ptr<std::int64_t>() + ids.numel()};
}

/// As many tokens as the list has; one more where it ended by itself, which must not appear.
int askedTokens(const nlohmann::json& entry, const std::string& state, std::size_t listed) {
    const bool byItself =
        entry.contains("greedy_end") && entry["greedy_end"].value(state, "") == "eos";
    return static_cast<int>(listed) + (byItself ? 1 : 0);
}

void verifyGreedy(ModelSet& set, const std::string& name, const nlohmann::json& entry) {
    const torch::Tensor prompt = promptEmbeddings(set, entry);
    for (const auto& [state, list] : entry.at("greedy").items()) {
        const auto want = ModelSet::ids(list);
        if (want.empty())
            continue;
        const auto got =
            greedy(set, prompt, ModelSet::state(state), askedTokens(entry, state, want.size()), {});
        set.compareEqual("greedy answers", name + "/" + state, got == want);
    }
}

void verifyStop(ModelSet& set) {
    if (!set.doc().contains("stop"))
        return;
    const auto& stop = set.doc()["stop"];
    const auto clip = stop.at("clip").get<std::string>();
    const auto want = ModelSet::ids(stop.at("greedy"));
    const torch::Tensor prompt = promptEmbeddings(set, set.doc()["clips"].at(clip));
    const auto got =
        greedy(set, prompt, ModelSet::state(stop.at("state").get<std::string>()),
               static_cast<int>(want.size()) + 5, {stop.at("eos_token_id").get<std::int64_t>()});
    set.compareEqual("greedy answer ended by another token", clip, got == want);
}

} // namespace

void verifyModelAnswers(ModelSet& set) {
    const torch::NoGradGuard noGrad;
    for (const auto& [clip, entry] : set.doc()["clips"].items())
        verifyGreedy(set, clip, entry);
    if (set.doc().contains("text_only"))
        verifyGreedy(set, "text", set.doc()["text_only"]);
    verifyStop(set);
}

} // namespace viva
