// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/checkpoint.h"

#include "core/base/atomic_file.h"
#include "core/base/checkpoint_folder.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/log.h"
#include "core/model/trained_weights.h"
#include "core/nn/safetensors.h"
#include "core/train/moments_file.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fcntl.h>
#include <map>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOptimizerFile = "optimizer.safetensors";
constexpr const char* kReferenceFile = "reference.safetensors";

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

} // namespace

fs::path saveCheckpoint(const fs::path& runFolder, const Trainer& trainer,
                        const LoraAdapter& adapter, const TrainConfig& config,
                        const WholeModule& whole) {
    const auto state = trainer.state();
    const auto target = checkpointFolder(runFolder, state.progress.step);
    const auto partial = fs::path(target.string() + ".partial");
    std::error_code reason;
    fs::remove_all(partial, reason);
    fs::create_directories(partial, reason);
    if (reason)
        throwIo(partial, reason);
    const auto names = trainer.names();
    NamedTensors trained;
    for (auto i = adapter.names().size(); i < names.size(); ++i)
        trained.emplace_back(names[i], state.values[i]);
    saveTrained(adapter, trained, whole, partial);
    saveMoments(partial / kOptimizerFile, {names, {}, state.optimizer, {}}, {});
    if (!state.reference.empty()) {
        NamedTensors named;
        for (std::size_t i = 0; i < state.reference.size(); ++i)
            named.emplace_back(adapter.names()[i], state.reference[i].to(torch::kCPU));
        saveSafetensors(partial / kReferenceFile, named);
    }
    writeFileAtomically(partial / "train_config.json", toJson(config).dump(2) + "\n");
    writeFileAtomically(partial / kTrainerStateFile, stateJson(state));
    syncFolder(partial);
    putInPlace(partial, target);
    log(LogLevel::Info, "train", "checkpoint " + target.string());
    return target;
}

void loadCheckpoint(const fs::path& checkpoint, Trainer& trainer) {
    try {
        TrainerState state;
        readState(checkpoint / kTrainerStateFile, state);
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
