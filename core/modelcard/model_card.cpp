// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/modelcard/model_card.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/base/json_reader.h"
#include "core/base/safetensors_view.h"
#include "core/base/weight_files.h"
#include "core/config/parameter_count.h"
#include "core/config/weight_pattern.h"
#include "core/families/family_config.h"
#include "core/tokenizer/chat_template.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOtherPart = "other";

/// The network a weight belongs to, by its canonical name.
std::string partOf(const SpeechModelConfig& config, std::string_view name) {
    for (const PartNames& part : config.parts)
        if (name.starts_with(part.prefix))
            return part.name;
    return kOtherPart;
}

struct Tally {
    std::int64_t tensors = 0, parameters = 0;
    std::uint64_t bytes = 0;
    std::set<std::string> dtypes;

    void add(const TensorView& tensor) {
        ++tensors;
        bytes += tensor.bytes.size();
        // BatchNorm's step counters are whole numbers and no parameters.
        if (tensor.dtype == TensorDtype::I64)
            return;
        parameters += tensor.elements();
        dtypes.emplace(toString(tensor.dtype));
    }
};

ModelWeight weightOf(std::string name, const TensorView& tensor) {
    const bool counted = tensor.dtype != TensorDtype::I64 && !name.ends_with(".running_mean") &&
                         !name.ends_with(".running_var");
    return {std::move(name), tensor.shape, std::string(toString(tensor.dtype)), counted};
}

void readWeights(ModelCard& card) {
    std::map<std::string, Tally> tallies;
    const auto files = findWeightFiles(card.folder);
    card.files = files.size();
    bool head = false;
    for (const WeightFile& file : files) {
        const SafetensorsView view(file.path);
        for (const std::string& name : file.everyTensor ? view.names() : file.names) {
            const TensorView& tensor = view.get(name);
            const std::string canonical = card.config.weightName(name);
            tallies[partOf(card.config, canonical)].add(tensor);
            card.weights.push_back(weightOf(canonical, tensor));
            head = head || canonical == card.config.headName();
        }
    }
    std::ranges::sort(card.weights, {}, &ModelWeight::name);
    card.tiedHead = !head;
    card.config.text.tieWordEmbeddings = !head;
    std::vector<std::string> names;
    for (const PartNames& part : card.config.parts)
        names.push_back(part.name);
    names.emplace_back(kOtherPart);
    for (const std::string& name : names)
        if (const auto found = tallies.find(name); found != tallies.end()) {
            const Tally& tally = found->second;
            card.parts.push_back({name, tally.tensors, tally.parameters, tally.bytes,
                                  fmt::format("{}", fmt::join(tally.dtypes, ", "))});
        }
}

/// transformers 5 takes another pre-tokenizer than the file's where this class is named.
void noteTokenizerClass(ModelCard& card) {
    if (!existsInside(card.folder, "tokenizer_config.json"))
        return;
    const nlohmann::json json = readJsonFile(fileInside(card.folder, "tokenizer_config.json"));
    const auto found = json.is_object() ? json.find("tokenizer_class") : json.end();
    if (found == json.end() || !found->is_string())
        return;
    const auto& name = found->get_ref<const std::string&>();
    if (name.starts_with("GPT2Tokenizer") &&
        card.tokenizer.preTokenizer != "bytes, cut into words as GPT-2 does")
        card.notes.push_back(fmt::format("tokenizer_config.json names {}: transformers 5 then cuts "
                                         "words as GPT-2 does; here tokenizer.json is followed",
                                         name));
}

void readPrompts(ModelCard& card) {
    try {
        const ChatTemplate layout = ChatTemplate::load(card.folder);
        card.promptStyle =
            layout.style() == PromptStyle::RoleTokens ? "role tokens" : "USER:/ASSISTANT:";
        card.defaultSystem = layout.defaultSystem();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound)
            throw;
        card.promptStyle = "none in the folder";
        card.notes.emplace_back("no chat template: the layout is guessed from the tokens");
    }
}

