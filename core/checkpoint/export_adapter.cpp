// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/checkpoint/export_adapter.h"

#include "core/base/atomic_file.h"
#include "core/base/checkpoint_folder.h"
#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/config/model_config.h"
#include "core/config/weight_name.h"
#include "core/model/trained_weights.h"
#include "core/nn/error_translation.h"
#include "core/nn/safetensors.h"
#include "core/project/project.h"

#include <fmt/format.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPeft = "base_model.model.model.";
constexpr std::string_view kInner = "model."; ///< the end of kDecoderPrefix

std::string nameIn(AdapterFileStyle style, const std::string& canonical) {
    if (style == AdapterFileStyle::Checkpoint)
        return canonical;
    std::string name = canonical;
    // PEFT knows the decoder without its inner model.
    if (name.starts_with(kDecoderPrefix))
        name.erase(kDecoderPrefix.size() - kInner.size(), kInner.size());
    return std::string(kPeft) + name;
}

ExportResult rewrite(const fs::path& adapter, const fs::path& output, AdapterFileStyle style) {
    if (fs::exists(output) && (!fs::is_directory(output) || !fs::is_empty(output)))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} exists and is not empty; name a new folder", output.string()));
    if (existsInside(adapter, kTrainedWeightsFile))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} holds weights that were trained whole, which no adapter can; "
                                "make a full checkpoint with viva merge",
                                adapter.string()));
    const fs::path config = fileInside(adapter, "adapter_config.json");
    (void)readAdapterConfig(config);
    ExportResult result;
    NamedTensors tensors;
    for (const auto& [stored, tensor] :
         readSafetensors(fileInside(adapter, "adapter_model.safetensors"))) {
        const std::string canonical = canonicalWeightName(stored);
        result.withProjector =
            result.withProjector || canonical.find(".lora_") == std::string::npos;
        tensors.emplace_back(nameIn(style, canonical), tensor);
    }
    result.tensors = static_cast<std::int64_t>(tensors.size());
    fs::create_directories(output);
    saveSafetensors(output / "adapter_model.safetensors", tensors);
    writeFileAtomically(output / "adapter_config.json", readFile(config));
    return result;
}

} // namespace

fs::path checkpointOf(const fs::path& project, std::optional<std::int64_t> run) {
    if (!fs::is_directory(project))
        throw Error(ErrorCode::NotFound, fmt::format("there is no project {}", project.string()));
    const auto store = ProjectStore::openReadOnly(project);
    auto runs = store->runs(); // newest first
    for (const RunRecord& record : runs) {
        if (run && record.id != *run)
            continue;
        if (const auto newest = newestCheckpoint(project / record.folder))
            return *newest;
        if (run)
            throw Error(ErrorCode::NotFound,
                        fmt::format("run {} of {} has no checkpoint", *run, project.string()));
    }
    throw Error(ErrorCode::NotFound, run ? fmt::format("{} has no run {}", project.string(), *run)
                                         : fmt::format("no run of {} has a checkpoint; train one "
                                                       "first, or name an adapter",
                                                       project.string()));
}

ExportResult exportAdapter(const fs::path& adapter, const fs::path& output,
                           AdapterFileStyle style) {
    return translated("exporting " + adapter.string(),
                      [&] { return rewrite(adapter, output, style); });
}

} // namespace viva
