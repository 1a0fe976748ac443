// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/merge_model.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/base/inside_folder.h"
#include "core/base/json_reader.h"
#include "core/config/weight_name.h"
#include "core/families/family_config.h"
#include "core/model/adapter_rules.h"
#include "core/model/trained_weights.h"
#include "core/nn/error_translation.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"
#include "core/tokenizer/text_files.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <optional>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWeight = ".weight";

/// What an adapter adds to one weight.
struct Update {
    torch::Tensor a, b;
    double scale = 1.0;
};

/// Every change to the weights, under their canonical names.
struct Changes {
    std::map<std::string, std::vector<Update>> updates;
    std::map<std::string, torch::Tensor> replaced; ///< weights that were trained whole
};

void addWholeWeights(const fs::path& folder, Changes& changes) {
    for (const auto& [name, tensor] : readSafetensors(fileInside(folder, kTrainedWeightsFile)))
        changes.replaced[canonicalWeightName(name)] = tensor;
}

void addAdapter(const fs::path& folder, const SpeechModelConfig& model, Changes& changes) {
    if (existsInside(folder, kTrainedWeightsFile)) {
        addWholeWeights(folder, changes);
        if (!existsInside(folder, "adapter_config.json"))
            return;
    }
    const AdapterConfig config = readAdapterConfig(fileInside(folder, "adapter_config.json"));
    const AdapterRules rules(config);
    const fs::path file = fileInside(folder, "adapter_model.safetensors");
    std::map<std::string, Update> factors;
    for (const auto& [key, tensor] : readSafetensors(file)) {
        std::string name = canonicalWeightName(key);
        const auto at = name.find(".lora_");
        if (at == std::string::npos || !name.ends_with(".weight")) {
            if (!name.starts_with(model.part(ModelStage::Projector).prefix))
                throw Error(ErrorCode::Format,
                            fmt::format("{}: {} is neither a LoRA factor nor part of the "
                                        "projector; it cannot be folded in",
                                        file.string(), key));
            changes.replaced[name] = tensor;
            continue;
        }
        const bool isA = name.compare(at, 8, ".lora_A.") == 0;
        Update& update = factors[name.substr(0, at) + ".weight"];
        (isA ? update.a : update.b) = tensor.to(torch::kFloat32);
    }
    for (auto& [name, update] : factors) {
        if (!update.a.defined() || !update.b.defined())
            throw Error(ErrorCode::Format, fmt::format("{}: {} has only one of lora_A and lora_B",
                                                       file.string(), name));
        const std::size_t begin = name.starts_with(kDecoderPrefix) ? kDecoderPrefix.size() : 0;
        update.scale = rules.scaleOf(name.substr(begin, name.size() - begin - kWeight.size()));
        changes.updates[name].push_back(std::move(update));
    }
}

void requireFits(const CheckpointWeights& weights, const Changes& changes) {
    const auto shapeOf = [&](const std::string& name) {
        if (!weights.has(name))
            throw Error(ErrorCode::Format,
                        fmt::format("the adapter changes {}, which {} does not have", name,
                                    weights.folder().string()));
        return weights.tensor(name).sizes().vec();
    };
    const auto differ = [](const std::string& name, const std::vector<std::int64_t>& got,
                           const std::vector<std::int64_t>& want) {
        if (got != want)
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("the adapter's {} is {}, the model's {}", name, shapeText(got),
                                    shapeText(want)));
    };
    for (const auto& [name, updates] : changes.updates)
        for (const Update& update : updates) {
            const bool product =
                update.a.dim() == 2 && update.b.dim() == 2 && update.b.size(1) == update.a.size(0);
            differ(name,
                   product ? std::vector{update.b.size(0), update.a.size(1)}
                           : update.b.sizes().vec(),
                   shapeOf(name));
        }
    for (const auto& [name, value] : changes.replaced)
        differ(name, value.sizes().vec(), shapeOf(name));
}

std::optional<torch::ScalarType> wantedDtype(const std::string& name) {
    if (name.empty())
        return std::nullopt;
    for (const auto& [word, dtype] :
         {std::pair{"float32", torch::kFloat32}, std::pair{"bfloat16", torch::kBFloat16},
          std::pair{"float16", torch::kFloat16}})
        if (name == word)
            return dtype;
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("dtype is \"{}\"; it must be float32, bfloat16, float16 or left out", name));
}

/// Writes shard after shard and remembers what lies where.
class ShardWriter {
public:
    ShardWriter(const MergeRequest& request, const CheckpointWeights& weights,
                const Changes& changes, fs::path folder)
        : m_request(request), m_weights(weights), m_changes(changes), m_folder(std::move(folder)),
          m_dtype(wantedDtype(request.dtype)) {
        plan();
    }

    /// False when it was stopped.
    bool run(MergeResult& result, const std::function<void(double)>& progress,
             const std::stop_token& stop) {
        nlohmann::json map = nlohmann::json::object();
        for (std::size_t i = 0; i < m_shards.size(); ++i) {
            const std::string file = fileName(i);
            NamedTensors tensors;
            for (const std::string& name : m_shards[i]) {
                if (stop.stop_requested())
                    return false;
                tensors.emplace_back(name, merged(name, result));
                map[name] = file;
            }
            saveSafetensors(m_folder / file, tensors, {{"format", "pt"}}, m_dtype);
            for (const std::string& name : m_shards[i])
                m_weights.release(name);
            result.files.push_back(file);
            if (progress)
                progress(static_cast<double>(i + 1) / static_cast<double>(m_shards.size()));
        }
        result.bytes = m_bytes;
        if (m_shards.size() > 1)
            writeFileAtomically(
                m_folder / "model.safetensors.index.json",
                nlohmann::json{{"metadata", {{"total_size", m_bytes}}}, {"weight_map", map}}.dump(
                    2) +
                    "\n");
        return true;
    }

private:
    void plan() {
        std::uint64_t inShard = 0;
        for (const std::string& name : m_weights.names()) {
            const torch::Tensor stored = m_weights.tensor(name);
            const auto element = torch::elementSize(
                m_dtype && stored.is_floating_point() ? *m_dtype : stored.scalar_type());
            const auto bytes = static_cast<std::uint64_t>(stored.numel()) * element;
            if (m_shards.empty() || (inShard > 0 && inShard + bytes > m_request.shardBytes)) {
                m_shards.emplace_back();
                inShard = 0;
            }
            m_shards.back().push_back(name);
            inShard += bytes;
            m_bytes += bytes;
        }
    }

