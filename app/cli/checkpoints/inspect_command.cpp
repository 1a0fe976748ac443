// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/checkpoints/inspect_command.h"

#include "app/cli/choice_option.h"
#include "app/cli/interrupt.h"
#include "app/cli/progress_line.h"
#include "app/cli/text_table.h"
#include "core/base/error.h"
#include "core/checkpoint/inspect_dump.h"
#include "core/config/memory_estimate.h"
#include "core/config/train_config.h"
#include "core/config/weight_pattern.h"
#include "core/modelcard/device_memory.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <thread>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
        text.insert(static_cast<std::size_t>(at), ",");
    return text;
}

std::string targetsOf(const AdapterConfig& config) {
    return config.targetRegex.empty() ? fmt::format("{}", fmt::join(config.targetModules, ", "))
                                      : config.targetRegex;
}

std::string adapterText(const AdapterCard& adapter) {
    return fmt::format("rank {}, alpha {:g} (scale {:g}), {} parameters on {}{}",
                       adapter.config.rank, adapter.config.alpha, adapter.config.scale(),
                       grouped(adapter.parameters), targetsOf(adapter.config),
                       adapter.withProjector ? ", and the projector" : "");
}

Json adapterJson(const AdapterCard& adapter) {
    return {{"rank", adapter.config.rank},     {"alpha", adapter.config.alpha},
            {"scale", adapter.config.scale()}, {"target_modules", targetsOf(adapter.config)},
            {"tensors", adapter.tensors},      {"parameters", adapter.parameters},
            {"bytes", adapter.bytes},          {"with_projector", adapter.withProjector}};
}

MemoryEstimate estimateOf(const ModelCard& card, const ModelOptions& options, double clipSec,
                          const DeviceMemory& device) {
    TrainConfig config;
    config.dtype = options.dtype;
    MemorySetting setting;
    setting.gpu = device.gpu;
    setting.clipSec = clipSec;
    setting.workers = options.threads > 0
                          ? options.threads
                          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return estimateMemory(card, config, setting);
}

Json partsJson(const ModelCard& card) {
    Json parts = Json::array();
    for (const ModelCardPart& part : card.parts)
        parts.push_back({{"part", part.name},
                         {"tensors", part.tensors},
                         {"parameters", part.parameters},
                         {"bytes", part.bytes},
                         {"dtype", part.dtypes}});
    return parts;
}

Json memoryJson(const MemoryEstimate& estimate, const DeviceMemory& device) {
    Json parts = Json::object();
    for (const MemoryPart& part : estimate.parts)
        parts[part.name] = part.bytes;
    return {{"device", device.device},
            {"device_bytes", device.totalBytes},
            {"free_bytes", device.freeBytes},
            {"estimate_bytes", estimate.total()},
            {"parts", parts}};
}

Json cardJson(const ModelCard& card, const std::optional<AdapterCard>& adapter) {
    const TextConfig& text = card.config.text;
    Json generation = Json::object();
    for (const auto& [key, value] : card.generation)
        generation[key] =
            Json::parse(value, nullptr, false).is_discarded() ? Json(value) : Json::parse(value);
    Json out{{"folder", card.folder.string()},
             {"model_type", card.config.modelType},
             {"parameters", card.parameters()},
             {"bytes", card.bytes()},
             {"files", card.files},
             {"parts", partsJson(card)},
             {"encoder_layers", card.config.encoder.layers},
             {"encoder_width", card.config.encoder.outputWidth},
             {"cat_hidden_layers", card.config.encoder.capturedLayers},
             {"decoder_layers", text.numHiddenLayers},
             {"hidden_size", text.hiddenSize},
             {"vocab_size", text.vocabSize},
             {"tied_head", card.tiedHead},
             {"context", text.maxPositionEmbeddings},
             {"tokenizer",
              {{"model", card.tokenizer.model},
               {"pre_tokenizer", card.tokenizer.preTokenizer},
               {"vocabulary", card.tokenizer.vocabulary},
               {"merges", card.tokenizer.merges},
               {"added_tokens", card.tokenizer.addedTokens}}},
             {"prompt_style", card.promptStyle},
             {"generation", generation},
             {"repetition_penalty_used", 1.0},
             {"notes", card.notes}};
    if (card.bundled)
        out["bundled_adapter"] = adapterJson(*card.bundled);
    if (adapter)
        out["adapter"] = adapterJson(*adapter);
    return out;
}

