// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/model/trained_weights.h"
#include "core/verify/model/model_set_torch.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {

namespace {

/// What the loss is differentiated by, under the names of the set.
struct Wanted {
    std::vector<std::string> names;
    std::vector<torch::Tensor> tensors;
};

/// "layers.N.self_attn.q_proj.lora_A" is "lora_A/layers.N.self_attn.q_proj" in the set.
std::string storedName(const std::string& name) {
    const auto dot = name.rfind('.');
    return name.substr(dot + 1) + "/" + name.substr(0, dot);
}

Wanted wantedOf(ModelSet& set, LoraAdapter& adapter) {
    Wanted wanted;
    for (std::size_t i = 0; i < adapter.parameters().size(); ++i) {
        wanted.names.push_back(storedName(adapter.names()[i]));
        wanted.tensors.push_back(adapter.parameters()[i]);
    }
    for (auto& [name, tensor] :
         weightsThatFit(set.model(), {"projector.query", "projector.linear"})) {
        wanted.names.push_back(name);
        wanted.tensors.push_back(tensor);
    }
    for (auto& tensor : wanted.tensors)
        tensor.requires_grad_(true);
    return wanted;
}

torch::Tensor lossOf(ModelSet& set, const std::string& clip, AdapterState state) {
    SpeechModel& model = set.model();
    const auto& entry = set.doc()["clips"].at(clip);
    auto ids = ModelSet::ids(entry.at("prompt_ids"));
    const auto prompt = static_cast<std::int64_t>(ids.size());
    const auto answer = ModelSet::ids(entry.at("answer_ids"));
    ids.insert(ids.end(), answer.begin(), answer.end());
    const torch::Tensor merged =
        model.mergeEmbeddings(ids, model.project(model.encode(set.expected(clip + "/features"))));
    const torch::Tensor hidden = model.decoder()->hidden(merged.unsqueeze(0), {merged.size(0)},
                                                         state, nullptr, MergeMode::Separate);
    const torch::Tensor rows =
        hidden[0].narrow(0, prompt - 1, static_cast<std::int64_t>(answer.size()));
    return torch::nll_loss(torch::log_softmax(model.decoder()->logits(rows), -1),
                           torch::tensor(answer, torch::kInt64));
}

void verifyState(ModelSet& set, const std::string& state, const nlohmann::json& entry) {
    LoraAdapter* adapter = state == "on" ? set.model().bundledAdapter() : set.peft();
    if (adapter == nullptr)
        throw Error(ErrorCode::NotFound,
                    fmt::format("state \"{}\" needs an adapter the folder does not have", state));
    const Wanted wanted = wantedOf(set, *adapter);
    const torch::Tensor loss =
        lossOf(set, entry.at("clip").get<std::string>(), ModelSet::state(state));
    set.add("loss", state, std::abs(loss.item<double>() - entry.at("loss").get<double>()),
            set.allowed("mean_nll", Scope::Stage).limit);
    const auto gradients =
        torch::autograd::grad({loss}, wanted.tensors, {}, false, false, /*allow_unused=*/true);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        const std::string name = "grad/" + state + "/" + wanted.names[i];
        if (!set.has(name))
            continue;
        const bool adapterPart = wanted.names[i].rfind("lora", 0) == 0;
        set.compare(adapterPart ? "gradients of the adapter" : "gradients of the projector", name,
                    set.allowed("grad", Scope::Stage),
                    gradients[i].defined() ? gradients[i] : torch::zeros_like(wanted.tensors[i]),
                    set.expected(name));
    }
    for (const auto& name : set.expectedNames())
        if (name.rfind("grad/" + state + "/", 0) == 0) {
            const std::string own = name.substr(6 + state.size());
            const bool known =
                std::find(wanted.names.begin(), wanted.names.end(), own) != wanted.names.end();
            set.compareEqual("gradients that are there", name, known);
        }
    for (auto tensor : wanted.tensors)
        tensor.requires_grad_(false);
}

} // namespace

void verifyModelGradients(ModelSet& set) {
    if (!set.doc().contains("gradients"))
        return;
    const torch::AutoGradMode withGraph(true);
    for (const auto& [state, entry] : set.doc()["gradients"].items())
        verifyState(set, state, entry);
}

} // namespace viva
