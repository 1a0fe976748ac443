// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/weight_loader.h"
#include "core/verify/model/model_set_torch.h"

namespace viva {

namespace {

void checkpointCounts(ModelSet& set) {
    const auto& doc = set.doc();
    if (!doc.contains("checkpoint"))
        return;
    const CheckpointWeights weights(set.folder());
    std::int64_t floats = 0;
    std::int64_t integers = 0;
    std::int64_t elements = 0;
    for (const auto& name : weights.names()) {
        const torch::Tensor tensor = weights.tensor(name);
        (tensor.is_floating_point() ? floats : integers) += 1;
        elements += tensor.is_floating_point() ? tensor.numel() : 0;
    }
    const auto& want = doc["checkpoint"];
    set.compareEqual("checkpoint tensors", "float_tensors",
                     want.value("float_tensors", floats) == floats);
    set.compareEqual("checkpoint tensors", "int64_tensors",
                     want.value("int64_tensors", integers) == integers);
    set.compareEqual("checkpoint tensors", "float_elements",
                     want.value("float_elements", elements) == elements);
}

void tokenizerStrings(ModelSet& set, const char* key, const Tokenizer& tokenizer,
                      const std::string& quantity) {
    if (!set.doc().contains(key))
        return;
    for (const auto& entry : set.doc()[key]) {
        const auto text = entry.at("text").get<std::string>();
        const auto ids = ModelSet::ids(entry.at("ids"));
        set.compareEqual(quantity, text, tokenizer.encode(text) == ids);
        if (entry.contains("decoded"))
            set.compareEqual("tokenizer decode", text,
                             tokenizer.decode(ids, false) == entry["decoded"]);
        if (entry.contains("decoded_skip_special"))
            set.compareEqual("tokenizer decode", text,
                             tokenizer.decode(ids, true) == entry["decoded_skip_special"]);
    }
}

void partialCharacters(ModelSet& set) {
    if (!set.doc().contains("decode"))
        return;
    for (const auto& entry : set.doc()["decode"])
        set.compareEqual("tokenizer decode", entry.at("ids").dump(),
                         set.model().tokenizer().decode(ModelSet::ids(entry["ids"]), false) ==
                             entry.at("decoded"));
}

void chatTemplates(ModelSet& set) {
    if (!set.doc().contains("chat_template"))
        return;
    for (const auto& entry : set.doc()["chat_template"]) {
        std::vector<ChatMessage> messages;
        for (const auto& message : entry.at("messages"))
            messages.push_back({message.at("role"), message.at("content")});
        const std::string text = set.model().chatTemplate().render(
            messages, entry.value("add_generation_prompt", false));
        set.compareEqual("chat template", entry.at("messages").dump(), text == entry.at("text"));
    }
}

/// Prompt and answer of one clip, or of the text-only case.
void promptIds(ModelSet& set, const std::string& name, const nlohmann::json& entry) {
    SpeechModel& model = set.model();
    const auto tokens = entry.value("audio_tokens", std::int64_t{0});
    const auto prompt = model.buildPrompt(entry.at("prompt").get<std::string>(), tokens);
    set.compareEqual("prompt tokens", name, prompt.ids == ModelSet::ids(entry.at("prompt_ids")));
    auto answer = model.tokenizer().encode(entry.at("answer").get<std::string>());
    answer.push_back(model.config().text.eosTokenId);
    set.compareEqual("answer tokens", name, answer == ModelSet::ids(entry.at("answer_ids")));
    if (!entry.contains("greedy_text"))
        return;
    for (const auto& [state, ids] : entry.at("greedy").items())
        set.compareEqual("tokenizer decode", name + "/greedy/" + state,
                         model.tokenizer().decode(ModelSet::ids(ids), true) ==
                             entry["greedy_text"].at(state));
}

} // namespace

void verifyModelText(ModelSet& set) {
    checkpointCounts(set);
    tokenizerStrings(set, "tokenizer", set.model().tokenizer(), "tokenizer");
    const char* asGpt2 = "tokenizer_if_class_were_GPT2Tokenizer";
    if (set.doc().contains(asGpt2) && !set.doc()[asGpt2].empty()) {
        TokenizerOptions options;
        options.gpt2Pattern = true;
        const auto tokenizer = Tokenizer::load(set.folder() / "tokenizer.json", options);
        tokenizerStrings(set, asGpt2, *tokenizer, "tokenizer, GPT-2 pattern");
    }
    partialCharacters(set);
    chatTemplates(set);
    for (const auto& [name, entry] : set.doc()["clips"].items())
        promptIds(set, name, entry);
    if (set.doc().contains("text_only"))
        promptIds(set, "text", set.doc()["text_only"]);
}

} // namespace viva
