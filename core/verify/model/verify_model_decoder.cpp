// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/model/model_set_torch.h"

#include "core/model/log_probs.h"

#include <fmt/format.h>

namespace viva {

namespace {

/// A clip, or the text without one, and what is fed to the decoder.
struct Case {
    std::string name;
    const nlohmann::json* entry = nullptr;
    torch::Tensor merged; ///< [time, hidden]
    Scope scope = Scope::Whole;
};

std::vector<std::int64_t> allIds(const nlohmann::json& entry) {
    auto ids = ModelSet::ids(entry.at("prompt_ids"));
    const auto answer = ModelSet::ids(entry.at("answer_ids"));
    ids.insert(ids.end(), answer.begin(), answer.end());
    return ids;
}

/// Negative log-likelihood of the answer's tokens; row r of the logits predicts token r + 1.
torch::Tensor answerNll(const torch::Tensor& logits, const nlohmann::json& entry) {
    const auto answer = ModelSet::ids(entry.at("answer_ids"));
    const auto first = entry.at("logits_first_row").get<std::int64_t>();
    const auto count = static_cast<std::int64_t>(answer.size());
    const torch::Tensor targets = torch::tensor(answer, torch::kInt64).unsqueeze(1);
    return -torch::log_softmax(logits.narrow(0, first, count), -1).gather(1, targets).squeeze(1);
}

void compareNll(ModelSet& set, const Case& test, const std::string& state,
                const std::string& quantity, const torch::Tensor& nll) {
    set.compareStored(quantity, "nll", test.scope, test.name + "/nll/" + state, nll);
    const auto& means = test.entry->at("mean_nll");
    if (!means.contains(state))
        return;
    const auto limits = set.allowed("mean_nll", test.scope);
    const double mean = nll.to(torch::kFloat64).mean().item<double>();
    set.add("mean " + quantity + (test.scope == Scope::Stage ? ", stage" : ", whole"),
            test.name + "/" + state, std::abs(mean - means.at(state).get<double>()), limits.limit);
}

void runState(ModelSet& set, const Case& test, const std::string& state) {
    auto& decoder = set.model().decoder();
    std::vector<torch::Tensor> layers;
    const std::vector<std::int64_t> lengths{test.merged.size(0)};
    const torch::Tensor hidden = decoder->hidden(
        test.merged.unsqueeze(0), lengths, ModelSet::state(state), &layers, MergeMode::Separate);
    const std::string lm = test.name + "/lm/" + state + "/";
    for (std::size_t i = 0; i < layers.size(); ++i)
        set.compareStored("decoder layers", "lm", test.scope, fmt::format("{}layer{}", lm, i),
                          layers[i].squeeze(0));
    set.compareStored("decoder norm", "lm", test.scope, lm + "norm", hidden.squeeze(0));
    const torch::Tensor logits = decoder->logits(hidden).squeeze(0);
    const auto first = test.entry->at("logits_first_row").get<std::int64_t>();
    const std::string stored = test.name + "/logits";
    set.compareStored("logits", "logits", test.scope, stored + "/" + state,
                      logits.narrow(0, first, logits.size(0) - first));
    set.compareStored("logits", "logits", test.scope, stored + "_all/" + state, logits);
    compareNll(set, test, state, "nll", answerNll(logits, *test.entry));
}

/// The way training and scoring go: prompt once, answer on its cache.
void runAnswerPath(ModelSet& set, const Case& test, const std::string& state) {
    auto& decoder = set.model().decoder();
    const auto answer = ModelSet::ids(test.entry->at("answer_ids"));
    const auto count = static_cast<std::int64_t>(answer.size());
    const std::int64_t prompt = test.merged.size(0) - count;
    const AdapterState adapters = ModelSet::state(state);
    const PromptCache cache =
        decoder->prefill({test.merged.narrow(0, 0, prompt).unsqueeze(0), {prompt}}, adapters);
    const AnswerBatch batch{torch::tensor(answer, torch::kInt64).unsqueeze(0), {count}, {0}};
    const auto scores = answerLogProbs(decoder, cache, batch, adapters, 1.0);
    compareNll(set, test, state, "nll on the prompt's cache", -scores.logProbs.squeeze(0));
}

void runFolded(ModelSet& set, const Case& test, const std::string& state) {
    const std::string name = test.name + "/logits/" + state + "-merged";
    if (!set.has(name))
        return;
    auto& decoder = set.model().decoder();
    const auto first = test.entry->at("logits_first_row").get<std::int64_t>();
    const torch::Tensor hidden = decoder->hidden(test.merged.unsqueeze(0), {test.merged.size(0)},
                                                 ModelSet::state(state), nullptr, MergeMode::Fold);
    const torch::Tensor logits = decoder->logits(hidden).squeeze(0);
    set.compareStored("logits, adapter folded in", "logits of the merged model", test.scope, name,
                      logits.narrow(0, first, logits.size(0) - first));
}

/// Folded in and live must agree wherever the set says it measured that.
void compareFoldedWithLive(ModelSet& set, const Case& test) {
    if (!set.doc().contains("merged_check"))
        return;
    auto& decoder = set.model().decoder();
    const auto logits = [&](const std::string& state, MergeMode mode) {
        return decoder->logits(decoder->hidden(test.merged.unsqueeze(0), {test.merged.size(0)},
                                               ModelSet::state(state), nullptr, mode));
    };
    for (const auto& [state, entry] : set.doc()["merged_check"].items()) {
        const auto live = logits(state, MergeMode::Separate);
        set.compare("logits, folded in against live", test.name + "/" + state,
                    set.allowed("logits of the merged model", Scope::Whole),
                    logits(state, MergeMode::Fold), live);
        // An adapter that does nothing would agree too.
        const bool matters =
            deviation(live, logits("off", MergeMode::Separate), DeviationOf::Absolute) > 1e-2;
        set.compareEqual("adapter changes the logits", test.name + "/" + state, matters);
    }
}

void runStates(ModelSet& set, const Case& test) {
    for (const auto& [state, mean] : test.entry->at("mean_nll").items()) {
        runState(set, test, state);
        runAnswerPath(set, test, state);
    }
    for (const auto& name : {"on", "peft", "on+peft"})
        runFolded(set, test, name);
}

void verifyClip(ModelSet& set, const std::string& clip, const nlohmann::json& entry) {
    SpeechModel& model = set.model();
    const auto ids = allIds(entry);
    if (set.has(clip + "/projector/out"))
        set.compareStored("merged", "merged", Scope::Stage, clip + "/merged",
                          model.mergeEmbeddings(ids, set.expected(clip + "/projector/out")));
    if (set.has(clip + "/merged"))
        runStates(set, {clip, &entry, set.expected(clip + "/merged"), Scope::Stage});
    const torch::Tensor merged = model.mergeEmbeddings(ids, model.encodeClip(set.clip(entry)));
    set.compareStored("merged", "merged", Scope::Whole, clip + "/merged", merged);
    runStates(set, {clip, &entry, merged, Scope::Whole});
}

/// Two clips of different length as one batch, right-padded, give each one's own logits.
void verifyPair(ModelSet& set) {
    if (!set.doc().contains("pair"))
        return;
    const auto names = set.doc()["pair"].at("clips").get<std::vector<std::string>>();
    const auto home = set.doc().value("default_state", std::string("off"));
    std::vector<torch::Tensor> rows;
    std::vector<std::int64_t> lengths;
    for (const auto& name : names) {
        const auto& entry = set.doc()["clips"].at(name);
        rows.push_back(
            set.model().mergeEmbeddings(allIds(entry), set.model().encodeClip(set.clip(entry))));
        lengths.push_back(rows.back().size(0));
    }
    auto& decoder = set.model().decoder();
    const torch::Tensor batch = torch::nn::utils::rnn::pad_sequence(rows, true);
    const torch::Tensor logits =
        decoder->logits(decoder->hidden(batch, lengths, ModelSet::state(home)));
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto& entry = set.doc()["clips"].at(names[i]);
        const auto first = entry.at("logits_first_row").get<std::int64_t>();
        set.compareStored(
            "logits, pair in a batch", "logits", Scope::Whole, names[i] + "/logits/" + home,
            logits[static_cast<std::int64_t>(i)].narrow(0, first, lengths[i] - first));
    }
}

} // namespace

void verifyModelDecoder(ModelSet& set) {
    const torch::NoGradGuard noGrad;
    for (const auto& [clip, entry] : set.doc()["clips"].items()) {
        verifyClip(set, clip, entry);
        if (set.has(clip + "/merged"))
            compareFoldedWithLive(set, {clip, &entry, set.expected(clip + "/merged")});
    }
    verifyPair(set);
    if (!set.doc().contains("text_only"))
        return;
    const auto& text = set.doc()["text_only"];
    const torch::Tensor merged = set.model().mergeEmbeddings(allIds(text), {});
    set.compareStored("merged", "merged", Scope::Stage, "text/merged", merged);
    runStates(set, {"text", &text, merged, Scope::Whole});
}

} // namespace viva