std::string partsTable(const ModelCard& card) {
    std::vector<std::vector<std::string>> rows{{"part", "tensors", "parameters", "size", "dtype"}};
    for (const ModelCardPart& part : card.parts)
        rows.push_back({part.name, std::to_string(part.tensors), grouped(part.parameters),
                        bytesText(part.bytes), part.dtypes});
    rows.push_back({"together", "", grouped(card.parameters()), bytesText(card.bytes()), ""});
    return textTable(rows);
}

void printFacts(const ModelCard& card, const std::optional<AdapterCard>& adapter) {
    const TextConfig& text = card.config.text;
    const EncoderSizes& encoder = card.config.encoder;
    const auto line = [](const char* what, const std::string& value) {
        fmt::print("{:<18}{}\n", what, value);
    };
    line("encoder", fmt::format("{} blocks of {}{}", encoder.layers, encoder.width,
                                encoder.capturedLayers.empty()
                                    ? std::string()
                                    : fmt::format(", block{} {} handed on beside the last",
                                                  encoder.capturedLayers.size() > 1 ? "s" : "",
                                                  fmt::join(encoder.capturedLayers, ", "))));
    line("language model", fmt::format("{} layers of {}, {} heads sharing {}, {} tokens, {} head",
                                       text.numHiddenLayers, text.hiddenSize,
                                       text.numAttentionHeads, text.numKeyValueHeads,
                                       grouped(text.vocabSize), card.tiedHead ? "tied" : "own"));
    line("context", fmt::format("{} positions", grouped(text.maxPositionEmbeddings)));
    line("bundled adapter", card.bundled ? adapterText(*card.bundled) : "none");
    if (adapter)
        line("adapter", adapterText(*adapter));
    line("tokenizer", fmt::format("{} of {} tokens and {} added; {}", card.tokenizer.model,
                                  grouped(static_cast<std::int64_t>(card.tokenizer.vocabulary)),
                                  card.tokenizer.addedTokens, card.tokenizer.preTokenizer));
    line("prompts", card.promptStyle);
    std::string settings;
    for (const auto& [key, value] : card.generation)
        settings += fmt::format("{}{} {}", settings.empty() ? "" : ", ", key, value);
    line("generation", settings.empty() ? "no settings in the folder"
                                        : settings + " (training samples without them)");
    for (const std::string& note : card.notes)
        line("note", note);
}

void printMemory(const MemoryEstimate& estimate, const DeviceMemory& device) {
    std::vector<std::vector<std::string>> rows{{"memory of a run", "size"}};
    for (const MemoryPart& part : estimate.parts)
        if (part.bytes > 0)
            rows.push_back({part.name, bytesText(part.bytes)});
    rows.push_back({"together", bytesText(estimate.total())});
    fmt::print("\n{}", textTable(rows));
    fmt::print("{} has {}, {} free: {}\n", device.device, bytesText(device.totalBytes),
               bytesText(device.freeBytes),
               estimate.total() <= device.freeBytes
                   ? "this fits"
                   : "this does not fit; take fewer or shorter answers, another dtype or more "
                     "gradient_accumulation_steps");
}

} // namespace

void InspectCommand::declare(CLI::App& app) {
    app.add_option("folder", m_model.model, "checkpoint folder, or demo")
        ->required()
        ->type_name("DIR");
    app.add_option("--adapter", m_model.adapter, "folder of a trained adapter");
    addChoice(app, "--device", m_model.device, "auto, cpu or cuda");
    addChoice(app, "--dtype", m_model.dtype, "float32 or bfloat16");
    app.add_option("--threads", m_model.threads, "operator threads; 0 takes the cores")
        ->check(CLI::Range(0, 1024));
    app.add_option("--clip-seconds", m_clipSec, "longest clip, for the memory estimate")
        ->check(CLI::Range(0.1, 3600.0));
    app.add_option("--clip", m_clip, "audio file to run through the model")->type_name("FILE");
    app.add_option("--prompt", m_prompt, "question or instruction to run with it")
        ->type_name("TEXT");
    app.add_option("--system", m_system, "system turn instead of the template's own")
        ->type_name("TEXT");
    app.add_option("--dump", m_dump,
                   "write features, encoder, projector, embeddings, layers and logits by name")
        ->type_name("OUT.safetensors");
    app.add_option("--weights", m_weights,
                   "list the weights whose names fit, as option trainable reads it, and count them")
        ->type_name("PATTERN");
    app.add_flag("--without-bundled", m_withoutBundled, "leave the bundled adapter off");
    app.add_flag("--json", m_json, "one JSON object");
}

