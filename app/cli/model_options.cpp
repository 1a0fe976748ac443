// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_options.h"

#include "app/cli/choice_option.h"
#include "app/cli/progress_line.h"
#include "core/base/program_folders.h"

#include <CLI/CLI.hpp>

#include <chrono>
#include <optional>

namespace viva {

void ModelOptions::declare(CLI::App& app) {
    app.add_option("--model", model, "checkpoint folder, or demo");
    app.add_option("--adapter", adapter, "folder of a trained adapter, such as a run's checkpoint");
    addChoice(app, "--device", device, "auto, cpu or cuda");
    addChoice(app, "--dtype", dtype, "float32 or bfloat16");
    app.add_option("--threads", threads, "operator threads; 0 takes the cores")
        ->check(CLI::Range(0, 1024));
}

ModelChoice ModelOptions::choice() const {
    ModelChoice out;
    out.modelFolder =
        model == "demo" ? findProgramFolders().demo / "model" : std::filesystem::path(model);
    out.adapterFolder = adapter;
    out.device = device;
    out.dtype = dtype;
    out.threads = threads;
    return out;
}

std::unique_ptr<InferenceSession> openWithProgress(const ModelChoice& choice, bool silent,
                                                   std::stop_token stop) {
    std::optional<ProgressLine> line;
    const auto begin = std::chrono::steady_clock::now();
    return InferenceSession::open(
        choice,
        [&](double share) {
            // A small model is there before a line would help.
            if (!line && std::chrono::steady_clock::now() - begin > std::chrono::milliseconds(700))
                line.emplace("loading", silent);
            if (line)
                line->show(share);
        },
        std::move(stop));
}

void SamplingOptions::declare(CLI::App& app) {
    app.add_option("--temperature", generation.temperature, "higher varies more")
        ->check(CLI::Range(0.01, 10.0));
    app.add_option("--top-p", generation.topP, "nucleus")->check(CLI::Range(0.01, 1.0));
    app.add_option("--top-k", generation.topK, "most likely tokens; 0 keeps all")
        ->check(CLI::Range(0, 1000000));
    app.add_option("--min-p", generation.minP, "least share of the most likely token")
        ->check(CLI::Range(0.0, 0.99));
    app.add_option("--max-length", generation.maxCompletionLength, "tokens of an answer at most")
        ->check(CLI::Range(1, 32768));
}

} // namespace viva
