// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/log.h"
#include "core/nn/safetensors.h"
#include "core/speech/trained_weights.h"
#include "core/train/moments_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <map>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "step-";
constexpr const char* kOptimizerFile = "optimizer.safetensors";
constexpr const char* kStateFile = "trainer_state.json";
constexpr const char* kReferenceFile = "reference.safetensors";

fs::path checkpointsOf(const fs::path& runFolder) {
    return runFolder / "checkpoints";
}

void syncFolder(const fs::path& folder) {
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    fsync(descriptor);
    close(descriptor);
}

[[noreturn]] void throwIo(const fs::path& path, const std::error_code& reason) {
    throw Error(ErrorCode::Io, fmt::format("the checkpoint {} could not be put in place: {}",
                                           path.string(), reason.message()));
}

/// Renames the finished folder to its name; an older one of that name makes way first.
void putInPlace(const fs::path& partial, const fs::path& target) {
    std::error_code reason;
    const auto old = fs::path(target.string() + ".old");
    fs::remove_all(old, reason);
    if (fs::exists(target)) {
        fs::rename(target, old, reason);
        if (reason)
            throwIo(target, reason);
    }
    fs::rename(partial, target, reason);
    if (reason)
        throwIo(target, reason);
    syncFolder(target.parent_path());
    fs::remove_all(old, reason);
}

std::string stateJson(const TrainerState& state) {
    const auto& progress = state.progress;
    nlohmann::json json{{"step", progress.step},
                        {"consumed", progress.consumed},
                        {"tokens", progress.tokens},
                        {"samples", progress.samples},
                        {"train_sec", progress.trainSec}};
    if (state.entropy)
        json["entropy"] = {{"coefficient", state.entropy->coefficient},
                           {"measured", state.entropy->measured}};
    return json.dump(2) + "\n";
}

void readState(const fs::path& file, TrainerState& state) {
    const auto json = readJsonFile(file);
    JsonReader reader(json, file.string());
    auto& progress = state.progress;
    reader.required("step", progress.step);
    reader.required("consumed", progress.consumed);
    reader.required("tokens", progress.tokens);
    reader.required("samples", progress.samples);
    reader.required("train_sec", progress.trainSec);
    if (auto entropy = reader.object("entropy")) {
        state.entropy.emplace();
        entropy->required("coefficient", state.entropy->coefficient);
        entropy->required("measured", state.entropy->measured);
        entropy->finish();
    }
    reader.finish();
    if (progress.step < 0 || progress.consumed < 0)
        reader.fail("step", "must not be negative");
}

std::optional<std::int64_t> stepOf(const fs::path& folder) {
    const auto name = folder.filename().string();
    if (!name.starts_with(kPrefix))
        return std::nullopt;
    std::int64_t step = 0;
    const auto* last = name.data() + name.size();
    const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), last, step);
    if (error != std::errc() || end != last || !fs::exists(folder / kStateFile))
        return std::nullopt;
    return step;
}

} // namespace

fs::path saveCheckpoint(const fs::path& runFolder, const Trainer& trainer,
                        const LoraAdapter& adapter, const TrainConfig& config,
                        const torch::nn::Module* projector) {
    const auto state = trainer.state();
    const auto target =
        checkpointsOf(runFolder) / fmt::format("{}{:06}", kPrefix, state.progress.step);
    const auto partial = fs::path(target.string() + ".partial");
    std::error_code reason;
    fs::remove_all(partial, reason);
    fs::create_directories(partial, reason);
    if (reason)
        throwIo(partial, reason);
    const auto names = trainer.names();
    NamedTensors whole;
    for (auto i = adapter.names().size(); i < names.size(); ++i)
        whole.emplace_back(names[i], state.values[i]);
    saveTrained(adapter, whole, projector, partial);
    saveMoments(partial / kOptimizerFile, {names, {}, state.optimizer}, {});
    if (!state.reference.empty()) {
        NamedTensors named;
        for (std::size_t i = 0; i < state.reference.size(); ++i)
            named.emplace_back(adapter.names()[i], state.reference[i].to(torch::kCPU));
        saveSafetensors(partial / kReferenceFile, named);
    }
    writeFileAtomically(partial / "train_config.json", toJson(config).dump(2) + "\n");
    writeFileAtomically(partial / kStateFile, stateJson(state));
    syncFolder(partial);
    putInPlace(partial, target);
    log(LogLevel::Info, "train", "checkpoint " + target.string());
    return target;
}

std::optional<fs::path> newestCheckpoint(const fs::path& runFolder) {
    std::optional<fs::path> newest;
    std::int64_t highest = -1;
    std::error_code reason;
    for (const auto& entry : fs::directory_iterator(checkpointsOf(runFolder), reason)) {
        const auto step = stepOf(entry.path());
        if (step && *step > highest) {
            highest = *step;
            newest = entry.path();
        }
    }
    return newest;
}

void loadCheckpoint(const fs::path& checkpoint, Trainer& trainer) {
    try {
        TrainerState state;
        readState(checkpoint / kStateFile, state);
        const auto names = trainer.names();
        state.values = readTrained(checkpoint, names);
        state.optimizer = loadMoments(checkpoint / kOptimizerFile, names).moments.optimizer;
        if (fs::exists(checkpoint / kReferenceFile)) {
            const SafetensorsFile stored(checkpoint / kReferenceFile);
            for (const auto& name : stored.names())
                if (std::ranges::find(names, name) == names.end())
                    throw Error(ErrorCode::Format, name + " is not trained in this run");
            for (const auto& name : names)
                if (stored.has(name))
                    state.reference.push_back(stored.tensor(name).clone());
        }
        trainer.restore(state);
    } catch (Error& error) {
        error.addContext("resuming from " + checkpoint.string());
        throw;
    }
}

} // namespace viva