int InspectCommand::run(Interrupt& interrupt) {
    if (m_dump.empty() && (!m_clip.empty() || !m_prompt.empty()))
        throw Error(ErrorCode::InvalidArgument,
                    "--clip and --prompt are run to be looked at: say where to with --dump");
    if (!m_dump.empty())
        return dump(interrupt);
    const ModelCard card = readModelCard(m_model.choice().modelFolder);
    return m_weights.empty() ? tellCard(card) : tellWeights(card);
}

int InspectCommand::tellWeights(const ModelCard& card) const {
    std::int64_t parameters = 0;
    Json list = Json::array();
    std::vector<std::vector<std::string>> rows{{"weight", "shape", "dtype", "parameters"}};
    for (const ModelWeight& weight : card.weights) {
        if (!weight.trainable || !fitsPattern(weight.name, m_weights))
            continue;
        parameters += weight.parameters();
        list.push_back({{"name", weight.name}, {"shape", weight.shape}, {"dtype", weight.dtype}});
        rows.push_back({weight.name, fmt::format("[{}]", fmt::join(weight.shape, ", ")),
                        weight.dtype, grouped(weight.parameters())});
    }
    if (list.empty())
        throw Error(
            ErrorCode::NotFound,
            fmt::format("no weight of {} fits \"{}\"; names begin with encoder., projector. "
                        "or language_model.; * stands for anything",
                        card.folder.string(), m_weights));
    if (m_json)
        fmt::print("{}\n",
                   Json{{"pattern", m_weights}, {"parameters", parameters}, {"weights", list}}.dump(
                       -1, ' ', false, Json::error_handler_t::replace));
    else
        fmt::print("{}\n{} weights, {} of {} parameters\n", textTable(rows), list.size(),
                   grouped(parameters), grouped(card.parameters()));
    return exit_code::kOk;
}

int InspectCommand::tellCard(const ModelCard& card) const {
    std::optional<AdapterCard> adapter;
    if (!m_model.adapter.empty())
        adapter = readAdapterCard(m_model.adapter);
    const DeviceMemory device = deviceMemory(m_model.device);
    const MemoryEstimate estimate = estimateOf(card, m_model, m_clipSec, device);
    if (m_json) {
        Json out = cardJson(card, adapter);
        out["memory"] = memoryJson(estimate, device);
        fmt::print("{}\n", out.dump(-1, ' ', false, Json::error_handler_t::replace));
        return exit_code::kOk;
    }
    fmt::print("{} ({}, {} file{})\n\n{}\n", card.folder.string(), card.config.modelType,
               card.files, card.files == 1 ? "" : "s", partsTable(card));
    printFacts(card, adapter);
    printMemory(estimate, device);
    return exit_code::kOk;
}

int InspectCommand::dump(Interrupt& interrupt) const {
    const Interrupt::Grace grace(interrupt);
    DumpRequest request;
    request.model = m_model.choice();
    request.clip = m_clip;
    request.question = m_prompt;
    if (!m_system.empty())
        request.system = m_system;
    request.bundled = !m_withoutBundled;
    request.output = m_dump;
    DumpResult result;
    {
        ProgressLine line("loading", m_json);
        result = dumpActivations(
            request, [&](double share) { line.show(share); }, interrupt.token());
    }
    if (interrupt.exitCode() != 0)
        return interrupt.exitCode();
    Json shapes = Json::object();
    std::vector<std::vector<std::string>> rows{{"tensor", "shape"}};
    for (const auto& [name, shape] : result.tensors) {
        shapes[name] = shape;
        rows.push_back({name, fmt::format("[{}]", fmt::join(shape, ", "))});
    }
    if (m_json)
        fmt::print("{}\n",
                   Json{{"file", m_dump}, {"prompt", result.prompt}, {"tensors", shapes}}.dump(
                       -1, ' ', false, Json::error_handler_t::replace));
    else
        fmt::print("{}{}\n", textTable(rows), m_dump);
    return exit_code::kOk;
}

std::unique_ptr<Command> makeInspectCommand() {
    return std::make_unique<InspectCommand>();
}

} // namespace viva