    [[nodiscard]] std::string fileName(std::size_t shard) const {
        if (m_shards.size() == 1)
            return "model.safetensors";
        return fmt::format("model-{:05}-of-{:05}.safetensors", shard + 1, m_shards.size());
    }

    [[nodiscard]] torch::Tensor merged(const std::string& name, MergeResult& result) const {
        const torch::Tensor stored = m_weights.tensor(name);
        const auto replaced = m_changes.replaced.find(name);
        const bool isReplaced = replaced != m_changes.replaced.end();
        const auto found = m_changes.updates.find(name);
        if (isReplaced)
            ++result.replacedWeights;
        else if (found == m_changes.updates.end())
            return stored;
        torch::Tensor weight = (isReplaced ? replaced->second : stored).to(torch::kFloat32);
        if (found == m_changes.updates.end())
            return weight.to(m_dtype.value_or(stored.scalar_type()));
        for (const Update& update : found->second)
            weight = torch::addmm(weight, update.b, update.a, 1.0, update.scale);
        ++result.foldedLayers;
        return weight.to(m_dtype.value_or(stored.scalar_type()));
    }

    const MergeRequest& m_request;
    const CheckpointWeights& m_weights;
    const Changes& m_changes;
    fs::path m_folder;
    std::optional<torch::ScalarType> m_dtype;
    std::vector<std::vector<std::string>> m_shards;
    std::uint64_t m_bytes = 0;
};

/// config.json as it was, but for what merging changes. transformers 5 lets the top level decide
/// about tying, so it must say what is stored.
void writeConfig(const fs::path& from, const fs::path& to, bool tied, bool adapterStays) {
    const fs::path file = fileInside(from, "config.json");
    (void)readJsonFile(file); // refuses what is damaged
    auto config = nlohmann::ordered_json::parse(readFile(file));
    // The layout of 3.2's own code, which transformers does not know.
    if (config.contains("llm_config") && !config.contains("text_config")) {
        config["text_config"] = config["llm_config"];
        config.erase("llm_config");
    }
    config["tie_word_embeddings"] = tied;
    if (config.contains("text_config"))
        config["text_config"]["tie_word_embeddings"] = tied;
    config["has_lora_adapter"] = adapterStays;
    writeFileAtomically(to / "config.json", config.dump(2) + "\n");
}

void copyBeside(const fs::path& from, const fs::path& to, bool adapterStays) {
    copyTextFiles(from, to);
    std::vector<std::string_view> names{"preprocessor_config.json", "processor_config.json"};
    if (adapterStays)
        names.insert(names.end(), {"adapter_config.json", "adapter_model.safetensors"});
    copyInside(from, to, names);
}

Changes collectChanges(const MergeRequest& request, const SpeechModelConfig& model) {
    if (request.foldBundled && !model.bundledAdapter)
        throw Error(ErrorCode::InvalidArgument, fmt::format("{} has no bundled adapter to fold in",
                                                            request.modelFolder.string()));
    if (request.adapterFolder.empty() && !request.foldBundled)
        throw Error(ErrorCode::InvalidArgument,
                    "there is nothing to fold in: name an adapter, or ask for the bundled one");
    Changes changes;
    if (request.foldBundled)
        addAdapter(request.modelFolder, model, changes);
    if (!request.adapterFolder.empty())
        addAdapter(request.adapterFolder, model, changes);
    return changes;
}

void requireFree(const fs::path& folder) {
    if (fs::exists(folder) && (!fs::is_directory(folder) || !fs::is_empty(folder)))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} exists and is not empty; name a new folder", folder.string()));
}

MergeResult merge(const MergeRequest& request, const std::function<void(double)>& progress,
                  const std::stop_token& stop) {
    const fs::path output = folderPath(request.outputFolder); // without a closing slash
    requireFree(output);
    const SpeechModelConfig config = readModelConfig(request.modelFolder);
    const CheckpointWeights weights(request.modelFolder, config.weightName);
    const bool adapterStays = config.bundledAdapter.has_value() && !request.foldBundled;
    const Changes changes = collectChanges(request, config);
    requireFits(weights, changes);
    const fs::path partial = output.string() + ".partial";
    fs::remove_all(partial);
    fs::create_directories(partial);
    MergeResult result;
    result.stopped = !ShardWriter(request, weights, changes, partial).run(result, progress, stop);
    if (result.stopped) {
        fs::remove_all(partial);
        return result;
    }
    writeConfig(request.modelFolder, partial, !weights.has(config.headName()), adapterStays);
    copyBeside(request.modelFolder, partial, adapterStays);
    fs::remove_all(output); // empty, see requireFree
    fs::rename(partial, output);
    return result;
}

} // namespace

MergeResult mergeAdapter(const MergeRequest& request, const std::function<void(double)>& progress,
                         std::stop_token stop) {
    return translated("merging into " + request.outputFolder.string(),
                      [&] { return merge(request, progress, stop); });
}

} // namespace viva