void readGeneration(ModelCard& card) {
    if (!existsInside(card.folder, "generation_config.json"))
        return;
    const fs::path file = fileInside(card.folder, "generation_config.json");
    const nlohmann::json json = readJsonFile(file);
    JsonReader reader(json, file.string());
    for (const char* key : {"do_sample", "temperature", "top_p", "top_k", "num_beams",
                            "repetition_penalty", "no_repeat_ngram_size", "max_new_tokens"})
        if (reader.has(key))
            card.generation.emplace_back(key, reader.raw(key)->dump().substr(0, 80));
}

} // namespace

std::int64_t ModelWeight::parameters() const {
    std::int64_t count = 1;
    for (const std::int64_t size : shape)
        count *= size;
    return count;
}

TrainableCount countTrainable(const ModelCard& card, const TrainConfig& config) {
    TrainableCount count;
    const TextConfig& text = card.config.text;
    if (config.lora.rank > 0 && text.numHiddenLayers > 0) {
        const std::int64_t layers =
            config.lora.lastLayers > 0
                ? std::min<std::int64_t>(config.lora.lastLayers, text.numHiddenLayers)
                : text.numHiddenLayers;
        count.adapter = adapterParameters(text, config.lora.rank, config.lora.targets) /
                        text.numHiddenLayers * layers;
    }
    std::set<std::string> used, parts;
    for (const ModelWeight& weight : card.weights) {
        bool fits = false;
        for (const std::string& pattern : config.trainable)
            if (weight.trainable && fitsPattern(weight.name, pattern)) {
                used.insert(pattern);
                fits = true;
            }
        if (!fits)
            continue;
        count.whole += weight.parameters();
        parts.insert(partOf(card.config, weight.name));
    }
    for (const ModelCardPart& part : card.parts)
        count.referenceCopy += parts.contains(part.name) ? part.parameters : 0;
    for (const std::string& pattern : config.trainable)
        if (!used.contains(pattern))
            count.unused.push_back(pattern);
    return count;
}

MemoryEstimate estimateMemory(const ModelCard& card, const TrainConfig& config,
                              MemorySetting setting) {
    const TrainableCount count = countTrainable(card, config);
    setting.wholeParameters = count.whole;
    setting.referenceParameters = config.samples() ? count.referenceCopy : 0;
    return estimateMemory(card.config, config, setting);
}

std::int64_t ModelCard::parameters() const {
    std::int64_t sum = 0;
    for (const ModelCardPart& part : parts)
        sum += part.parameters;
    return sum;
}

std::uint64_t ModelCard::bytes() const {
    std::uint64_t sum = 0;
    for (const ModelCardPart& part : parts)
        sum += part.bytes;
    return sum;
}

AdapterCard readAdapterCard(const fs::path& folder) {
    AdapterCard card;
    card.config = readAdapterConfig(fileInside(folder, "adapter_config.json"));
    const SafetensorsView view(fileInside(folder, "adapter_model.safetensors"));
    Tally tally;
    for (const std::string& name : view.names()) {
        tally.add(view.get(name));
        card.withProjector = card.withProjector || name.find(".lora_") == std::string::npos;
    }
    card.tensors = tally.tensors;
    card.parameters = tally.parameters;
    card.bytes = tally.bytes;
    return card;
}

ModelCard readModelCard(const fs::path& folder) {
    ModelCard card;
    card.folder = folder;
    card.config = readModelConfig(folder);
    card.notes = card.config.notes;
    readWeights(card);
    if (card.config.bundledAdapter)
        card.bundled = readAdapterCard(folder);
    card.tokenizer = summariseTokenizer(fileInside(folder, "tokenizer.json"));
    noteTokenizerClass(card);
    readPrompts(card);
    readGeneration(card);
    return card;
}

} // namespace viva
